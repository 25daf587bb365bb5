#include "tests/doubles/manual_clock.h"

#include <gtest/gtest.h>

namespace tearline::doubles {
namespace {

TEST(ManualClock, PassesTimeOnBothAndSetsOnlyTheWall) {
  ManualClock clock(1'000);
  EXPECT_EQ(clock.WallMs(), 1'000);
  EXPECT_EQ(clock.MonotonicMs(), 0);
  clock.Pass(250);
  EXPECT_EQ(clock.WallMs(), 1'250);
  EXPECT_EQ(clock.MonotonicMs(), 250);
  clock.SetWallMs(500);
  EXPECT_EQ(clock.WallMs(), 500);
  EXPECT_EQ(clock.MonotonicMs(), 250);
}

}  // namespace
}  // namespace tearline::doubles
