#include "clients/verifier/leaf_line.h"

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <system_error>
#include <vector>

#include "clients/verifier/base64.h"

namespace tearline::verifier {
namespace {

/// Takes one thing after the other from the front of a line; once one is not there, nothing is.
class Taker {
 public:
  /// Bytes are laid at `to`, which has room for three quarters of the line, and kBase64Slack.
  Taker(std::string_view line, char* to) : left_(line), to_(to) {}

  [[nodiscard]] bool AtEnd() const { return left_.empty(); }

  bool Text(std::string_view text) {
    if (!left_.starts_with(text)) return false;
    left_.remove_prefix(text.size());
    return true;
  }

  /// As JSON writes whole numbers: digits, the first not 0 unless it is alone.
  template <std::unsigned_integral Unsigned>
  bool Take(Unsigned& number) {
    const auto [end, fault] = std::from_chars(left_.data(), left_.data() + left_.size(), number);
    const auto digits = static_cast<std::size_t>(end - left_.data());
    if (fault != std::errc() || (digits > 1 && left_.front() == '0')) return false;
    left_.remove_prefix(digits);
    return true;
  }

  /// Base64 between quotes. It holds nothing that JSON would write otherwise.
  bool Take(std::string_view& bytes) {
    if (!Text("\"")) return false;
    const std::optional<Base64Taken> taken = TakeBase64(left_, to_);
    if (!taken) return false;
    bytes = {to_, taken->bytes};
    to_ += taken->bytes;
    left_.remove_prefix(taken->characters);
    return Text("\"");
  }
  /// The same, laid behind its prefix: for that there is room where a quote was.
  bool Take(PrefixedEntry& entry) {
    const char* const prefix = to_;
    *to_++ = kLeafPrefix;
    std::string_view bytes;
    if (!Take(bytes)) return false;
    entry = PrefixedEntry({prefix, 1 + bytes.size()});
    return true;
  }

  template <typename Value>
  bool Take(std::vector<Value>& list) {
    if (!Text("[")) return false;
    list.clear();
    if (Text("]")) return true;
    do {
      if (!Take(list.emplace_back())) return false;
    } while (Text(","));
    return Text("]");
  }

 private:
  std::string_view left_;
  char* to_;
};

}  // namespace

bool ReadLeafLine(std::string_view line, LeafParts& parts) {
  // Text of four letters, or a prefix and two quotes, are longer than what they give.
  if (parts.bytes.size() < line.size() + kBase64Slack) {
    parts.bytes.resize(line.size() + kBase64Slack);
  }
  Taker taker(line, parts.bytes.data());
  if (!taker.Text("{")) return false;
  // In the order of their bytes; the first and the last only of details that have slots.
  const bool has_slots = taker.Text("\"beside_hashes\":");
  if (has_slots && !(taker.Take(parts.beside_hashes) && taker.Text(","))) return false;
  const bool is_whole = taker.Text("\"details\":") && taker.Take(parts.details) &&
                        taker.Text(",\"index\":") && taker.Take(parts.index) &&
                        taker.Text(",\"leaf\":") && taker.Take(parts.leaf) &&
                        taker.Text(",\"padding_hashes\":") && taker.Take(parts.padding_hashes);
  if (!is_whole) return false;
  if (has_slots) {
    if (!taker.Text(",\"slots\":") || !taker.Take(parts.slots)) return false;
    if (parts.slots.empty()) return false;  // They would not be written.
  } else {
    parts.beside_hashes.clear();
    parts.slots.clear();
  }
  return taker.Text("}") && taker.AtEnd();
}

}  // namespace tearline::verifier
