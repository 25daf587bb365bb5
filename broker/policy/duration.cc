#include "broker/policy/duration.h"

#include <algorithm>
#include <chrono>

#include "broker/model/limits.h"

namespace tearline::policy {
namespace {

using std::chrono::milliseconds;

/// The longest time has 8 digits in its smallest unit; more could only overflow.
constexpr std::size_t kDigitsMax = 9;

std::int64_t UnitMs(char unit) {
  switch (unit) {
    case 's':
      return milliseconds(std::chrono::seconds(1)).count();
    case 'm':
      return milliseconds(std::chrono::minutes(1)).count();
    case 'h':
      return milliseconds(std::chrono::hours(1)).count();
    case 'd':
      return milliseconds(std::chrono::hours(24)).count();
    default:
      return 0;
  }
}

}  // namespace

std::optional<std::int64_t> ReadDuration(std::string_view text) {
  if (text.size() < 2 || text.size() > kDigitsMax + 1) return std::nullopt;
  const std::int64_t unit_ms = UnitMs(text.back());
  text.remove_suffix(1);
  if (unit_ms == 0 ||
      !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return std::nullopt;
  }
  std::int64_t number = 0;
  for (const char digit : text) number = number * 10 + (digit - '0');
  const std::int64_t longest_ms = milliseconds(model::kObligeWithinMax).count();
  if (number == 0 || number > longest_ms / unit_ms) return std::nullopt;
  return number * unit_ms;
}

}  // namespace tearline::policy
