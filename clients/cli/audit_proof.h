#pragma once

#include <string>

#include "clients/cli/belief.h"
#include "clients/cli/invocation.h"

namespace tearline::cli {

/// What to have proved, and where to keep it.
struct ProveOptions {
  std::string event;     ///< "ev_…"; either this or `leaf`.
  std::string leaf;      ///< A leaf's hash in hexadecimal.
  std::string out_file;  ///< The second receipt goes to FILE-2, and so on.
};

/// Fetches receipts, verifies them and writes them: `tearline audit prove`.
void ProveReceipts(const Invocation& invocation, const TrustOptions& trust,
                   const ProveOptions& options);

/// Verifies a receipt without the broker: `tearline audit verify --proof FILE`. With `signed_file`,
/// what `event publish --keep` wrote, also that one of its events is the one that was accepted.
void VerifyReceipt(const Invocation& invocation, const TrustOptions& trust, const std::string& file,
                   const std::string& signed_file);

}  // namespace tearline::cli
