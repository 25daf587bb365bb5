#include "broker/clock/system_clock.h"

#include <gtest/gtest.h>

namespace tearline::clock {
namespace {

TEST(SystemClock, WallIsMillisecondsSince1970) {
  SystemClock clock;
  constexpr std::int64_t kYear2020Ms = 1'577'836'800'000;
  constexpr std::int64_t kYear2200Ms = 7'258'118'400'000;
  EXPECT_GT(clock.WallMs(), kYear2020Ms);
  EXPECT_LT(clock.WallMs(), kYear2200Ms);
}

TEST(SystemClock, MonotonicNeverGoesBack) {
  SystemClock clock;
  std::int64_t last = clock.MonotonicMs();
  for (int i = 0; i < 1000; ++i) {
    const std::int64_t now = clock.MonotonicMs();
    ASSERT_GE(now, last);
    last = now;
  }
}

}  // namespace
}  // namespace tearline::clock
