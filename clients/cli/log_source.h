#pragma once

#include <functional>

#include "absl/status/status.h"
#include "clients/cli/invocation.h"
#include "clients/verifier/leaf.h"
#include "tearline/v1/audit_service.pb.h"

namespace tearline::cli {

/// The newest checkpoint, as the broker shows it; nothing of it is believed yet.
[[nodiscard]] v1::GetCheckpointResponse AskCheckpoint(const Invocation& invocation);

/// Reads the leaves [first, size) from the broker, in order, handing each to `each`, with progress
/// on stderr. Ends the command with kVerificationFailed at the first that `each` refuses.
void ReadLeaves(const Invocation& invocation, std::uint64_t first, std::uint64_t size,
                const std::function<absl::Status(const verifier::LeafEntry&)>& each);

}  // namespace tearline::cli
