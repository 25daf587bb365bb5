#pragma once

#include <vector>

#include "broker/policy/finding.h"
#include "broker/policy/policy_set.h"

namespace tearline::policy {

/// What the rules can never do, found by looking at every situation they can tell apart:
///   a rule that can never speak;
///   a rule without which every decision would be the same: others say it already, or beat it;
///   a duty that an absolute cap defeats wherever it speaks;
///   a kind of recipient to whom a duty speaks, and who can never get even a pointer from it.
///
/// One nominal at a time, as rules speak; tear-lines that were not written, and existence that may
/// not be told, are the event's and no fault of a rule. Exact within kPolicyAnalysisStepsMax, or
/// else one finding that says so. In the policy's order.
[[nodiscard]] std::vector<Finding> Analyse(const PolicySet& policy, Scope scope = Scope::kAll);

}  // namespace tearline::policy
