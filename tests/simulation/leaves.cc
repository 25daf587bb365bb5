#include "tests/simulation/leaves.h"

#include <algorithm>
#include <utility>

namespace tearline::simulation {
namespace {

constexpr std::int64_t kLongestMs = std::int64_t{366} * 24 * 60 * 60 * 1000;

const stored::v1::ChangedDetail* ChangedTo(const stored::v1::Detail& detail, const char* what) {
  return detail.has_changed() && detail.changed().what() == what ? &detail.changed() : nullptr;
}

}  // namespace

/// Writes what became of a leave, null for none, and notices whether another has charge.
void Leaves::Set(const std::string& post, const Reading::LeaveHeard* leave) {
  const As before = reading_.InCharge(post);
  if (leave == nullptr) {
    reading_.leaves.erase(post);
  } else {
    reading_.leaves[post] = *leave;
  }
  if (reading_.InCharge(post) != before) changed_hands_.push_back(post);
}

void Leaves::Hear(const Seen& seen, const Intent& intent) {
  const std::string& post = intent.other_post;
  const auto known = reading_.leaves.find(post);
  const auto& operators = Operators();
  const bool may = intent.post == post || reading_.town.LineOf(post) == intent.post ||
                   std::find(operators.begin(), operators.end(), intent.post) != operators.end();
  const bool back = intent.until_ms == 0;
  const bool right = back ? known != reading_.leaves.end()
                          : !reading_.vacant.contains(post) && intent.until_ms > intent.time_ms &&
                                intent.until_ms > seen.stamp_ms &&
                                intent.until_ms - seen.stamp_ms <= kLongestMs;
  if ((seen.outcome == audit::Outcome::kApplied) != (may && right)) {
    complaints_.push_back(may && right ? "a right leave was refused" : "a wrong leave was taken");
  }
  if (seen.outcome != audit::Outcome::kApplied) return;
  if (back) return Set(post, nullptr);
  Reading::LeaveHeard leave{intent.time_ms, intent.until_ms, intent.time_ms <= seen.stamp_ms, 0};
  if (leave.begun) leave.from_ms = seen.stamp_ms;
  if (leave.begun && reading_.OnLeave(post)) leave.from_ms = known->second.from_ms;
  Set(post, &leave);
}

void Leaves::HearHolder(const std::string& post, As holder, bool vacant) {
  const bool was_vacant = reading_.vacant.contains(post);
  const As before = reading_.InCharge(post);
  if (vacant || reading_.holders.at(post) != holder) reading_.leaves.erase(post);
  if (vacant) {
    reading_.vacant.insert(post);
  } else {
    reading_.vacant.erase(post);
    reading_.holders[post] = holder;
  }
  const bool another = !vacant && reading_.InCharge(post) != before;
  if (another || vacant != was_vacant) changed_hands_.push_back(post);
}

void Leaves::HearDetail(const stored::v1::Detail& detail, const Seen& seen) {
  if (seen.command != stored::v1::COMMAND_NUMBER_PULSE) return;
  for (const bool begins : {true, false}) {
    const auto* const changed = ChangedTo(detail, begins ? "leave-begun" : "leave-ended");
    if (changed == nullptr) continue;
    const auto leave = reading_.leaves.find(changed->name());
    const bool is_due = leave != reading_.leaves.end() && leave->second.begun != begins &&
                        leave->second.NextMs() <= seen.stamp_ms;
    if (!is_due) {
      complaints_.push_back("a leave began or ended before its time, or is nobody's");
      return;
    }
    Reading::LeaveHeard begun = leave->second;
    begun.begun = true;
    begun.begun_ms = seen.stamp_ms;
    Set(changed->name(), begins ? &begun : nullptr);
  }
}

/// One that begins and ends within the same silence ends with the next Pulse.
void Leaves::LookForOverdue(std::int64_t stamp_ms) const {
  for (const auto& [post, leave] : reading_.leaves) {
    if (leave.NextMs() > stamp_ms || (leave.begun && leave.begun_ms == stamp_ms)) continue;
    complaints_.push_back("a leave was to begin or to end, and a later record was written before");
    return;
  }
}

std::vector<std::string> Leaves::ChangedHands() { return std::exchange(changed_hands_, {}); }

}  // namespace tearline::simulation
