#include "broker/model/civil_time.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "broker/status/invariant.h"

namespace tearline::model {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

// The calendar repeats every 400 years. Counting years from March puts the leap day last, so that
// the length of a month follows from its number alone.
constexpr std::int64_t kCycleDays = 146'097;
constexpr std::int64_t kCycleYears = 400;
constexpr std::int64_t kEpochDays = 719'468;  // from 0000-03-01 to 1970-01-01

/// The quotient rounded towards the past.
constexpr std::int64_t FloorDivide(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

CivilDate DateOf(std::int64_t time_ms) { return CivilFromDays(FloorDivide(time_ms, kDayMs)); }

std::string Digits(std::int64_t value, std::size_t width) {
  std::string digits = std::to_string(value);
  return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

}  // namespace

std::int64_t DaysFromCivil(const CivilDate& date) {
  const std::int64_t march_year = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t cycle = FloorDivide(march_year, kCycleYears);
  const std::int64_t year = march_year - cycle * kCycleYears;
  const std::int64_t month = (date.month + 9) % 12;
  const std::int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
  return cycle * kCycleDays + year * 365 + year / 4 - year / 100 + day_of_year - kEpochDays;
}

CivilDate CivilFromDays(std::int64_t days) {
  const std::int64_t shifted = days + kEpochDays;
  const std::int64_t cycle = FloorDivide(shifted, kCycleDays);
  const std::int64_t day = shifted - cycle * kCycleDays;
  const std::int64_t year = (day - day / 1460 + day / 36'524 - day / 146'096) / 365;
  const std::int64_t day_of_year = day - (365 * year + year / 4 - year / 100);
  const std::int64_t march_month = (5 * day_of_year + 2) / 153;
  const int month = static_cast<int>(march_month < 10 ? march_month + 3 : march_month - 9);
  return {cycle * kCycleYears + year + (month <= 2 ? 1 : 0), month,
          static_cast<int>(day_of_year - (153 * march_month + 2) / 5 + 1)};
}

int YearOf(std::int64_t time_ms) { return static_cast<int>(DateOf(time_ms).year); }

std::int64_t QuarterOf(std::int64_t time_ms) {
  const CivilDate date = DateOf(time_ms);
  return (date.year - 1970) * 4 + (date.month - 1) / 3;
}

std::string FormatRfc3339(std::int64_t time_ms) {
  const CivilDate date = DateOf(time_ms);
  TEARLINE_INVARIANT(date.year >= 0 && date.year <= 9999, "a time has a year of four digits");
  const std::int64_t of_day = time_ms - FloorDivide(time_ms, kDayMs) * kDayMs;
  return Digits(date.year, 4) + '-' + Digits(date.month, 2) + '-' + Digits(date.day, 2) + 'T' +
         Digits(of_day / 3'600'000, 2) + ':' + Digits(of_day / 60'000 % 60, 2) + ':' +
         Digits(of_day / 1000 % 60, 2) + '.' + Digits(of_day % 1000, 3) + 'Z';
}

}  // namespace tearline::model
