#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tearline::vault {

/// Whether any of `secrets` lies in any file of `directory` itself. Each is looked for by halves,
/// so that one which a log has cut in two is found as well. A file that vanishes meanwhile holds
/// nothing; one that cannot be read counts as holding something.
///
/// Requires: each of `secrets` is at least 4 bytes.
[[nodiscard]] bool AnyRemains(const std::filesystem::path& directory,
                              const std::vector<std::string>& secrets);

}  // namespace tearline::vault
