#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/crypto/digest.h"
#include "broker/status/status.h"

namespace tearline::merkle {

/// The right edge of a tree: all that is needed to add leaves and to know the root, in at most 64
/// digests. Equal frontiers have had the same leaves.
///
/// Source: RFC 6962, section 2.1.
class Frontier {
 public:
  /// Told of a full subtree: its level (0 is a leaf), its index within the level, its hash.
  using Visit =
      std::function<void(std::uint32_t level, std::uint64_t index, const crypto::Digest& hash)>;

  /// Leaves so far.
  std::uint64_t size() const { return size_; }

  /// Adds a leaf at index size().
  ///
  /// Requires: fewer than 2^63 leaves.
  void Append(const crypto::Digest& leaf_hash);

  /// As above, and calls `visit` for the leaf and then for each full subtree it completes, lowest
  /// first: all nodes that will ever be asked for, each once.
  void Append(const crypto::Digest& leaf_hash, const Visit& visit);

  /// The tree's root: EmptyRoot() when there are no leaves.
  crypto::Digest Root() const;

  /// 8 bytes size, most significant first, then the full subtrees' hashes from left to right. There
  /// is one way to write a frontier.
  std::string Serialize() const;

  /// Reads what Serialize wrote.
  ///
  /// Refuses: STATE_CORRUPT if the length does not fit the size it states.
  static Result<Frontier> Parse(std::string_view bytes);

  friend bool operator==(const Frontier&, const Frontier&) = default;

 private:
  std::uint64_t size_ = 0;
  /// One hash for each bit set in size_, the largest subtree first.
  std::vector<crypto::Digest> subtrees_;
};

}  // namespace tearline::merkle
