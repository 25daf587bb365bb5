#pragma once

#include <span>

#include "broker/policy/decision.h"
#include "broker/policy/facts.h"
#include "broker/policy/policy_set.h"

namespace tearline::policy {

/// Judges one event for one post: the plain evaluator, which stays for ever as the oracle of any
/// faster one. It loops over nominals and rules, and does nothing clever.
///
/// For each nominal the event concerns (or once, for an event about nobody):
///   level = min(highest grant, lowest absolute cap, lowest qualified cap);
///   if level < highest duty: level = min(highest duty, lowest absolute cap).
/// A segment's level is the lowest over its nominals (all of the event's, if it names none);
/// segments below full, or hidden by a mask, are cut. If none is left, the event's level is the
/// lowest over its nominals, at most tear-line. Then a tear-line not written for the recipient or
/// above its clearance falls to a pointer, and a pointer where existence may not be told falls to
/// withheld. Of several tear-lines that fit, the first is given.
///
/// No grant: withheld. A suspended recipient: withheld. Unknown facts: see condition.h. Facts that
/// contradict themselves (a segment about a nominal the event does not have, or with a flag this
/// broker does not know) cannot be judged: EVALUATION_FAILED, withheld. Duties that spoke are then
/// unmet.
///
/// Source: docs/policy.md; order and duplicates of rules change nothing (tests/policy).
[[nodiscard]] Decision Evaluate(const PolicySet& policy, const EventFacts& event,
                                std::span<const NominalFacts> nominals,
                                const RecipientFacts& recipient);

}  // namespace tearline::policy
