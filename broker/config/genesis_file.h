#pragma once

#include <filesystem>

#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::config {

/// Reads the directory file and the authorities it names, and the first policy's file, into the
/// genesis they make, without the audit log's key. Relative paths start at the directory file's own
/// directory.
///
/// Refuses: CONFIG_INVALID  with line and column, or the setting's path; the authority files must
///                          each hold one certificate that may issue others;
///          POLICY_INVALID  with line and column in the policy's file, or the rule's number.
[[nodiscard]] Result<stored::v1::Genesis> LoadGenesis(const std::filesystem::path& directory_file,
                                                      const std::filesystem::path& policy_file);

}  // namespace tearline::config
