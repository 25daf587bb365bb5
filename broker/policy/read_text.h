#pragma once

#include <string>

#include "broker/status/status.h"
#include "tearline/v1/policy.pb.h"

namespace tearline::policy {

/// Reads protobuf text as a policy, strictly: no unknown field or name of a value, nothing said
/// twice. Numbers that name no value pass here and are found by CheckPolicy.
///
/// Refuses: POLICY_INVALID, with the line and column, both from 1, of the first fault (of a wrong
/// name, of what follows it), and its kind; never with the words that stand there.
[[nodiscard]] Result<v1::Policy> ReadText(const std::string& text);

/// The same of an invented world by itself.
///
/// Refuses: POLICY_INVALID.
[[nodiscard]] Result<v1::PolicySamples> ReadGiven(const std::string& text);

}  // namespace tearline::policy
