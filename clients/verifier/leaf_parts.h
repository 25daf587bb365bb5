#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "clients/verifier/leaf.h"
#include "clients/verifier/tree.h"

namespace tearline::verifier {

/// A LeafEntry as it is checked, its bytes where they lie: the leaf and each detail behind the byte
/// that a tree hashes before an entry, so that nothing is copied to be hashed. One is filled again
/// and again, and asks for memory only where the next leaf is larger.
struct LeafParts {
  LeafParts() = default;
  LeafParts(const LeafParts&) = delete;
  LeafParts& operator=(const LeafParts&) = delete;

  /// Becomes what `entry` holds, which must stay as long: its hashes stay where they are.
  void Lay(const LeafEntry& entry);
  [[nodiscard]] LeafEntry Entry() const;

  std::uint64_t index = 0;
  PrefixedEntry leaf;
  std::vector<PrefixedEntry> details;
  std::vector<std::uint32_t> slots;
  std::vector<std::string_view> padding_hashes;
  std::vector<std::string_view> beside_hashes;

  std::vector<char> bytes;  ///< What was laid, and lies nowhere else.
};

}  // namespace tearline::verifier
