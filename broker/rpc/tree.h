#pragma once

#include <cstdint>
#include <string>

#include "broker/audit/checkpoint.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/v1/audit_service.pb.h"

namespace tearline::rpc {

/// Proofs from the audit tree. Only trees up to the newest signed checkpoint are spoken of: what
/// nobody signed proves nothing.

/// What `note`, the newest, says, and the key that signed it.
///
/// Refuses: WRONG_STATE if there is no checkpoint yet; PROOF_INVALID if it is not this log's.
[[nodiscard]] Result<audit::Checkpoint> ReadCheckpoint(const std::string& note,
                                                       const state::Reader& view);

/// The verifier key of this log: NAME+ID+BASE64. Requires: genesis.
[[nodiscard]] std::string VerifierKeyOf(const state::Reader& view);

/// The size asked for, or the checkpoint's if 0.
///
/// Refuses: LIMIT_PASSED for a size above it.
[[nodiscard]] Result<std::uint64_t> ReadTreeSize(std::uint64_t asked,
                                                 const audit::Checkpoint& newest,
                                                 const std::string& path);

/// Finds the leaf by its hash and proves that it lies under the tree. An old leaf costs what a new
/// one costs.
///
/// Refuses: FIELD_INVALID, LIMIT_PASSED; NOT_FOUND if the tree holds no such leaf.
[[nodiscard]] Status ProveInclusion(const v1::ProveInclusionRequest& request,
                                    const audit::Checkpoint& newest, const state::Reader& view,
                                    v1::ProveInclusionResponse& response);

/// Proves that the later tree continues the earlier one.
///
/// Refuses: FIELD_INVALID, LIMIT_PASSED.
[[nodiscard]] Status ProveConsistency(const v1::ProveConsistencyRequest& request,
                                      const audit::Checkpoint& newest, const state::Reader& view,
                                      v1::ProveConsistencyResponse& response);

/// One leaf with its details and the hashes of the padding behind them.
///
/// Requires: the leaf exists; `seed` is its record's.
[[nodiscard]] v1::LogLeaf ReadLeaf(std::uint64_t index, const std::string& seed,
                                   const state::Reader& view);

}  // namespace tearline::rpc
