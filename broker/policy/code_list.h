#pragma once

#include <string>

#include "broker/status/status.h"
#include "tearline/v1/policy.pb.h"

namespace tearline::policy {

/// The purposes and legal bases that may be given while a policy is in force. A policy that lists
/// none takes any well-formed code.

/// Whether both lists are right (codes well-formed, each once, with at most kPolicyCodesMax and
/// short words), and whether rules and samples name only codes that are listed.
///
/// Refuses: POLICY_INVALID.
[[nodiscard]] Status CheckCodeLists(const v1::Policy& policy);

/// Whether somebody may give this purpose and this legal basis; "" for either always.
///
/// Refuses: PURPOSE_UNKNOWN, LEGAL_BASIS_UNKNOWN, with the codes that would do.
[[nodiscard]] Status CheckGiven(const v1::Policy& policy, const std::string& purpose,
                                const std::string& legal_basis);

}  // namespace tearline::policy
