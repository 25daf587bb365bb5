#pragma once

#include <filesystem>

#include "broker/status/status.h"

namespace tearline {

/// Reads, tests and analyses a policy as the broker does when one is proposed, and prints what is
/// wrong with it, a line each, then how much was looked at. Needs no configuration, no directory
/// and no broker.
///
/// Refuses: CONFIG_INVALID if the file cannot be read; POLICY_INVALID; and as
/// policy::CheckFindings.
[[nodiscard]] Status CheckPolicyFile(const std::filesystem::path& file);

}  // namespace tearline
