#pragma once

#include <cstddef>
#include <vector>

#include "broker/policy/cut.h"
#include "broker/policy/judgement.h"

namespace tearline::policy {

/// The level the grants alone would have given the event: no cap, duty, mask or fall-back.
[[nodiscard]] v1::Level GrantedLevel(const EventFacts& event,
                                     const std::vector<Judgement>& judgements);

/// Why judging and cutting, before any fall-back, gave less than was owed or granted; NO_GRANT if
/// there was nothing to give; UNSPECIFIED if it gave no less.
///
/// Masks that hid all there was: ALL_HIDDEN. Otherwise the reason of the nominal that held the
/// event down: the lowest, and of several the first that has a reason. An event given in full that
/// does not reach the nominals at the places `unmet`: the reason of the first of them, ALL_HIDDEN
/// if masks hid what is about it, or that of the nominal that held its segments down.
[[nodiscard]] v1::RuleReason ReasonForLess(const EventFacts& event,
                                           const std::vector<Judgement>& judgements, const Cut& cut,
                                           const std::vector<std::size_t>& unmet);

}  // namespace tearline::policy
