#pragma once

#include <string>

#include "clients/cli/belief.h"
#include "clients/cli/invocation.h"
#include "clients/verifier/review.h"

namespace tearline::cli {

/// What to write, and where.
struct ReviewOptions {
  std::string nominal_id;  ///< "nom_…".
  std::string out_file;
  bool overwrite = false;
  std::string signing_key_file;  ///< "" if nobody signs.
  std::string sign_as;           ///< The name in the signature; the acting post if "".
};

/// Asks the broker for everything about a person and writes it as one HTML file that verifies
/// without the broker: `tearline audit export --for-review`. Replaces a file only if told to, and
/// only whole.
void ExportReview(const Invocation& invocation, const TrustOptions& trust,
                  const ReviewOptions& options);

/// Verifies such a file, its page included: `tearline audit verify --review`. `exporter_key` is the
/// key of whoever made it, or a file that holds it; "" if their signature is not asked for. Ends
/// with kVerificationFailed.
void VerifyReview(const Invocation& invocation, const TrustOptions& trust, const std::string& file,
                  const std::string& exporter_key);

}  // namespace tearline::cli
