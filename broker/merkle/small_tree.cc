#include "broker/merkle/small_tree.h"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "broker/merkle/frontier.h"
#include "broker/merkle/hashing.h"
#include "broker/merkle/proof.h"
#include "broker/status/invariant.h"

namespace tearline::merkle {
namespace {

/// Computes each node from the leaves when asked. A proof asks for disjoint subtrees, so no leaf is
/// met twice.
class LeavesInMemory : public NodeSource {
 public:
  explicit LeavesInMemory(std::span<const crypto::Digest> leaf_hashes)
      : leaf_hashes_(leaf_hashes) {}

  crypto::Digest Node(std::uint32_t level, std::uint64_t index) const override {
    if (level == 0) return leaf_hashes_[index];
    return NodeHash(Node(level - 1, 2 * index), Node(level - 1, 2 * index + 1));
  }

 private:
  std::span<const crypto::Digest> leaf_hashes_;
};

}  // namespace

std::size_t PaddedSize(std::size_t count) {
  TEARLINE_INVARIANT(count <= std::uint64_t{1} << 32, "a small tree is small");
  return std::bit_ceil(std::max(count, kPaddedLeavesMin));
}

crypto::Digest RootOf(std::span<const crypto::Digest> leaf_hashes) {
  Frontier frontier;
  for (const crypto::Digest& leaf_hash : leaf_hashes) frontier.Append(leaf_hash);
  return frontier.Root();
}

std::vector<crypto::Digest> InclusionIn(std::span<const crypto::Digest> leaf_hashes,
                                        std::size_t index) {
  return InclusionProof(index, leaf_hashes.size(), LeavesInMemory(leaf_hashes));
}

}  // namespace tearline::merkle
