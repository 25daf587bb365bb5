#pragma once

#include "broker/policy/policy_set.h"
#include "broker/policy/run_tests.h"
#include "broker/status/status.h"

namespace tearline::policy {

/// All that is asked of a policy before anybody may propose it: that its own tests pass (RunTests),
/// that they cover its rules, that every rule can matter (Analyse), and that it keeps out whoever
/// is to be kept out (FindWhoIsNotKeptOut). The findings of all four, in that order. The command
/// line, the service and the machine ask this one function; only the machine, of what was proposed
/// long ago, with another scope.
[[nodiscard]] TestRun Examine(const PolicySet& policy, Scope scope = Scope::kAll);

/// Whether Examine finds nothing.
///
/// Refuses: POLICY_TEST_FAILED, POLICY_NOT_COVERED, POLICY_FLAWED, POLICY_TOO_COMPLEX, for the
/// first finding, and how many there are.
[[nodiscard]] Status CheckFindings(const PolicySet& policy, const TestRun& run);

}  // namespace tearline::policy
