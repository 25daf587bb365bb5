#include "clients/verifier/line_reader.h"

#include <algorithm>

namespace tearline::verifier {
namespace {

/// Within the processor's second cache.
constexpr std::size_t kReadBytes = std::size_t{128} * 1024;

}  // namespace

bool LineReader::Fill() {
  std::copy(read_.begin() + begin_, read_.begin() + end_, read_.begin());
  end_ -= begin_;
  begin_ = 0;
  if (end_ == read_.size()) read_.resize(std::max(kReadBytes, 2 * end_));
  file_.read(read_.data() + end_, static_cast<std::streamsize>(read_.size() - end_));
  const auto more = static_cast<std::size_t>(file_.gcount());
  end_ += more;
  return more > 0;
}

bool LineReader::Take(std::string_view& line) {
  std::size_t searched = 0;
  while (true) {
    const std::string_view left(read_.data() + begin_, end_ - begin_);
    if (const std::size_t size = left.find('\n', searched); size != std::string_view::npos) {
      line = left.substr(0, size);
      begin_ += size + 1;
      return true;
    }
    searched = left.size();
    if (Fill()) continue;
    line = std::string_view(read_.data(), end_);
    begin_ = end_;
    return searched > 0;
  }
}

}  // namespace tearline::verifier
