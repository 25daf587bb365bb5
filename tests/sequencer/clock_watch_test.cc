#include "broker/sequencer/clock_watch.h"

#include <gtest/gtest.h>

namespace tearline::sequencer {
namespace {

constexpr std::int64_t kNow = 1'800'000'000'000;
constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kDay = 24 * 60 * kMinute;

struct StartRow {
  const char* what;
  std::int64_t last_stamp_ms;
  bool parted;
};

// clang-format off
constexpr StartRow kStarts[] = {
    // what                                    last stamp          must somebody look?
    {"an empty ledger",                        0,                  false},
    {"stamped just now",                       kNow,               false},
    {"stopped for a day",                      kNow - kDay,        false},
    {"stopped for longer",                     kNow - kDay - 1,    true},
    {"the clock was a minute ahead",           kNow + kMinute,     false},
    {"the clock was further ahead",            kNow + kMinute + 1, true},
};
// clang-format on

TEST(ClockWatch, AtAStartPartsExactlyWhereTheTableSaysSo) {
  for (const StartRow& row : kStarts) {
    ClockWatch watch(kNow, 0, row.last_stamp_ms);
    EXPECT_EQ(watch.Parted(kNow, 0), row.parted) << row.what;
  }
}

struct RunRow {
  const char* what;
  std::int64_t wall_moved_ms;
  std::int64_t monotonic_moved_ms;
  bool parted;
};

// clang-format off
constexpr RunRow kRuns[] = {
    // what                          wall moved        monotonic moved   parted?
    {"time passes",                  kDay,             kDay,             false},
    {"set forward by a minute",      kMinute,          0,                false},
    {"set forward by more",          kMinute + 1,      0,                true},
    {"set back by a minute",         -kMinute,         0,                false},
    {"set back by more",             -kMinute - 1,     0,                true},
    {"slept while the wall went on", kDay,             kMinute,          true},
};
// clang-format on

TEST(ClockWatch, WhileServingPartsExactlyWhereTheTableSaysSo) {
  for (const RunRow& row : kRuns) {
    ClockWatch watch(kNow, 500, kNow);
    EXPECT_EQ(watch.Parted(kNow + row.wall_moved_ms, 500 + row.monotonic_moved_ms), row.parted)
        << row.what;
  }
}

TEST(ClockWatch, StaysPartedUntilConfirmedAndComparesFromThere) {
  ClockWatch watch(kNow, 0, kNow);
  EXPECT_TRUE(watch.Parted(kNow + 2 * kMinute, 0));
  EXPECT_TRUE(watch.Parted(kNow, 0));  // coming back does not heal it
  watch.Confirm(kNow + 2 * kMinute, 0);
  EXPECT_FALSE(watch.Parted(kNow + 2 * kMinute, 0));
  EXPECT_TRUE(watch.Parted(kNow, 0));
}

}  // namespace
}  // namespace tearline::sequencer
