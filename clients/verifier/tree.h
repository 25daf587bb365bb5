#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tearline::verifier {

/// SHA-256, 32 bytes.
using Hash = std::array<unsigned char, 32>;

/// The hash's bytes as a string.
[[nodiscard]] std::string Bytes(const Hash& hash);

/// Requires: `bytes` holds 32 bytes.
[[nodiscard]] Hash HashFrom(std::string_view bytes);

[[nodiscard]] Hash Sha256(std::string_view bytes);

/// What is hashed before an entry of a tree.
inline constexpr char kLeafPrefix = 0;

/// An entry that lies behind that byte.
class PrefixedEntry {
 public:
  PrefixedEntry() = default;
  /// Requires: `prefixed` begins with kLeafPrefix.
  explicit PrefixedEntry(std::string_view prefixed) : prefixed_(prefixed) {}

  [[nodiscard]] std::string_view Bytes() const { return prefixed_.substr(1); }
  [[nodiscard]] std::string_view Prefixed() const { return prefixed_; }

 private:
  std::string_view prefixed_{&kLeafPrefix, 1};
};

/// SHA-256(0x00, entry) and SHA-256(0x01, left, right).
///
/// Source: RFC 6962, section 2.1.
[[nodiscard]] Hash LeafHash(std::string_view entry);
[[nodiscard]] Hash NodeHash(const Hash& left, const Hash& right);
/// The same where the hash is to lie, which may be where one of these lies: a copy of what was
/// written a moment ago waits for it.
void LeafHash(const PrefixedEntry& entry, Hash& hash);
void NodeHash(const Hash& left, const Hash& right, Hash& hash);

/// A tree that grows to the right and remembers one root per whole subtree, at most 64.
class TreeHead {
 public:
  void Append(const Hash& leaf_hash);
  [[nodiscard]] std::uint64_t Size() const { return size_; }
  /// Of no leaves: SHA-256 of nothing.
  [[nodiscard]] Hash Root() const;

 private:
  std::uint64_t size_ = 0;
  std::vector<Hash> subtrees_;  // One per set bit of size_, largest first.
};

/// How many hashes lead from leaf `index` to the root of `size` leaves. Requires: `index` < `size`.
[[nodiscard]] std::size_t InclusionLength(std::uint64_t index, std::uint64_t size);

/// Whether `proof` shows that the leaf with `leaf_hash` lies at `index` of the tree of `size`
/// leaves and this root. A proof of another length than these numbers demand is not hashed at all.
///
/// Source: RFC 9162, section 2.1.3.2.
[[nodiscard]] bool ProvesInclusion(std::span<const Hash> proof, std::uint64_t index,
                                   std::uint64_t size, const Hash& leaf_hash, const Hash& root);

/// Whether `proof` shows that the tree of `new_size` leaves continues the tree of `old_size`. False
/// for `old_size` 0: nothing is proved about nothing. The length as above.
///
/// Source: RFC 9162, section 2.1.4.2.
[[nodiscard]] bool ProvesConsistency(std::span<const Hash> proof, std::uint64_t old_size,
                                     std::uint64_t new_size, const Hash& old_root,
                                     const Hash& new_root);

}  // namespace tearline::verifier
