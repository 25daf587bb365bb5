#pragma once

#include <string>

#include "clients/cli/belief.h"
#include "clients/cli/invocation.h"

namespace tearline::cli {

/// Writes the log as a directory of tiles, or continues one: `tearline audit export --tiles DIR`.
/// What the directory was published with before must be continued by the newest checkpoint; the
/// broker proves it before anything is written.
void ExportTiles(const Invocation& invocation, const TrustOptions& options,
                 const std::string& directory);

/// Checks such a directory without the broker: `tearline audit verify --tiles DIR`. It holds the
/// leaves, not their details.
void VerifyTiles(const Invocation& invocation, const TrustOptions& options,
                 const std::string& directory);

}  // namespace tearline::cli
