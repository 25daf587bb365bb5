#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "broker/state/tables.h"

namespace tearline::state {

/// Builds a table's key, part by part, so that byte order is the order the parts should have.
///
/// A name is its bytes and a zero byte (names never hold one); a number is big-endian; an id or
/// digest is its bytes as they are.
class Key {
 public:
  explicit Key(Table table) {
    bytes_.reserve(kUsualBytes);
    bytes_.push_back(static_cast<char>(table));
  }

  Key&& Name(std::string_view name) && {
    bytes_.append(name);
    bytes_.push_back('\0');
    return std::move(*this);
  }
  Key&& Fixed(std::string_view bytes) && {
    bytes_.append(bytes);
    return std::move(*this);
  }
  Key&& U8(std::uint8_t number) && { return std::move(*this).BigEndian(number, 1); }
  Key&& U16(std::uint16_t number) && { return std::move(*this).BigEndian(number, 2); }
  Key&& U32(std::uint32_t number) && { return std::move(*this).BigEndian(number, 4); }
  Key&& U64(std::uint64_t number) && { return std::move(*this).BigEndian(number, 8); }

  const std::string& bytes() const { return bytes_; }

 private:
  static constexpr std::size_t kUsualBytes = 64;

  Key&& BigEndian(std::uint64_t number, int width) && {
    for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
      bytes_.push_back(static_cast<char>((number >> shift) & 0xff));
    }
    return std::move(*this);
  }

  std::string bytes_;
};

/// Reads a big-endian number of `width` bytes at `offset` of a key.
///
/// Requires: the key is long enough.
[[nodiscard]] inline std::uint64_t ReadBigEndian(std::string_view key, std::size_t offset,
                                                 std::size_t width) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < width; ++i) {
    number = number << 8 | static_cast<unsigned char>(key[offset + i]);
  }
  return number;
}

}  // namespace tearline::state
