#include "clients/adapters/event_type_text.h"

#include <cstddef>

namespace tearline::adapters {
namespace {

constexpr std::size_t kEventTypeBytesMax = 200;

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<std::string> EventTypeFrom(std::string_view raw) {
  std::string text;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const char c = raw[i];
    const char before = i > 0 ? raw[i - 1] : '.';
    const char after = i + 1 < raw.size() ? raw[i + 1] : '.';
    if (IsUpper(c)) {
      if (IsLower(before) || IsDigit(before) || (IsUpper(before) && IsLower(after))) text += '-';
      text += static_cast<char>(c - 'A' + 'a');
    } else if (IsLower(c) || IsDigit(c) || c == '-') {
      text += c;
    } else if (c == '_') {
      text += '-';
    } else if (c == '.' && before != '.' && i + 1 < raw.size()) {
      text += c;
    } else {
      return std::nullopt;
    }
  }
  if (text.empty() || text.size() > kEventTypeBytesMax) return std::nullopt;
  return text;
}

}  // namespace tearline::adapters
