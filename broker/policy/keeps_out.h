#pragma once

#include <vector>

#include "broker/policy/finding.h"
#include "broker/policy/policy_set.h"

namespace tearline::policy {

/// Who is kept out of a person's record, or in conflict with them, must be kept out by the policy:
/// wherever some grant or duty would tell more than a pointer, an absolute cap leaves at most that.
/// A fact alone keeps nobody out; and what yields to a duty, or to break-glass, would not.
///
/// One finding for each of the two that the policy does not keep out. Nothing where the rules are
/// too entangled to be looked at: Analyse (analysis.h) says so.
[[nodiscard]] std::vector<Finding> FindWhoIsNotKeptOut(const PolicySet& policy,
                                                       Scope scope = Scope::kAll);

}  // namespace tearline::policy
