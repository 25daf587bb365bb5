#include "broker/model/civil_time.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace tearline::model {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

TEST(CivilTime, CountsDaysAsTheTableSays) {
  struct Row {
    CivilDate date;
    std::int64_t days;
  };
  constexpr Row kRows[] = {
      {{1970, 1, 1}, 0},       {{1970, 1, 2}, 1},         {{1969, 12, 31}, -1},
      {{2000, 2, 29}, 11016},  {{2000, 3, 1}, 11017},     {{1900, 2, 28}, -25509},
      {{1900, 3, 1}, -25508},  {{2024, 2, 29}, 19782},    {{2026, 8, 21}, 20686},
      {{2038, 1, 19}, 24855},  {{9999, 12, 31}, 2932896}, {{0, 3, 1}, -719468},
      {{-1, 12, 31}, -719529},
  };
  for (const Row& row : kRows) {
    EXPECT_EQ(DaysFromCivil(row.date), row.days) << row.days;
    EXPECT_EQ(CivilFromDays(row.days), row.date) << row.days;
  }
}

/// Every day of more than a whole cycle of 400 years: there and back, each the day after the last.
TEST(CivilTime, GoesThereAndBackForEveryDay) {
  CivilDate last = CivilFromDays(-150'001);
  for (std::int64_t days = -150'000; days <= 150'000; ++days) {
    const CivilDate date = CivilFromDays(days);
    ASSERT_EQ(DaysFromCivil(date), days);
    const bool next_day =
        date.year == last.year && date.month == last.month && date.day == last.day + 1;
    const bool next_month = date.year == last.year && date.month == last.month + 1 && date.day == 1;
    const bool next_year =
        date.year == last.year + 1 && date.month == 1 && date.day == 1 && last.month == 12;
    ASSERT_TRUE(next_day || next_month || next_year) << days;
    last = date;
  }
}

TEST(CivilTime, TellsYearAndQuarterAtTheirEdges) {
  struct Row {
    CivilDate date;
    int year;
    std::int64_t quarter;
  };
  constexpr Row kRows[] = {
      {{1970, 1, 1}, 1970, 0},    {{1970, 3, 31}, 1970, 0},  {{1970, 4, 1}, 1970, 1},
      {{1970, 12, 31}, 1970, 3},  {{1971, 1, 1}, 1971, 4},   {{1969, 12, 31}, 1969, -1},
      {{2026, 6, 30}, 2026, 225}, {{2026, 7, 1}, 2026, 226}, {{2027, 1, 1}, 2027, 228},
  };
  for (const Row& row : kRows) {
    const std::int64_t first_ms = DaysFromCivil(row.date) * kDayMs;
    for (const std::int64_t ms : {first_ms, first_ms + kDayMs - 1}) {
      EXPECT_EQ(YearOf(ms), row.year) << ms;
      EXPECT_EQ(QuarterOf(ms), row.quarter) << ms;
    }
  }
}

TEST(CivilTime, IsWrittenInUtcToTheMillisecond) {
  EXPECT_EQ(FormatRfc3339(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(FormatRfc3339(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(FormatRfc3339(951'827'696'789), "2000-02-29T12:34:56.789Z");
  EXPECT_EQ(FormatRfc3339(253'402'300'799'999), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(FormatRfc3339(-62'167'219'200'000), "0000-01-01T00:00:00.000Z");
}

TEST(CivilTimeDeathTest, StopsAtAYearOfFiveDigits) {
  EXPECT_DEATH((void)FormatRfc3339(253'402'300'800'000), "a year of four digits");
}

}  // namespace
}  // namespace tearline::model
