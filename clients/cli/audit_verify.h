#pragma once

#include <string>

#include "clients/cli/belief.h"
#include "clients/cli/invocation.h"

namespace tearline::cli {

/// What to verify, and by which trust.
struct VerifyOptions : TrustOptions {
  std::string offline_file;     ///< An export, instead of the broker.
  std::string tiles_directory;  ///< A directory of tiles, instead of the broker.
  std::string receipt_file;     ///< A receipt, instead of the whole log.
};

/// Verifies the whole log: `tearline audit verify`. Ends with kVerificationFailed if it does not.
void VerifyLog(const Invocation& invocation, const VerifyOptions& options);

/// Shows the newest checkpoint: `tearline audit checkpoint`. With a key or a trust file its
/// signature is verified, and that it continues the one seen before.
void ShowCheckpoint(const Invocation& invocation, const VerifyOptions& options);

}  // namespace tearline::cli
