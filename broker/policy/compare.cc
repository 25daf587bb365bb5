#include "broker/policy/compare.h"

#include <algorithm>

namespace tearline::policy {
namespace {

/// Whether `all` holds everything in `some`; both rise.
template <typename Numbers>
bool Holds(const Numbers& all, const Numbers& some) {
  return std::includes(all.begin(), all.end(), some.begin(), some.end());
}

/// Whether some member of a composite is shown that was not, or more of it than was. Each list is
/// in order of places.
bool ShowsMore(const std::vector<MemberShown>& now, const std::vector<MemberShown>& before) {
  return std::any_of(now.begin(), now.end(), [&before](const MemberShown& each) {
    return std::none_of(before.begin(), before.end(), [&each](const MemberShown& was) {
      return was.place == each.place && was.level >= each.level;
    });
  });
}

}  // namespace

Difference Compare(const Decision& before, const Decision& after) {
  Difference difference;
  difference.raised = after.level > before.level ||
                      !(before.level > after.level || Holds(before.segments, after.segments));
  difference.newly_unmet = after.duty_unmet && (!before.duty_unmet || !Holds(before.unmet_nominals,
                                                                             after.unmet_nominals));
  difference.raised = difference.raised || ShowsMore(after.members, before.members);
  difference.masked = before.level == v1::LEVEL_FULL && after.level == v1::LEVEL_FULL &&
                      !Holds(after.segments, before.segments);
  difference.obliges = before.obligations != after.obligations;
  return difference;
}

}  // namespace tearline::policy
