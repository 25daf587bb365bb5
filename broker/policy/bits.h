#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tearline::policy {

/// Rows of bits, one bit for each of a policy's terms.
using Bits = std::vector<std::uint64_t>;

inline constexpr std::size_t kWordBits = 64;

/// Words that hold `count` bits.
[[nodiscard]] constexpr std::size_t WordsFor(std::size_t count) {
  return (count + kWordBits - 1) / kWordBits;
}

inline void Set(std::uint64_t* bits, std::size_t place) {
  bits[place / kWordBits] |= std::uint64_t{1} << (place % kWordBits);
}

inline void Clear(std::uint64_t* bits, std::size_t place) {
  bits[place / kWordBits] &= ~(std::uint64_t{1} << (place % kWordBits));
}

/// Places from `begin` on, below `end`.
struct Region {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

/// The first place in `region` whose bit is set; its end if there is none.
[[nodiscard]] inline std::uint32_t FirstIn(const std::uint64_t* bits, Region region) {
  std::uint32_t place = region.begin;
  while (place < region.end) {
    const std::uint64_t rest = bits[place / kWordBits] >> (place % kWordBits);
    if (rest != 0) {
      const std::uint32_t found = place + static_cast<std::uint32_t>(std::countr_zero(rest));
      return found < region.end ? found : region.end;
    }
    place += static_cast<std::uint32_t>(kWordBits - place % kWordBits);
  }
  return region.end;
}

}  // namespace tearline::policy
