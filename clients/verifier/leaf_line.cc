#include "clients/verifier/leaf_line.h"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

#include "clients/verifier/base64.h"

namespace tearline::verifier {
namespace {

/// Takes one thing after the other from the front of a line; once one is not there, nothing is.
class Taker {
 public:
  explicit Taker(std::string_view line) : left_(line) {}

  [[nodiscard]] bool AtEnd() const { return left_.empty(); }

  bool Text(std::string_view text) {
    if (!left_.starts_with(text)) return false;
    left_.remove_prefix(text.size());
    return true;
  }

  /// As JSON writes whole numbers: digits, the first not 0 unless it is alone.
  template <typename Unsigned>
  bool Number(Unsigned& number) {
    const auto [end, fault] = std::from_chars(left_.data(), left_.data() + left_.size(), number);
    const auto digits = static_cast<std::size_t>(end - left_.data());
    if (fault != std::errc() || (digits > 1 && left_.front() == '0')) return false;
    left_.remove_prefix(digits);
    return true;
  }

  /// Base64 between quotes. It holds nothing that JSON would write otherwise.
  bool Bytes(std::string& bytes) {
    if (!Text("\"")) return false;
    const std::size_t size = left_.find('"');
    if (size == std::string_view::npos || !ReadBase64(left_.substr(0, size), bytes)) return false;
    left_.remove_prefix(size + 1);
    return true;
  }

  bool List(std::vector<std::string>& list) {
    return ListOf(list, [this](std::string& each) { return Bytes(each); });
  }
  bool List(std::vector<std::uint32_t>& list) {
    return ListOf(list, [this](std::uint32_t& each) { return Number(each); });
  }

 private:
  template <typename Value, typename Take>
  bool ListOf(std::vector<Value>& list, Take take) {
    if (!Text("[")) return false;
    std::size_t count = 0;
    if (!Text("]")) {
      do {
        if (count == list.size()) list.emplace_back();
        if (!take(list[count++])) return false;
      } while (Text(","));
      if (!Text("]")) return false;
    }
    list.resize(count);
    return true;
  }

  std::string_view left_;
};

}  // namespace

bool ReadLeafLine(std::string_view line, LeafEntry& entry) {
  Taker taker(line);
  if (!taker.Text("{")) return false;
  // In the order of their bytes; the first and the last only of details that have slots.
  const bool has_slots = taker.Text("\"beside_hashes\":");
  if (has_slots && !(taker.List(entry.beside_hashes) && taker.Text(","))) return false;
  const bool is_whole = taker.Text("\"details\":") && taker.List(entry.details) &&
                        taker.Text(",\"index\":") && taker.Number(entry.index) &&
                        taker.Text(",\"leaf\":") && taker.Bytes(entry.leaf) &&
                        taker.Text(",\"padding_hashes\":") && taker.List(entry.padding_hashes);
  if (!is_whole) return false;
  if (has_slots) {
    if (!taker.Text(",\"slots\":") || !taker.List(entry.slots)) return false;
    if (entry.slots.empty()) return false;  // They would not be written.
  } else {
    entry.beside_hashes.clear();
    entry.slots.clear();
  }
  return taker.Text("}") && taker.AtEnd();
}

}  // namespace tearline::verifier
