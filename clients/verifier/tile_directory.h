#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "clients/verifier/note.h"
#include "clients/verifier/tile.h"

namespace tearline::verifier {

/// Writes a log as a directory that a plain web server could serve and other tools can check:
/// tiles, entry bundles, partial ones at the right edge, and the checkpoint. A directory begun
/// before is continued where it ends, be it at its checkpoint or, if the last run was cut off,
/// behind it. Memory: the right edge, whatever the log's size.
///
/// Source: C2SP tlog-tiles v0.1.
/// Threads: one, and no other process in the same directory.
class TileWriter {
 public:
  /// Opens a directory; makes it if its parent exists.
  ///
  /// Refuses: PERMISSION_DENIED; DATA_LOSS if what is there does not read, or its tiles do not hold
  ///          what its entries say.
  static absl::StatusOr<TileWriter> Open(const std::filesystem::path& directory);

  /// Entries so far: the next one's index.
  [[nodiscard]] std::uint64_t Size() const { return edge_.Size(); }
  [[nodiscard]] Hash Root() const { return edge_.Root(); }
  /// The checkpoint the directory was published with last; "" if it never was. Not verified.
  [[nodiscard]] const std::string& SignedNote() const { return signed_note_; }

  /// Refuses: PERMISSION_DENIED; INVALID_ARGUMENT for an entry above kBundledEntryBytesMax.
  [[nodiscard]] absl::Status Append(std::string_view entry);

  /// Writes the partial tiles of the right edge, then the checkpoint over the one before, then
  /// removes the partial tiles of places whose full tile is there by now, and no others: whoever
  /// holds an earlier checkpoint finds what it needs. Whenever this is cut off, what the checkpoint
  /// in the directory needs is there.
  ///
  /// Requires: `signed_note` is over Size() entries and Root().
  /// Refuses:  PERMISSION_DENIED.
  [[nodiscard]] absl::Status Publish(const std::string& signed_note);

 private:
  explicit TileWriter(std::filesystem::path directory) : directory_(std::move(directory)) {}
  absl::Status TakeUp();
  absl::Status TakeUpAt(std::uint64_t size);
  [[nodiscard]] bool HasFull(std::uint64_t index) const;

  std::filesystem::path directory_;
  std::string signed_note_;
  TileEdge edge_;
  std::string bundle_;  ///< The entries that do not fill a bundle yet, as they lie in one.
};

/// Checks a directory as TileWriter, or any other log, wrote it: the checkpoint is signed by `key`,
/// every entry hashes to its place in its tile, every tile to its place in the tile above, all of
/// them to the checkpoint's root, and every partial tile that the checkpoint needs is there. `each`
/// is handed every entry, in order, and may refuse it.
///
/// Refuses: DATA_LOSS, naming the file; what `each` refuses.
[[nodiscard]] absl::StatusOr<Checkpoint> CheckTiles(
    const std::filesystem::path& directory, const VerifierKey& key,
    const std::function<absl::Status(std::uint64_t index, const std::string& entry)>& each);

/// The signed note in such a directory; "" if there is none. Refuses: DATA_LOSS if it is not a
/// file.
[[nodiscard]] absl::StatusOr<std::string> ReadCheckpointFile(
    const std::filesystem::path& directory);

}  // namespace tearline::verifier
