#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "broker/crypto/digest.h"
#include "broker/merkle/frontier.h"
#include "broker/merkle/hashing.h"
#include "broker/merkle/proof.h"
#include "tests/doubles/hex.h"

namespace tearline::merkle {

/// The eight entries of the Certificate Transparency reference tree.
inline std::vector<std::string> ReferenceEntries() {
  std::vector<std::string> entries;
  for (const char* hex : {"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                          "606162636465666768696a6b6c6d6e6f"}) {
    entries.push_back(doubles::FromHex(hex));
  }
  return entries;
}

inline crypto::Digest DigestFromHex(std::string_view hex) {
  return crypto::Digest::FromBytes(doubles::FromHex(hex)).value();
}

/// Leaf hashes of `count` entries that all differ.
inline std::vector<crypto::Digest> LeafHashes(std::size_t count) {
  std::vector<crypto::Digest> hashes;
  for (std::size_t i = 0; i < count; ++i) hashes.push_back(LeafHash("entry " + std::to_string(i)));
  return hashes;
}

/// RFC 6962, section 2.1, word for word: the judge, slow and plain.
inline crypto::Digest TreeHashByDefinition(std::span<const crypto::Digest> leaf_hashes) {
  if (leaf_hashes.empty()) return crypto::Sha256("");
  if (leaf_hashes.size() == 1) return leaf_hashes[0];
  std::size_t k = 1;
  while (2 * k < leaf_hashes.size()) k *= 2;
  return crypto::Sha256({std::string_view("\x01", 1),
                         TreeHashByDefinition(leaf_hashes.first(k)).View(),
                         TreeHashByDefinition(leaf_hashes.subspan(k)).View()});
}

/// Keeps every node a frontier visits, as a state table would.
class StoredNodes : public NodeSource {
 public:
  explicit StoredNodes(std::span<const crypto::Digest> leaf_hashes) {
    Frontier frontier;
    for (const crypto::Digest& leaf_hash : leaf_hashes) {
      frontier.Append(leaf_hash,
                      [this](std::uint32_t level, std::uint64_t index, const crypto::Digest& hash) {
                        visited_twice_ |= !nodes_.emplace(std::pair(level, index), hash).second;
                      });
    }
  }

  /// Throws std::out_of_range for a node that was never visited.
  crypto::Digest Node(std::uint32_t level, std::uint64_t index) const override {
    ++reads_;
    return nodes_.at({level, index});
  }

  const std::map<std::pair<std::uint32_t, std::uint64_t>, crypto::Digest>& nodes() const {
    return nodes_;
  }
  bool visited_twice() const { return visited_twice_; }
  std::size_t reads() const { return reads_; }

 private:
  std::map<std::pair<std::uint32_t, std::uint64_t>, crypto::Digest> nodes_;
  bool visited_twice_ = false;
  mutable std::size_t reads_ = 0;
};

}  // namespace tearline::merkle
