#include "broker/model/strict_text.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <algorithm>

namespace tearline::model {
namespace {

constexpr std::string_view kNoText = "this is not protobuf text";

/// Keeps the first fault.
class FirstFault : public google::protobuf::io::ErrorCollector {
 public:
  explicit FirstFault(std::span<const FaultWords> kinds) : kinds_(kinds) {}

  // One of the two is the collector's, by protobuf's version: AddError up to 21, RecordError later.
  void AddError(int line, int column, const std::string& words) { Keep(line, column, words); }
  void RecordError(int line, int column, std::string_view words) { Keep(line, column, words); }

  const std::string& sentence() const { return sentence_; }

 private:
  void Keep(int line, int column, std::string_view words) {
    if (!sentence_.empty()) return;
    // Counted from 0 by the parser, and from -1 where it knows no place.
    sentence_ = "line " + std::to_string(std::max(line, 0) + 1) + ", column " +
                std::to_string(std::max(column, 0) + 1) + ": ";
    const auto kind = std::find_if(kinds_.begin(), kinds_.end(), [&](const FaultWords& each) {
      return words.find(each.sign) != std::string_view::npos;
    });
    sentence_ += kind == kinds_.end() ? kNoText : kind->sentence;
  }

  const std::span<const FaultWords> kinds_;
  std::string sentence_;
};

}  // namespace

std::optional<std::string> ReadStrictText(const std::string& text, int depth_max,
                                          std::span<const FaultWords> kinds,
                                          google::protobuf::Message& message) {
  FirstFault fault(kinds);
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&fault);
  parser.SetRecursionLimit(depth_max);
  if (parser.ParseFromString(text, &message)) return std::nullopt;
  if (!fault.sentence().empty()) return fault.sentence();
  return "line 1, column 1: " + std::string(kNoText);
}

}  // namespace tearline::model
