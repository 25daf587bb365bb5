#pragma once

#include "broker/status/status.h"
#include "tearline/v1/policy.pb.h"

namespace tearline::policy {

/// Whether `policy`, as read, may come into force: 1 to kPolicyRulesMax rules with different ids,
/// each with a kind, a reason a policy may give, and exactly the parts that belong to its kind:
///   grant and duty    a level above withheld
///   cap               a level below full
///   mask              at least one flag to hide, and no level
/// Only duties oblige; times are as ReadDuration reads them; conditions nest to kConditionDepthMax.
///
/// Refuses: POLICY_INVALID, by the rule's number, from 1, and the field.
[[nodiscard]] Status CheckPolicy(const v1::Policy& policy);

}  // namespace tearline::policy
