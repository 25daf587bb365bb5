#pragma once

#include <vector>

#include "broker/policy/finding.h"
#include "broker/policy/policy_set.h"

namespace tearline::policy {

/// Runs a policy's composite tests, as if all the events of one were about one person, and tells
/// which fail. Then tells which composite rules no test shows making one, which none shows not
/// making one, and of which no sample event has the type, so that nothing shows who gets it.
[[nodiscard]] std::vector<Finding> RunCompositeTests(const PolicySet& policy);

}  // namespace tearline::policy
