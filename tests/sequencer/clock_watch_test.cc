#include "broker/sequencer/clock_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "broker/model/limits.h"

namespace tearline::sequencer {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kNow = 1'800'000'000'000;
constexpr std::int64_t kMinute = std::chrono::milliseconds(model::kClockPartMax).count();
constexpr std::int64_t kDay = 24 * 60 * kMinute;
constexpr std::int64_t kYear = 365 * kDay;

struct StartRow {
  const char* what;
  std::int64_t last_stamp_ms;
  std::int64_t confirmed_wall_ms;
  std::int64_t confirmed_stamp_ms;
  bool parted;
};

stored::v1::LedgerRow Stamped(std::int64_t last_stamp_ms, std::int64_t confirmed_wall_ms = 0,
                              std::int64_t confirmed_stamp_ms = 0) {
  stored::v1::LedgerRow row;
  row.set_last_stamp_ms(last_stamp_ms);
  row.set_confirmed_wall_ms(confirmed_wall_ms);
  row.set_confirmed_stamp_ms(confirmed_stamp_ms);
  return row;
}

// clang-format off
constexpr StartRow kStarts[] = {
    // what                                    last stamp          confirmed: wall     and its stamp     must somebody look?
    {"an empty ledger",                        0,                  0,                  0,                false},
    {"stamped just now",                       kNow,               0,                  0,                false},
    {"stopped for a day",                      kNow - kDay,        0,                  0,                false},
    {"stopped for longer",                     kNow - kDay - 1,    0,                  0,                true},
    {"the clock was a minute ahead",           kNow + kMinute,     0,                  0,                false},
    {"the clock was further ahead",            kNow + kMinute + 1, 0,                  0,                true},
    {"it was a year ahead, and confirmed",     kNow + kYear,       kNow - kMinute,     kNow + kYear,     false},
    {"confirmed, and days have passed since",  kNow + kYear,       kNow - 9 * kDay,    kNow + kYear,     false},
    {"confirmed, and set back by a minute",    kNow + kYear,       kNow + kMinute,     kNow + kYear,     false},
    {"confirmed, and set back by more",        kNow + kYear,       kNow + kMinute + 1, kNow + kYear,     true},
    {"confirmed, half a minute at half speed", kNow + kYear + kMinute / 2,     kNow,   kNow + kYear,     false},
    {"confirmed, then it ran ahead again",     kNow + kYear + kMinute / 2 + 1, kNow,   kNow + kYear,     true},
    {"confirmed, caught up, went on",          kNow,               kNow - kDay,        kNow - kMinute,   false},
    {"confirmed, caught up, stopped a day",    kNow - kDay,        kNow - 2 * kDay,    kNow - kDay,      false},
    {"confirmed, caught up, stopped longer",   kNow - kDay - 1,    kNow - 2 * kDay,    kNow - kDay - 1,  true},
};
// clang-format on

TEST(ClockWatch, AtAStartPartsExactlyWhereTheTableSaysSo) {
  for (const StartRow& row : kStarts) {
    ClockWatch watch(kNow, 0,
                     Stamped(row.last_stamp_ms, row.confirmed_wall_ms, row.confirmed_stamp_ms));
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
    ClockWatch watch(kNow, 500, Stamped(kNow));
    EXPECT_EQ(watch.Parted(kNow + row.wall_moved_ms, 500 + row.monotonic_moved_ms), row.parted)
        << row.what;
  }
}

TEST(ClockWatch, StaysPartedUntilConfirmedAndComparesFromThere) {
  ClockWatch watch(kNow, 0, Stamped(kNow));
  EXPECT_TRUE(watch.Parted(kNow + 2 * kMinute, 0));
  EXPECT_TRUE(watch.Parted(kNow, 0));  // coming back does not heal it
  watch.Confirm(kNow + 2 * kMinute, 0);
  EXPECT_FALSE(watch.Parted(kNow + 2 * kMinute, 0));
  EXPECT_TRUE(watch.Parted(kNow, 0));
}

TEST(ClockAdvice, TellsBothTimesAndBothWaysOut) {
  const std::string behind = ClockAdvice(kNow, Stamped(kNow + kYear));
  EXPECT_THAT(behind, HasSubstr("shows 2027-01-15T08:00:00.000Z"));
  EXPECT_THAT(behind, HasSubstr("stamped 2028-01-15T08:00:00.000Z"));
  EXPECT_THAT(behind, HasSubstr("set it right"));
  EXPECT_THAT(behind, HasSubstr("tearlined --confirm-clock --by NAME --because REASON CONFIG"));
  EXPECT_THAT(behind, HasSubstr("deadlines take up to twice their time"));
  EXPECT_THAT(ClockAdvice(kNow, Stamped(kNow - kYear)), Not(HasSubstr("deadline")));
}

}  // namespace
}  // namespace tearline::sequencer
