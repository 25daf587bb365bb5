#include "broker/policy/compare.h"

#include <algorithm>

namespace tearline::policy {
namespace {

/// Whether `all` holds everything in `some`; both rise.
template <typename Numbers>
bool Holds(const Numbers& all, const Numbers& some) {
  return std::includes(all.begin(), all.end(), some.begin(), some.end());
}

}  // namespace

Difference Compare(const Decision& before, const Decision& after) {
  Difference difference;
  difference.raised = after.level > before.level ||
                      !(before.level > after.level || Holds(before.segments, after.segments));
  difference.newly_unmet = after.duty_unmet && (!before.duty_unmet || !Holds(before.unmet_nominals,
                                                                             after.unmet_nominals));
  difference.masked = before.level == v1::LEVEL_FULL && after.level == v1::LEVEL_FULL &&
                      !Holds(after.segments, before.segments);
  difference.obliges = before.obligations != after.obligations;
  return difference;
}

}  // namespace tearline::policy
