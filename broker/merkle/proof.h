#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "broker/crypto/digest.h"
#include "broker/status/status.h"

namespace tearline::merkle {

/// Where the hashes of full subtrees are kept, as Frontier::Append gave them out.
class NodeSource {
 public:
  virtual ~NodeSource() = default;

  /// The hash of the full subtree over leaves index·2^level up to (index+1)·2^level.
  ///
  /// Requires: the tree has all those leaves. A source that lost one stops the process.
  virtual crypto::Digest Node(std::uint32_t level, std::uint64_t index) const = 0;
};

/// The root the tree had when it had `size` leaves. Reads at most 64 nodes.
///
/// Requires: `source` holds all full subtrees of the first `size` leaves.
[[nodiscard]] crypto::Digest RootAt(std::uint64_t size, const NodeSource& source);

/// The hashes that lead from leaf `index` to the root of the first `size` leaves, lowest first.
///
/// Source: RFC 6962, section 2.1.1.
/// Requires: `index` is below `size`; `source` as RootAt.
[[nodiscard]] std::vector<crypto::Digest> InclusionProof(std::uint64_t index, std::uint64_t size,
                                                         const NodeSource& source);

/// The hashes that show that the tree of the first `old_size` leaves is the beginning of that of
/// `new_size`. Empty if the sizes are equal.
///
/// Source: RFC 6962, section 2.1.2.
/// Requires: 1 <= `old_size` <= `new_size`; `source` as RootAt.
[[nodiscard]] std::vector<crypto::Digest> ConsistencyProof(std::uint64_t old_size,
                                                           std::uint64_t new_size,
                                                           const NodeSource& source);

/// Whether `proof` leads from `leaf_hash` at `index` to `root` of `size` leaves. The proof's length
/// is compared with the one these numbers demand before anything is hashed.
///
/// Refuses: PROOF_INVALID.
[[nodiscard]] Status VerifyInclusion(const crypto::Digest& leaf_hash, std::uint64_t index,
                                     std::uint64_t size, std::span<const crypto::Digest> proof,
                                     const crypto::Digest& root);

/// Whether `proof` shows that the tree of `new_size` leaves and `new_root` continues that of
/// `old_size` and `old_root`. The length is compared first, as above.
///
/// Refuses: PROOF_INVALID, also for `old_size` 0: everything continues nothing, which proves
/// nothing.
[[nodiscard]] Status VerifyConsistency(std::uint64_t old_size, const crypto::Digest& old_root,
                                       std::uint64_t new_size, const crypto::Digest& new_root,
                                       std::span<const crypto::Digest> proof);

}  // namespace tearline::merkle
