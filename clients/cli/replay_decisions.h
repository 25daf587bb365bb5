#pragma once

#include <string>

#include "clients/cli/invocation.h"

namespace tearline::cli {

/// Which decisions to replay: `tearline audit replay` with a period, a filter or a policy.
struct ReplayOptions {
  std::string from, to;    ///< Times, "2026-03-04T10:00:00Z"; "" for the first and for now.
  std::string nominal_id;  ///< "nom_…"; "" for everybody's, as the two below.
  std::string agency;
  std::string event_type;
  bool as_then = false;  ///< Judge again by the policy of then,
  bool as_now = false;   ///< or by today's.
  std::string out;       ///< A file to write lines of JSON to; "" for stdout.
  bool resume = false;   ///< Go on where `out` breaks off.

  /// Whether decisions are asked for, and not the leaves of the whole log.
  [[nodiscard]] bool AnyGiven() const;
};

/// Replays decisions to stdout, or into a file that can be gone on with: its first line is the
/// question, then come decisions, between them how far they are whole, and at last the summary: of
/// all that is in the file, however often it was gone on with.
///
/// Ends with kVerificationFailed if by the policy of then anything in it comes out otherwise than it
/// was recorded; with kUsage if today's policy is not the one the file was begun under.
void ReplayDecisions(const Invocation& invocation, const ReplayOptions& options);

}  // namespace tearline::cli
