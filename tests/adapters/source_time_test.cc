#include "clients/adapters/source_time.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>

namespace tearline::adapters {
namespace {

struct Row {
  const char* text;
  std::int64_t seconds;
  std::int32_t nanos;
  bool assumed;
};

// 2026-02-03T04:05:06Z is 1770091506.
constexpr Row kReadable[] = {
    {"2026-02-03T04:05:06Z", 1770091506, 0, false},
    {"2026-02-03t04:05:06z", 1770091506, 0, false},
    {"2026-02-03T04:05Z", 1770091500, 0, false},
    {"2026-02-03T04:05:06.1Z", 1770091506, 100'000'000, false},
    {"2026-02-03T04:05:06.12Z", 1770091506, 120'000'000, false},
    {"2026-02-03T04:05:06.123Z", 1770091506, 123'000'000, false},
    {"2026-02-03T04:05:06.1234Z", 1770091506, 123'400'000, false},
    {"2026-02-03T04:05:06.12345Z", 1770091506, 123'450'000, false},
    {"2026-02-03T04:05:06.123456Z", 1770091506, 123'456'000, false},
    {"2026-02-03T04:05:06.1234567Z", 1770091506, 123'456'700, false},
    {"2026-02-03T04:05:06.12345678Z", 1770091506, 123'456'780, false},
    {"2026-02-03T04:05:06.123456789Z", 1770091506, 123'456'789, false},
    {"2026-02-03T04:05:06.000000001Z", 1770091506, 1, false},
    // An offset is believed, in winter too
    {"2026-02-03T04:05:06+00:00", 1770091506, 0, false},
    {"2026-02-03T05:05:06+01:00", 1770091506, 0, false},
    {"2026-02-02T23:05:06-05:00", 1770091506, 0, false},
    {"2026-02-03T09:35:06+05:30", 1770091506, 0, false},
    {"2026-02-03T05:05:06.5+01:00[Europe/London]", 1770091506, 500'000'000, false},
    {"2026-02-03T05:05:06+01:00[Europe/Paris]", 1770091506, 0, false},
    // No offset: London, assumed unless it is named
    {"2026-02-03T04:05:06", 1770091506, 0, true},
    {"2026-02-03T04:05:06.25", 1770091506, 250'000'000, true},
    {"2026-02-03T04:05:06[Europe/London]", 1770091506, 0, false},
    {"2026-07-01T12:00:00", 1782903600, 0, true},
    {"2026-07-01T12:00:00[Europe/London]", 1782903600, 0, false},
    // London in 2026: summer time from 29 March to 25 October, 01:00 UTC
    {"2026-03-29T00:59:59", 1774745999, 0, true},
    {"2026-03-29T01:00:00", 1774746000, 0, true},  // is skipped: read as winter time
    {"2026-03-29T01:59:59", 1774749599, 0, true},
    {"2026-03-29T02:00:00", 1774746000, 0, true},
    {"2026-10-25T00:59:59", 1792886399, 0, true},
    {"2026-10-25T01:00:00", 1792886400, 0, true},  // comes twice: the first
    {"2026-10-25T01:59:59", 1792889999, 0, true},
    {"2026-10-25T02:00:00", 1792893600, 0, true},
    // London in 2024: from 31 March, the last day of the month, to 27 October
    {"2024-03-31T03:00:00", 1711850400, 0, true},
    {"2024-03-30T03:00:00", 1711767600, 0, true},
    // Leap days and edges
    {"2024-02-29T00:00:00Z", 1709164800, 0, false},
    {"2000-02-29T00:00:00Z", 951782400, 0, false},
    {"1970-01-01T00:00:00Z", 0, 0, false},
    {"1969-12-31T23:59:59.5Z", -1, 500'000'000, false},
    {"1900-01-01T00:00:00Z", -2208988800, 0, false},
    {"2199-12-31T23:59:59Z", 7258118399, 0, false},
    {"1996-01-01T00:00:00", 820454400, 0, true},
};

constexpr const char* kUnreadable[] = {
    "",
    " ",
    "{createdDate}",
    "null",
    "1770091506",
    "now",
    "2026",
    "2026-02-03",
    "2022-12-1T14:25:40.117Z",  // a one-digit day
    "2022-2-01T14:25:40Z",
    "22-02-01T14:25:40Z",
    "2022-02-01T4:25:40Z",
    "Fri Jun 14 09:06:52 BST 2024",  // Java's own words
    "14/06/2024 09:06",
    "2024-06-14 09:06:52",
    "2024-06-14T09:06:52.Z",            // a dot and no digits
    "2024-06-14T09:06:52.1234567890Z",  // ten
    "2024-06-14T09:06:52,5Z",
    "2024-06-14T09:06:52ZZ",
    "2024-06-14T09:06:52Z ",
    " 2024-06-14T09:06:52Z",
    "2024-06-14T09:06:52Z\n",
    "2024-06-14T09:06:52 +01:00",
    "2024-06-14T09:06:52+1:00",
    "2024-06-14T09:06:52+0100",
    "2024-06-14T09:06:52+01",
    "2024-06-14T09:06:52+24:00",
    "2024-06-14T09:06:52+01:60",
    "2024-06-14T09:06:52+",
    "2024-06-14T09:06:52[America/New_York]",  // a zone without its offset
    "2024-06-14T09:06:52[]",
    "2024-06-14T09:06:52+01:00[",
    "2024-06-14T09:06:52Z[Europe/London",
    "2024-06-14T09:06:52Z[<script>]",
    "2024-06-14T09",
    "2024-06-14T09:",
    "2024-06-14T",
    "2024-02-30T00:00:00Z",
    "2023-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2024-13-01T00:00:00Z",
    "2024-00-01T00:00:00Z",
    "2024-01-00T00:00:00Z",
    "2024-04-31T00:00:00Z",
    "2024-01-01T24:00:00Z",
    "2024-01-01T00:60:00Z",
    "2024-01-01T00:00:60Z",
    "1899-12-31T23:59:59Z",
    "2200-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",  // "never"
    "0001-01-01T00:00:00Z",
    "-2024-01-01T00:00:00Z",
    "+2024-01-01T00:00:00Z",
    "1995-12-31T23:59:59",                               // no offset, before the rule
    "\xD9\xA2\xD9\xA0\xD9\xA2\xD9\xA4-01-01T00:00:00Z",  // digits, but not ours
};

TEST(SourceTime, IsReadAsTheTableSays) {
  for (const Row& row : kReadable) {
    const std::optional<SourceTime> time = ReadSourceTime(row.text);
    ASSERT_TRUE(time.has_value()) << row.text;
    EXPECT_EQ(*time, (SourceTime{row.seconds, row.nanos, row.assumed})) << row.text;
  }
}

TEST(SourceTime, IsNeverGuessed) {
  for (const char* text : kUnreadable) EXPECT_EQ(ReadSourceTime(text), std::nullopt) << text;
}

TEST(SourceTime, OfADayAloneIsCountedInDays) {
  EXPECT_EQ(ReadSourceDate("1970-01-01"), 0);
  EXPECT_EQ(ReadSourceDate("1969-12-31"), -1);
  EXPECT_EQ(ReadSourceDate("2026-08-21"), 20686);
  EXPECT_EQ(ReadSourceDate("2026-08-21T00:00:00"), 20686);
  for (const char* text : {"", "{releaseDate}", "2026-8-21", "2026-02-29", "9999-12-31",
                           "2026-08-21 ", "21/08/2026"}) {
    EXPECT_EQ(ReadSourceDate(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace tearline::adapters
