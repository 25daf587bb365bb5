#include "clients/adapters/json_slices.h"

#include <cstddef>

#include <nlohmann/json.hpp>

namespace tearline::adapters {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Goes through a text that is known to be JSON.
class Walk {
 public:
  explicit Walk(std::string_view text) : text_(text) {
    if (text_.substr(0, kByteOrderMark.size()) == kByteOrderMark) at_ = kByteOrderMark.size();
    SkipBlanks();
  }

  char Here() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  /// Steps over one byte, and the blanks after it.
  void Step() {
    ++at_;
    SkipBlanks();
  }
  /// The value that begins here; what follows it is next.
  std::string_view Value() {
    const std::size_t begin = at_;
    int depth = 0;
    do {
      if (Here() == '"') {
        SkipString();
      } else if (Here() == '{' || Here() == '[') {
        ++depth;
        ++at_;
      } else if (Here() == '}' || Here() == ']') {
        --depth;
        ++at_;
      } else {
        ++at_;
      }
      // A number or a word ends where something else begins.
    } while (at_ < text_.size() && (depth > 0 || !EndsHere(begin)));
    const std::string_view value = text_.substr(begin, at_ - begin);
    SkipBlanks();
    return value;
  }

 private:
  bool EndsHere(std::size_t begin) const {
    const char first = text_[begin];
    if (first == '"' || first == '{' || first == '[') return true;
    return std::string_view(",:]} \t\r\n").find(Here()) != std::string_view::npos;
  }
  void SkipBlanks() {
    while (at_ < text_.size() &&
           std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) {
      ++at_;
    }
  }
  void SkipString() {
    ++at_;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    ++at_;
  }

  const std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<std::string_view> ElementsOf(std::string_view text) {
  std::vector<std::string_view> elements;
  Walk walk(text);
  if (walk.Here() != '[') return elements;
  walk.Step();
  while (walk.Here() != ']' && walk.Here() != '\0') {
    elements.push_back(walk.Value());
    if (walk.Here() == ',') walk.Step();
  }
  return elements;
}

std::optional<std::string_view> SliceOf(std::string_view text, std::string_view key) {
  Walk walk(text);
  if (walk.Here() != '{') return std::nullopt;
  walk.Step();
  while (walk.Here() != '}' && walk.Here() != '\0') {
    const std::string_view written = walk.Value();
    walk.Step();  // the colon
    const std::string_view value = walk.Value();
    // A key may be written with escapes.
    const auto name = nlohmann::json::parse(written, nullptr, /*allow_exceptions=*/false);
    if (name.is_string() && name.get_ref<const std::string&>() == key) return value;
    if (walk.Here() == ',') walk.Step();
  }
  return std::nullopt;
}

bool IsArray(std::string_view text) { return Walk(text).Here() == '['; }

}  // namespace tearline::adapters
