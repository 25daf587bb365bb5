#include "broker/sequencer/ledger_clock.h"

#include <gtest/gtest.h>

namespace tearline::sequencer {
namespace {

constexpr std::int64_t kNoon = 1'800'000'000'000;
constexpr std::int64_t kHour = 3'600'000;

LedgerClock Confirmed(std::int64_t wall_ms, std::int64_t stamp_ms) {
  stored::v1::LedgerRow row;
  row.set_confirmed_wall_ms(wall_ms);
  row.set_confirmed_stamp_ms(stamp_ms);
  return LedgerClock(row);
}

TEST(LedgerClock, IsTheWallClockWhereNoneEverRanAhead) {
  for (const LedgerClock& clock :
       {Confirmed(0, 0), Confirmed(kNoon, kNoon), Confirmed(kNoon - kHour, kNoon - 2 * kHour)}) {
    for (const std::int64_t passed : {std::int64_t{0}, std::int64_t{1}, kHour, 1000 * kHour}) {
      EXPECT_EQ(clock.TimeAt(kNoon + passed), kNoon + passed);
      EXPECT_EQ(clock.WallAt(kNoon + passed), kNoon + passed);
    }
  }
}

/// The ledger was ten hours ahead at noon. Each row: what the wall shows, what the ledger's shows.
TEST(LedgerClock, GoesHalfAsFastUntilTheWallClockHasCaughtUp) {
  struct Row {
    std::int64_t wall_hours;
    std::int64_t ledger_hours;
  };
  constexpr Row rows[] = {{0, 10},  {2, 11},  {4, 12},  {10, 15},
                          {18, 19}, {20, 20}, {21, 21}, {99, 99}};
  const LedgerClock clock = Confirmed(kNoon, kNoon + 10 * kHour);
  for (const auto& [wall, ledger] : rows) {
    EXPECT_EQ(clock.TimeAt(kNoon + wall * kHour), kNoon + ledger * kHour) << wall;
    EXPECT_EQ(clock.WallAt(kNoon + ledger * kHour), kNoon + wall * kHour) << ledger;
  }
  EXPECT_EQ(clock.TimeAt(kNoon - kHour), kNoon + 10 * kHour) << "set back since: it waits";
}

/// Never backwards, and never more than the time that passed.
TEST(LedgerClock, IsSteady) {
  const LedgerClock clock = Confirmed(kNoon, kNoon + 1000);
  for (std::int64_t wall = kNoon; wall < kNoon + 3000; ++wall) {
    const std::int64_t step = clock.TimeAt(wall + 1) - clock.TimeAt(wall);
    ASSERT_GE(step, 0) << wall - kNoon;
    ASSERT_LE(step, 1) << wall - kNoon;
    ASSERT_LE(clock.WallAt(clock.TimeAt(wall)), wall);
  }
}

}  // namespace
}  // namespace tearline::sequencer
