#include "tests/simulation/dice.h"

#include <gtest/gtest.h>

#include "broker/crypto/random.h"

namespace tearline::simulation {
namespace {

TEST(Dice, TheSameSeedThrowsTheSame) {
  Dice one(7);
  Dice same(7);
  Dice other(8);
  EXPECT_EQ(one.Next(), same.Next());
  EXPECT_EQ(one.Bytes(13), same.Bytes(13));
  EXPECT_NE(one.Next(), other.Next());
}

TEST(Dice, StayWithinTheirBounds) {
  Dice dice(1);
  bool low = false;
  bool high = false;
  for (int i = 0; i < 1000; ++i) {
    const std::int64_t thrown = dice.Between(-2, 2);
    ASSERT_TRUE(thrown >= -2 && thrown <= 2);
    low = low || thrown == -2;
    high = high || thrown == 2;
    ASSERT_LT(dice.Below(3), 3u);
  }
  EXPECT_TRUE(low && high);
}

/// Otherwise a seed would not show the same history twice.
TEST(Dice, StandInForTheBrokersRandomBytes) {
  SeedRandomBytes(5);
  const std::string first = crypto::RandomBytes(32);
  SeedRandomBytes(5);
  EXPECT_EQ(crypto::RandomBytes(32), first);
  EXPECT_NE(crypto::RandomBytes(32), first);
}

}  // namespace
}  // namespace tearline::simulation
