#include "broker/merkle/proof.h"

#include <algorithm>
#include <bit>
#include <cstddef>

#include "broker/merkle/hashing.h"
#include "broker/status/invariant.h"

namespace tearline::merkle {
namespace {

/// Leaves `begin` up to `begin + size`. As the tree is cut in halves by powers of two, `begin` is
/// always a multiple of a power of two not below `size`.
struct Range {
  std::uint64_t begin;
  std::uint64_t size;

  /// How many leaves go to the left child: the largest power of two below `size`.
  std::uint64_t Split() const { return std::bit_floor(size - 1); }
  Range Left() const { return {begin, Split()}; }
  Range Right() const { return {begin + Split(), size - Split()}; }
};

crypto::Digest HashOf(Range range, const NodeSource& source) {
  if (std::has_single_bit(range.size)) {
    const auto level = static_cast<std::uint32_t>(std::countr_zero(range.size));
    return source.Node(level, range.begin >> level);
  }
  const crypto::Digest left = HashOf(range.Left(), source);
  return NodeHash(left, HashOf(range.Right(), source));
}

Status Invalid(const char* sentence) { return Refuse(v1::ERROR_REASON_PROOF_INVALID, sentence); }

/// The shape of the path from a leaf to the root. Up to the level where the leaf and the last leaf
/// of the tree part, every level has a sibling, left or right as the index's bits say; above it the
/// path runs along the tree's right edge, where only levels with a left sibling count.
struct Path {
  Path(std::uint64_t index, std::uint64_t size)
      : below_edge(static_cast<std::uint32_t>(std::bit_width(index ^ (size - 1)))),
        on_edge(below_edge == 64 ? 0
                                 : static_cast<std::uint32_t>(std::popcount(index >> below_edge))) {
  }

  std::uint32_t below_edge;
  std::uint32_t on_edge;
};

}  // namespace

crypto::Digest RootAt(std::uint64_t size, const NodeSource& source) {
  return size == 0 ? EmptyRoot() : HashOf({0, size}, source);
}

std::vector<crypto::Digest> InclusionProof(std::uint64_t index, std::uint64_t size,
                                           const NodeSource& source) {
  TEARLINE_INVARIANT(index < size, "a proof is asked of a leaf the tree has");
  std::vector<crypto::Digest> proof;
  Range range{0, size};
  while (range.size > 1) {
    const bool is_left = index < range.Right().begin;
    proof.push_back(HashOf(is_left ? range.Right() : range.Left(), source));
    range = is_left ? range.Left() : range.Right();
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

std::vector<crypto::Digest> ConsistencyProof(std::uint64_t old_size, std::uint64_t new_size,
                                             const NodeSource& source) {
  TEARLINE_INVARIANT(old_size >= 1 && old_size <= new_size, "consistency is from 1 up to the size");
  std::vector<crypto::Digest> proof;
  Range range{0, new_size};
  // Down to the subtree that ends where the old tree ended.
  while (range.begin + range.size != old_size) {
    const bool is_left = old_size <= range.Right().begin;
    proof.push_back(HashOf(is_left ? range.Right() : range.Left(), source));
    range = is_left ? range.Left() : range.Right();
  }
  // If that subtree is the whole old tree, the verifier has its hash already: the old root.
  if (range.begin != 0) proof.push_back(HashOf(range, source));
  std::reverse(proof.begin(), proof.end());
  return proof;
}

Status VerifyInclusion(const crypto::Digest& leaf_hash, std::uint64_t index, std::uint64_t size,
                       std::span<const crypto::Digest> proof, const crypto::Digest& root) {
  if (index >= size) return Invalid("the leaf's index must be below the tree's size");
  const Path path(index, size);
  if (proof.size() != std::size_t{path.below_edge} + path.on_edge) {
    return Invalid("the inclusion proof does not have the length that index and size demand");
  }
  crypto::Digest hash = leaf_hash;
  for (std::uint32_t level = 0; level < proof.size(); ++level) {
    const bool is_left = level < path.below_edge && (index >> level & 1U) == 0;
    hash = is_left ? NodeHash(hash, proof[level]) : NodeHash(proof[level], hash);
  }
  if (hash != root) return Invalid("the inclusion proof does not lead to the root");
  return {};
}

Status VerifyConsistency(std::uint64_t old_size, const crypto::Digest& old_root,
                         std::uint64_t new_size, const crypto::Digest& new_root,
                         std::span<const crypto::Digest> proof) {
  if (old_size == 0) return Invalid("consistency from an empty tree proves nothing");
  if (old_size > new_size) return Invalid("the older tree must not be the larger");
  if (old_size == new_size) {
    if (!proof.empty()) return Invalid("a tree needs no proof that it continues itself");
    if (old_root != new_root) return Invalid("two trees of one size have different roots");
    return {};
  }
  // The walk starts at the largest full subtree that ends where the old tree ended, `start` levels
  // up. Its hash comes first in the proof, unless it is the whole old tree.
  const Path path(old_size - 1, new_size);
  const auto start = static_cast<std::uint32_t>(std::countr_zero(old_size));
  const bool starts_at_old_root = std::has_single_bit(old_size);
  const std::size_t steps = path.below_edge - start + path.on_edge;
  if (proof.size() != steps + (starts_at_old_root ? 0 : 1)) {
    return Invalid("the consistency proof does not have the length that the sizes demand");
  }
  crypto::Digest old_hash = old_root;
  if (!starts_at_old_root) {
    old_hash = proof.front();
    proof = proof.subspan(1);
  }
  crypto::Digest new_hash = old_hash;
  for (std::uint32_t step = 0; step < steps; ++step) {
    const std::uint32_t level = start + step;
    if (level < path.below_edge && ((old_size - 1) >> level & 1U) == 0) {
      new_hash = NodeHash(new_hash, proof[step]);  // came after the old tree
    } else {
      old_hash = NodeHash(proof[step], old_hash);
      new_hash = NodeHash(proof[step], new_hash);
    }
  }
  if (old_hash != old_root) return Invalid("the consistency proof does not lead to the older root");
  if (new_hash != new_root) return Invalid("the consistency proof does not lead to the newer root");
  return {};
}

}  // namespace tearline::merkle
