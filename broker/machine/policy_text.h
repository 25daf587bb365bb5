#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "broker/policy/policy_set.h"
#include "broker/status/status.h"

namespace tearline::machine {

/// The version from which a policy's text may be longer than kPolicyBytesBefore, up to
/// model::kPolicyBytesMax.
inline constexpr std::uint16_t kLongPoliciesFrom = 7;
/// How long it was at most until then, in bytes.
inline constexpr std::size_t kPolicyBytesBefore = 48 * 1024;

/// Reads a policy's text from a record of this version: what was too long then is refused for ever.
///
/// Refuses: POLICY_INVALID, as PolicySet::Parse.
[[nodiscard]] Result<policy::PolicySet> ReadRecorded(const std::string& text,
                                                     std::uint16_t behaviour_version);

}  // namespace tearline::machine
