#include "clients/adapters/source_time.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tearline::adapters {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;
constexpr int kYearMin = 1900;
constexpr int kYearMax = 2199;
constexpr int kLondonYearMin = 1996;
constexpr std::size_t kZoneNameBytesMax = 40;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// What is left to read, eaten from the front. A step that fails eats nothing.
class Rest {
 public:
  explicit Rest(std::string_view text) : text_(text) {}

  bool empty() const { return text_.empty(); }
  char front() const { return text_.empty() ? '\0' : text_.front(); }

  /// Exactly `width` digits.
  std::optional<int> Number(std::size_t width) {
    if (text_.size() < width || !std::all_of(text_.begin(), text_.begin() + width, IsDigit)) {
      return std::nullopt;
    }
    int number = 0;
    for (const char c : text_.substr(0, width)) number = 10 * number + (c - '0');
    text_.remove_prefix(width);
    return number;
  }

  bool Mark(char upper, char lower) {
    if (front() != upper && front() != lower) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool Mark(char mark) { return Mark(mark, mark); }

  /// The digits in front, at most `most`.
  std::string_view Digits(std::size_t most) {
    std::size_t count = 0;
    while (count < text_.size() && count < most && IsDigit(text_[count])) ++count;
    const std::string_view digits = text_.substr(0, count);
    text_.remove_prefix(count);
    return digits;
  }

  /// A name in brackets, up to the end.
  std::optional<std::string_view> ZoneName() {
    if (text_.size() < 3 || text_.front() != '[' || text_.back() != ']') return std::nullopt;
    const std::string_view name = text_.substr(1, text_.size() - 2);
    const bool well_formed = std::all_of(name.begin(), name.end(), [](char c) {
      return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/' ||
             c == '_' || c == '-' || c == '+';
    });
    if (!well_formed || name.size() > kZoneNameBytesMax) return std::nullopt;
    text_ = {};
    return name;
  }

 private:
  std::string_view text_;
};

bool IsLeap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int DaysIn(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && IsLeap(year) ? 29 : kDays[month - 1];
}

/// Days since 1970-01-01. Counts leap days in whole years before `year`, then month by month.
std::int64_t DaysSinceEpoch(int year, int month, int day) {
  const std::int64_t before = year - 1;
  std::int64_t days = before * 365 + before / 4 - before / 100 + before / 400 - 719'162;
  for (int m = 1; m < month; ++m) days += DaysIn(year, m);
  return days + day - 1;
}

/// 01:00 UTC on the last Sunday of `month`, which has 31 days. 1970-01-01 was a Thursday.
std::int64_t LastSundayAtOne(int year, int month) {
  const std::int64_t last = DaysSinceEpoch(year, month, 31);
  const std::int64_t days_after_sunday = (last + 4) % 7;
  return (last - days_after_sunday) * kDaySeconds + 3600;
}

/// Seconds that London is ahead when its clocks show `local`, in `year`.
std::int64_t LondonOffset(std::int64_t local, int year) {
  // In March the clocks jump from 01:00 to 02:00: what lies between is read as winter time. In
  // October they fall back from 02:00 to 01:00: what lies between is read as summer time.
  const bool summer =
      local >= LastSundayAtOne(year, 3) + 3600 && local < LastSundayAtOne(year, 10) + 3600;
  return summer ? 3600 : 0;
}

struct Date {
  int year = 0;
  std::int64_t days = 0;
};

std::optional<Date> ReadDate(Rest& rest) {
  const std::optional<int> year = rest.Number(4);
  if (!year || !rest.Mark('-')) return std::nullopt;
  const std::optional<int> month = rest.Number(2);
  if (!month || !rest.Mark('-')) return std::nullopt;
  const std::optional<int> day = rest.Number(2);
  if (!day || *year < kYearMin || *year > kYearMax || *month < 1 || *month > 12 || *day < 1 ||
      *day > DaysIn(*year, *month)) {
    return std::nullopt;
  }
  return Date{*year, DaysSinceEpoch(*year, *month, *day)};
}

/// Seconds of the day and nanoseconds, into `time`.
bool ReadTimeOfDay(Rest& rest, SourceTime& time) {
  const std::optional<int> hour = rest.Number(2);
  if (!hour || *hour > 23 || !rest.Mark(':')) return false;
  const std::optional<int> minute = rest.Number(2);
  if (!minute || *minute > 59) return false;
  time.seconds = *hour * 3600 + *minute * 60;
  if (!rest.Mark(':')) return true;
  const std::optional<int> second = rest.Number(2);
  if (!second || *second > 59) return false;
  time.seconds += *second;
  if (!rest.Mark('.')) return true;
  const std::string_view fraction = rest.Digits(9);
  if (fraction.empty()) return false;
  for (const char c : fraction) time.nanos = 10 * time.nanos + (c - '0');
  for (std::size_t i = fraction.size(); i < 9; ++i) time.nanos *= 10;
  return true;
}

/// ±hh:mm in seconds.
std::optional<std::int64_t> ReadOffset(Rest& rest) {
  const std::int64_t sign = rest.front() == '-' ? -1 : 1;
  if (!rest.Mark('+', '-')) return std::nullopt;
  const std::optional<int> hours = rest.Number(2);
  if (!hours || *hours > 23 || !rest.Mark(':')) return std::nullopt;
  const std::optional<int> minutes = rest.Number(2);
  if (!minutes || *minutes > 59) return std::nullopt;
  return sign * (*hours * 3600 + *minutes * 60);
}

}  // namespace

std::optional<SourceTime> ReadSourceTime(std::string_view text) {
  Rest rest(text);
  SourceTime time;
  const std::optional<Date> date = ReadDate(rest);
  if (!date || !rest.Mark('T', 't') || !ReadTimeOfDay(rest, time)) return std::nullopt;
  time.seconds += date->days * kDaySeconds;

  std::optional<std::int64_t> offset;
  if (rest.Mark('Z', 'z')) {
    offset = 0;
  } else if (rest.front() == '+' || rest.front() == '-') {
    offset = ReadOffset(rest);
    if (!offset) return std::nullopt;
  }
  const std::optional<std::string_view> zone = rest.ZoneName();
  if (!rest.empty()) return std::nullopt;

  if (!offset) {
    if (date->year < kLondonYearMin || (zone && *zone != "Europe/London")) return std::nullopt;
    offset = LondonOffset(time.seconds, date->year);
    time.assumed = !zone;
  }
  time.seconds -= *offset;
  return time;
}

std::optional<std::int32_t> ReadSourceDate(std::string_view text) {
  Rest rest(text);
  const std::optional<Date> date = ReadDate(rest);
  if (!date || (!rest.empty() && rest.front() != 'T')) return std::nullopt;
  return static_cast<std::int32_t>(date->days);
}

}  // namespace tearline::adapters
