#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/verifier/tree.h"

namespace tearline::verifier {

/// How many hashes a full tile holds, and how many entries a full bundle.
inline constexpr std::size_t kTileWidth = 256;
/// A bundle gives an entry's length in two bytes.
inline constexpr std::size_t kBundledEntryBytesMax = 65'535;

/// "tile/LEVEL/N", and ".p/WIDTH" behind it if the tile is not full. N is in groups of three
/// digits, all but the last with an x before them.
///
/// Source:   C2SP tlog-tiles v0.1, "Merkle Tree".
/// Requires: `level` at most 63; `width` 1 to kTileWidth.
[[nodiscard]] std::string TilePath(std::uint32_t level, std::uint64_t index, std::size_t width);

/// "tile/entries/N", and ".p/WIDTH" as above.
///
/// Source: C2SP tlog-tiles v0.1, "Log Entries".
[[nodiscard]] std::string EntriesPath(std::uint64_t index, std::size_t width);

/// A tile's bytes: its hashes end to end.
[[nodiscard]] std::string TileBytes(std::span<const Hash> hashes);

/// Refuses: DATA_LOSS unless `bytes` is `width` hashes and nothing else.
[[nodiscard]] absl::StatusOr<std::vector<Hash>> ReadTile(std::string_view bytes, std::size_t width);

/// One entry as it lies in a bundle: its length in two bytes, most significant first, and itself.
///
/// Requires: `entry` at most kBundledEntryBytesMax.
[[nodiscard]] std::string BundledEntry(std::string_view entry);

/// Refuses: DATA_LOSS unless `bytes` is `width` whole entries and nothing else.
[[nodiscard]] absl::StatusOr<std::vector<std::string>> ReadBundle(std::string_view bytes,
                                                                  std::size_t width);

/// A tree that grows to the right, cut into tiles: it keeps what does not fill a tile yet, at most
/// 255 hashes a level. Hash i of tile N at level L is the root over the leaves
/// [(256·N + i)·256^L, (256·N + i + 1)·256^L).
class TileEdge {
 public:
  /// Is handed each tile as it becomes full. What it refuses ends the Append.
  using Full = std::function<absl::Status(std::uint32_t level, std::uint64_t index,
                                          std::span<const Hash> hashes)>;

  [[nodiscard]] absl::Status Append(const Hash& leaf_hash, const Full& full);

  [[nodiscard]] std::uint64_t Size() const { return size_; }
  [[nodiscard]] Hash Root() const;
  /// What does not fill a tile yet, by level; the tile's index at level L is Size() / 256^(L+1).
  [[nodiscard]] const std::vector<std::vector<Hash>>& Partial() const { return partial_; }

  /// Takes up a tree of `size` leaves from its partial tiles. Requires: level L holds
  /// (size / 256^L) mod 256 hashes.
  static TileEdge At(std::uint64_t size, std::vector<std::vector<Hash>> partial);

 private:
  std::uint64_t size_ = 0;
  std::vector<std::vector<Hash>> partial_;
};

/// The root over these hashes as they stand: of a full tile, the hash it has one level up.
[[nodiscard]] Hash RootOver(std::span<const Hash> hashes);

}  // namespace tearline::verifier
