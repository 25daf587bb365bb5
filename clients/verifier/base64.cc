#include "clients/verifier/base64.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace tearline::verifier {
namespace {

constexpr std::string_view kLetters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Marks what is no letter; above the 24 bits of four letters.
constexpr std::uint32_t kNoLetter = 1U << 31;

/// The bits of each letter where they stand in a group, for each of its four places.
using Places = std::array<std::array<std::uint32_t, 256>, 4>;
constexpr Places kPlaces = [] {
  Places places{};
  for (std::size_t place = 0; place < places.size(); ++place) {
    places[place].fill(kNoLetter);
    for (std::uint32_t value = 0; value < kLetters.size(); ++value) {
      places[place][static_cast<unsigned char>(kLetters[value])] = value << (18 - 6 * place);
    }
  }
  return places;
}();

std::uint32_t LetterAt(std::size_t place, char letter) {
  return kPlaces[place][static_cast<unsigned char>(letter)];
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string Base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::string_view group = bytes.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      bits = bits << 8 | (j < group.size() ? static_cast<unsigned char>(group[j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      text += j <= group.size() ? kLetters[bits >> (18 - 6 * j) & 63] : '=';
    }
  }
  return text;
}

bool ReadBase64(std::string_view text, std::string& bytes) {
  if (text.size() % 4 != 0) return false;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  bytes.resize(text.size() / 4 * 3);
  char* to = bytes.data();
  const auto put = [&to](std::uint32_t bits) {
    to[0] = static_cast<char>(bits >> 16);
    to[1] = static_cast<char>(bits >> 8);
    to[2] = static_cast<char>(bits);
    to += 3;
  };
  std::uint32_t seen = 0;
  const char* letter = text.data();
  const char* const end = letter + text.size() - (padding == 0 ? 0 : 4);
  for (; letter != end; letter += 4) {
    const std::uint32_t bits = LetterAt(0, letter[0]) | LetterAt(1, letter[1]) |
                               LetterAt(2, letter[2]) | LetterAt(3, letter[3]);
    seen |= bits;
    put(bits);
  }
  if (padding != 0) {
    std::uint32_t bits = LetterAt(0, letter[0]) | LetterAt(1, letter[1]);
    if (padding == 1) bits |= LetterAt(2, letter[2]);
    const std::uint32_t stray = padding == 1 ? 0xff : 0xffff;
    if ((bits & stray) != 0) return false;
    seen |= bits;
    put(bits);
  }
  for (; padding > 0; --padding) bytes.pop_back();
  return (seen & kNoLetter) == 0;
}

std::optional<std::string> FromBase64(std::string_view text) {
  std::string bytes;
  if (!ReadBase64(text, bytes)) return std::nullopt;
  return bytes;
}

std::string Hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    text += kDigits[static_cast<unsigned char>(byte) >> 4];
    text += kDigits[static_cast<unsigned char>(byte) & 15];
  }
  return text;
}

std::optional<std::string> FromHex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = HexValue(text[i]);
    const int low = HexValue(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high << 4 | low);
  }
  return bytes;
}

}  // namespace tearline::verifier
