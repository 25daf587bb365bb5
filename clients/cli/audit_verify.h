#pragma once

#include <string>

#include "clients/cli/invocation.h"

namespace tearline::cli {

/// What to verify, and by which trust.
struct VerifyOptions {
  std::string verifier_key;  ///< NAME+ID+BASE64, or a file that holds it.
  std::string trust_file;    ///< Remembers the key met first and the newest checkpoint.
  std::string offline_file;  ///< An export, instead of the broker.
};

/// Verifies the whole log: `tearline audit verify`. Ends with kVerificationFailed if it does not.
void VerifyLog(const Invocation& invocation, const VerifyOptions& options);

/// Shows the newest checkpoint: `tearline audit checkpoint`. With a key or a trust file its
/// signature is verified, and that it continues the one seen before.
void ShowCheckpoint(const Invocation& invocation, const VerifyOptions& options);

}  // namespace tearline::cli
