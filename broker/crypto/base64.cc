#include "broker/crypto/base64.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace tearline::crypto {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The six bits `digit` stands for; -1 if none.
int Bits(char digit) {
  if (digit >= 'A' && digit <= 'Z') return digit - 'A';
  if (digit >= 'a' && digit <= 'z') return digit - 'a' + 26;
  if (digit >= '0' && digit <= '9') return digit - '0' + 52;
  if (digit == '+') return 62;
  if (digit == '/') return 63;
  return -1;
}

Status Malformed() {
  return Refuse(
      v1::ERROR_REASON_FIELD_INVALID,
      "base64 must be groups of four characters of A-Z, a-z, 0-9, + and /, padded with =, "
      "without spaces or surplus bits");
}

}  // namespace

std::string Base64Encode(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t begin = 0; begin < bytes.size(); begin += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - begin);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      group = group << 8 | (i < count ? static_cast<unsigned char>(bytes[begin + i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      text += i <= count ? kAlphabet[group >> (18 - 6 * i) & 63U] : '=';
    }
  }
  return text;
}

Result<std::string> Base64Decode(std::string_view text) {
  if (text.size() % 4 != 0) return Malformed();
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;

  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  const std::size_t digits = text.size() - padding;
  for (std::size_t begin = 0; begin < text.size(); begin += 4) {
    std::uint32_t group = 0;
    for (std::size_t i = begin; i < begin + 4; ++i) {
      const int bits = i < digits ? Bits(text[i]) : 0;
      if (bits < 0) return Malformed();
      group = group << 6 | static_cast<std::uint32_t>(bits);
    }
    const std::size_t count = begin + 4 == text.size() ? 3 - padding : 3;
    for (std::size_t i = 0; i < count; ++i) {
      bytes += static_cast<char>(group >> (16 - 8 * i) & 255U);
    }
    const std::uint32_t unused = (1U << (8 * (3 - count))) - 1;
    if ((group & unused) != 0) return Malformed();
  }
  return bytes;
}

}  // namespace tearline::crypto
