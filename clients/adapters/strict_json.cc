#include "clients/adapters/strict_json.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace tearline::adapters {
namespace {

using nlohmann::json;

/// The length of the well-formed UTF-8 sequence at the front of `text`; 0 if there is none.
/// Source: Unicode 15, table 3-7.
std::size_t SequenceLength(std::string_view text) {
  const auto at = [&](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto within = [&](std::size_t i, unsigned low, unsigned high) {
    return at(i) >= low && at(i) <= high;
  };
  const unsigned first = at(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return within(1, 0x80, 0xBF) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : 0xBF;
    return within(1, low, high) && within(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
    return within(1, low, high) && within(2, 0x80, 0xBF) && within(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = SequenceLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

/// Walks the value once before it is built, and stops at the first fault.
class FaultFinder : public json::json_sax_t {
 public:
  JsonFault fault() const { return fault_; }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return Enter(); }
  bool end_object() override { return Leave(); }
  bool start_array(std::size_t) override { return Enter(); }
  bool end_array() override { return Leave(); }
  bool key(string_t& name) override {
    if (keys_.back().insert(name).second) return true;
    fault_ = JsonFault::kDuplicateKey;
    return false;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  bool Enter() {
    if (keys_.size() == kJsonDepthMax) {
      fault_ = JsonFault::kTooDeep;
      return false;
    }
    keys_.emplace_back();
    return true;
  }
  bool Leave() {
    keys_.pop_back();
    return true;
  }

  std::vector<std::set<std::string>> keys_;  ///< Seen so far, one set per open object or array.
  JsonFault fault_ = JsonFault::kMalformed;
};

}  // namespace

std::variant<json, JsonFault> ReadJson(std::string_view bytes) {
  if (!IsUtf8(bytes)) return JsonFault::kInvalidUtf8;
  // The parser takes a zero byte for the end, and would pass over whatever follows it.
  if (bytes.find('\0') != std::string_view::npos) return JsonFault::kMalformed;
  FaultFinder finder;
  if (!json::sax_parse(bytes.begin(), bytes.end(), &finder)) return finder.fault();
  json value = json::parse(bytes.begin(), bytes.end(), nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) return JsonFault::kMalformed;
  return value;
}

const json* Member(const json& value, const char* key) {
  if (!value.is_object()) return nullptr;
  const auto found = value.find(key);
  return found == value.end() || found->is_null() ? nullptr : &*found;
}

std::optional<std::string> Text(const json& value) {
  if (const auto* text = value.get_ptr<const json::string_t*>()) return *text;
  if (const auto* number = value.get_ptr<const json::number_unsigned_t*>()) {
    return std::to_string(*number);
  }
  if (const auto* number = value.get_ptr<const json::number_integer_t*>()) {
    return std::to_string(*number);
  }
  return std::nullopt;
}

std::optional<std::string> MemberText(const json& value, const char* key) {
  const json* member = Member(value, key);
  return member ? Text(*member) : std::nullopt;
}

}  // namespace tearline::adapters
