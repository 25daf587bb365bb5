#include "broker/policy/shortfall.h"

#include <algorithm>

namespace tearline::policy {
namespace {

/// The reason of the lowest judgement that has one; of several as low, the first.
v1::RuleReason ReasonOfLowest(const std::vector<Judgement>& judgements) {
  const Judgement* lowest = nullptr;
  for (const Judgement& judgement : judgements) {
    if (lowest == nullptr || judgement.level < lowest->level ||
        (judgement.level == lowest->level && ReasonBelow(*lowest) == v1::RULE_REASON_UNSPECIFIED)) {
      lowest = &judgement;
    }
  }
  const v1::RuleReason reason = ReasonBelow(*lowest);
  return reason == v1::RULE_REASON_UNSPECIFIED ? v1::RULE_REASON_NO_GRANT : reason;
}

/// Why an event given in full does not reach the nominal at `place`.
v1::RuleReason ReasonNotReached(std::size_t place, const EventFacts& event,
                                const std::vector<Judgement>& judgements, const Cut& cut) {
  const v1::RuleReason own = ReasonBelow(judgements[place]);
  if (own != v1::RULE_REASON_UNSPECIFIED) return own;
  std::vector<Judgement> holding_down;
  for (std::size_t i = 0; i < event.segments.size(); ++i) {
    if (cut.fates[i] != SegmentFate::kBelow) continue;
    const std::vector<std::size_t> concerned = Concerned(event.segments[i], judgements.size());
    if (std::find(concerned.begin(), concerned.end(), place) == concerned.end()) continue;
    for (const std::size_t other : concerned) holding_down.push_back(judgements[other]);
  }
  return holding_down.empty() ? v1::RULE_REASON_ALL_HIDDEN : ReasonOfLowest(holding_down);
}

}  // namespace

v1::Level GrantedLevel(const EventFacts& event, const std::vector<Judgement>& judgements) {
  for (const EventFacts::Segment& segment : event.segments) {
    const std::vector<std::size_t> concerned = Concerned(segment, judgements.size());
    if (std::all_of(concerned.begin(), concerned.end(), [&judgements](std::size_t place) {
          return judgements[place].grant == v1::LEVEL_FULL;
        })) {
      return v1::LEVEL_FULL;
    }
  }
  v1::Level granted = v1::LEVEL_TEAR_LINE;
  for (const Judgement& judgement : judgements) granted = std::min(granted, judgement.grant);
  return granted;
}

v1::RuleReason ReasonForLess(const EventFacts& event, const std::vector<Judgement>& judgements,
                             const Cut& cut, const std::vector<std::size_t>& unmet) {
  const bool something_left =
      std::find(cut.fates.begin(), cut.fates.end(), SegmentFate::kGiven) != cut.fates.end();
  const bool something_hidden =
      std::find(cut.fates.begin(), cut.fates.end(), SegmentFate::kHidden) != cut.fates.end();
  const bool less = !unmet.empty() || cut.level < GrantedLevel(event, judgements) ||
                    cut.level == v1::LEVEL_WITHHELD;
  if (!less) return v1::RULE_REASON_UNSPECIFIED;
  if (something_left) return ReasonNotReached(unmet.front(), event, judgements, cut);
  if (something_hidden) return v1::RULE_REASON_ALL_HIDDEN;
  return ReasonOfLowest(judgements);
}

}  // namespace tearline::policy
