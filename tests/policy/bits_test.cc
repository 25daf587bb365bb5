#include "broker/policy/bits.h"

#include <gtest/gtest.h>

namespace tearline::policy {
namespace {

/// Beside the same looked for bit by bit, over every region of two and a half words.
TEST(Bits, FirstInIsTheFirst) {
  constexpr std::uint32_t kCount = 160;
  for (std::uint32_t step : {1u, 3u, 63u, 64u, 65u, 200u}) {
    Bits bits(WordsFor(kCount));
    for (std::uint32_t place = step - 1; place < kCount; place += step) Set(bits.data(), place);
    for (std::uint32_t begin = 0; begin <= kCount; ++begin) {
      for (std::uint32_t end = begin; end <= kCount; ++end) {
        std::uint32_t first = begin;
        while (first < end && (first + 1) % step != 0) ++first;
        ASSERT_EQ(FirstIn(bits.data(), {begin, end}), first)
            << "every " << step << ", from " << begin << " to " << end;
      }
    }
  }
}

TEST(Bits, AreSetAndClearedOneByOne) {
  Bits bits(WordsFor(65));
  EXPECT_EQ(bits.size(), 2u);
  Set(bits.data(), 64);
  Set(bits.data(), 3);
  EXPECT_EQ(bits, (Bits{8, 1}));
  Clear(bits.data(), 64);
  EXPECT_EQ(bits, (Bits{8, 0}));
}

}  // namespace
}  // namespace tearline::policy
