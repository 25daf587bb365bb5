#pragma once

#include <cstdint>
#include <string>

namespace tearline::model {

/// A date of the proleptic Gregorian calendar.
struct CivilDate {
  std::int64_t year = 1970;
  int month = 1;  ///< 1 to 12.
  int day = 1;    ///< 1 to 31.

  friend bool operator==(const CivilDate&, const CivilDate&) = default;
};

/// Days from 1970-01-01 to `date`; negative before it.
///
/// Requires: `date` exists.
[[nodiscard]] std::int64_t DaysFromCivil(const CivilDate& date);

/// The date `days` days after 1970-01-01.
[[nodiscard]] CivilDate CivilFromDays(std::int64_t days);

/// Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted, are what every time in the
/// broker is. The following read them in UTC, and round towards the past before 1970.

/// The year.
[[nodiscard]] int YearOf(std::int64_t time_ms);

/// Whole quarters of a year since 1970-01-01: 0 for January to March 1970.
[[nodiscard]] std::int64_t QuarterOf(std::int64_t time_ms);

/// RFC 3339 in UTC with milliseconds: "2026-02-03T04:05:06.007Z".
///
/// Requires: the year is 0 to 9999.
[[nodiscard]] std::string FormatRfc3339(std::int64_t time_ms);

}  // namespace tearline::model
