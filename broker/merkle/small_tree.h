#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "broker/crypto/digest.h"

namespace tearline::merkle {

/// A tree few enough to hold in memory: the details under one leaf of the audit log. Verified like
/// any other, with VerifyInclusion (proof.h).

/// The least number of leaves in a padded tree.
inline constexpr std::size_t kPaddedLeavesMin = 8;

/// How many leaves a tree of `count` is padded to, so that its size tells little: the least power
/// of two that is not below `count`, and at least 8. What fills the rest is the caller's choice,
/// and must look like the rest.
///
/// Requires: `count` is at most 2^32.
[[nodiscard]] std::size_t PaddedSize(std::size_t count);

/// The root over `leaf_hashes`, as they stand: nothing is padded here.
///
/// Source: RFC 6962, section 2.1.
[[nodiscard]] crypto::Digest RootOf(std::span<const crypto::Digest> leaf_hashes);

/// The proof that leaf `index` is in RootOf(leaf_hashes). Hashes every leaf once.
///
/// Requires: `index` is below the number of leaves.
[[nodiscard]] std::vector<crypto::Digest> InclusionIn(std::span<const crypto::Digest> leaf_hashes,
                                                      std::size_t index);

}  // namespace tearline::merkle
