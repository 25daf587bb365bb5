#include "tests/doubles/hex.h"

#include <stdexcept>

namespace tearline::doubles {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

}  // namespace

std::string FromHex(std::string_view digits) {
  std::string bytes;
  int high = -1;
  for (const char digit : digits) {
    if (digit == ' ') continue;
    const std::size_t value = kDigits.find(digit);
    if (value == std::string_view::npos) throw std::invalid_argument("not a hexadecimal digit");
    if (high < 0) {
      high = static_cast<int>(value);
    } else {
      bytes += static_cast<char>(high * 16 + static_cast<int>(value));
      high = -1;
    }
  }
  if (high >= 0) throw std::invalid_argument("an odd number of hexadecimal digits");
  return bytes;
}

std::string ToHex(std::string_view bytes) {
  std::string digits;
  for (const char byte : bytes) {
    digits += kDigits[static_cast<unsigned char>(byte) / 16];
    digits += kDigits[static_cast<unsigned char>(byte) % 16];
  }
  return digits;
}

}  // namespace tearline::doubles
