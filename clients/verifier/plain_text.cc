#include "clients/verifier/plain_text.h"

#include <bit>
#include <cstddef>
#include <optional>

namespace tearline::verifier {
namespace {

/// Takes the character at the front of `text`, which is not empty; nothing if that is not UTF-8.
std::optional<char32_t> TakeCharacter(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  const auto bytes = static_cast<std::size_t>(std::countl_one(first));
  if (bytes == 0) {
    text.remove_prefix(1);
    return first;
  }
  if (bytes < 2 || bytes > 4 || bytes > text.size()) return std::nullopt;
  char32_t number = first & (0x7Fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0u) != 0x80u) return std::nullopt;
    number = number << 6 | (next & 0x3Fu);
  }
  constexpr char32_t kLeastOf[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = number >= 0xD800 && number <= 0xDFFF;
  if (number < kLeastOf[bytes] || number > 0x10FFFF || is_surrogate) return std::nullopt;
  text.remove_prefix(bytes);
  return number;
}

bool IsWhiteSpace(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

}  // namespace

bool IsPlainText(std::string_view text) {
  while (!text.empty()) {
    const std::optional<char32_t> c = TakeCharacter(text);
    if (!c || (*c < 0x20 && *c != '\n')) return false;
  }
  return true;
}

bool IsKeyName(std::string_view name) {
  if (name.empty() || !IsPlainText(name)) return false;
  while (!name.empty()) {
    const std::optional<char32_t> c = TakeCharacter(name);
    if (!c || *c == '+' || IsWhiteSpace(*c)) return false;
  }
  return true;
}

}  // namespace tearline::verifier
