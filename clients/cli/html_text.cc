#include "clients/cli/html_text.h"

#include <cstddef>
#include <cstdint>

namespace tearline::cli {
namespace {

/// A character at the front of some bytes; `size` 0 if they are no UTF-8.
struct Character {
  std::uint32_t code = 0;
  std::size_t size = 0;
};

Character First(std::string_view text) {
  const auto byte = [&text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return {};
  std::uint32_t code = lead & (0xffu >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3fu);
  }
  const bool is_shortest = code >= (size == 2 ? 0x80u : size == 3 ? 0x800u : 0x10000u);
  const bool is_scalar = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return is_shortest && is_scalar ? Character{code, size} : Character{};
}

bool IsUnseen(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0xad || code == 0x61c ||
         (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
         (code >= 0x2060 && code <= 0x206f) || code == 0xfeff || code >= 0xe0000;
}

std::string HexOf(std::uint32_t number, std::size_t digits) {
  std::string hex;
  for (; number != 0 || hex.size() < digits; number >>= 4) {
    hex.insert(hex.begin(), "0123456789ABCDEF"[number & 15]);
  }
  return hex;
}

}  // namespace

std::string HtmlText(std::string_view text) {
  std::string html;
  while (!text.empty()) {
    const Character character = First(text);
    if (character.size == 0) {
      html += "[" + HexOf(static_cast<unsigned char>(text[0]), 2) + "]";
      text.remove_prefix(1);
      continue;
    }
    if (IsUnseen(character.code)) {
      html += "[U+" + HexOf(character.code, 4) + "]";
    } else if (character.code == '&') {
      html += "&amp;";
    } else if (character.code == '<') {
      html += "&lt;";
    } else if (character.code == '>') {
      html += "&gt;";
    } else if (character.code == '"') {
      html += "&quot;";
    } else if (character.code == '\'') {
      html += "&#39;";
    } else {
      html += text.substr(0, character.size);
    }
    text.remove_prefix(character.size);
  }
  return html;
}

}  // namespace tearline::cli
