#include "clients/verifier/tile_directory.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace tearline::verifier {
namespace {

namespace fs = std::filesystem;

constexpr char kCheckpoint[] = "checkpoint";

absl::Status Broken(const std::string& file, const std::string& sentence) {
  return absl::DataLossError(file + ": " + sentence);
}

std::optional<std::string> FileAt(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file && !file.eof()) return std::nullopt;
  return bytes;
}

/// Writes a file whole, beside and then over the one that is there.
absl::Status WriteFile(const fs::path& path, const std::string& bytes) {
  const absl::Status failed =
      absl::PermissionDeniedError(path.filename().string() + " could not be written");
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error) return failed;
  const fs::path beside = path.string() + ".new";
  {
    std::ofstream file(beside, std::ios::binary | std::ios::trunc);
    file << bytes;
    file.flush();
    if (!file) return failed;
  }
  fs::rename(beside, path, error);
  return error ? failed : absl::OkStatus();
}

/// How many whole tiles, or bundles, lie before the one at `level` that is not full.
std::uint64_t FullTiles(std::uint32_t level, std::uint64_t size) {
  return level >= 7 ? 0 : size >> (8 * (level + 1));
}

std::size_t PartialWidth(std::uint32_t level, std::uint64_t size) {
  return level >= 8 ? 0 : static_cast<std::size_t>(size >> (8 * level)) % kTileWidth;
}

/// What lies at a place, its first `width`, as `read` makes it of the file's bytes and width: the
/// partial file may be gone once the full one exists, which begins with it.
template <typename Path, typename Read>
std::invoke_result_t<Read, std::string_view, std::size_t> Held(const fs::path& directory,
                                                               const Path& path, std::size_t width,
                                                               const Read& read) {
  for (const std::size_t of_file : {width, kTileWidth}) {
    const std::optional<std::string> bytes = FileAt(directory / path(of_file));
    if (!bytes) continue;
    auto held = read(*bytes, of_file);
    if (!held.ok()) return Broken(path(of_file), std::string(held.status().message()));
    held->resize(width);
    return held;
  }
  return Broken(path(width), "it is missing");
}

absl::StatusOr<std::vector<Hash>> TileAt(const fs::path& directory, std::uint32_t level,
                                         std::uint64_t index, std::size_t width) {
  const auto path = [&](std::size_t w) { return TilePath(level, index, w); };
  return Held(directory, path, width, &ReadTile);
}

absl::StatusOr<std::vector<std::string>> BundleAt(const fs::path& directory, std::uint64_t index,
                                                  std::size_t width) {
  const auto path = [&](std::size_t w) { return EntriesPath(index, w); };
  return Held(directory, path, width, &ReadBundle);
}

std::vector<Hash> LeafHashes(const std::vector<std::string>& entries) {
  std::vector<Hash> hashes;
  for (const std::string& entry : entries) hashes.push_back(LeafHash(entry));
  return hashes;
}

/// The tile at this place holds exactly these hashes first.
absl::Status CheckTile(const fs::path& directory, std::uint32_t level, std::uint64_t index,
                       std::span<const Hash> hashes) {
  const absl::StatusOr<std::vector<Hash>> kept = TileAt(directory, level, index, hashes.size());
  if (!kept.ok()) return kept.status();
  if (!std::equal(kept->begin(), kept->end(), hashes.begin(), hashes.end())) {
    return Broken(TilePath(level, index, hashes.size()),
                  level == 0 ? "its hashes are not those of its entries"
                             : "its hashes are not the roots of the tiles below");
  }
  return absl::OkStatus();
}

/// Removes the partial files of a place that has its full one.
void RemovePartials(const fs::path& directory, const std::string& full_path) {
  std::error_code ignored;  // A file too many does no harm.
  fs::remove_all(directory / (full_path + ".p"), ignored);
}

}  // namespace

absl::StatusOr<std::string> ReadCheckpointFile(const fs::path& directory) {
  std::error_code error;
  if (!fs::exists(directory / kCheckpoint, error)) return std::string();
  std::optional<std::string> note = FileAt(directory / kCheckpoint);
  if (!note) return Broken(kCheckpoint, "it cannot be read");
  return *std::move(note);
}

absl::StatusOr<TileWriter> TileWriter::Open(const fs::path& directory) {
  std::error_code error;
  fs::create_directory(directory, error);
  if (!fs::is_directory(directory, error)) {
    return absl::PermissionDeniedError("the directory could not be made; its parent must exist");
  }
  TileWriter writer(directory);
  if (const absl::Status status = writer.TakeUp(); !status.ok()) return status;
  return writer;
}

bool TileWriter::HasFull(std::uint64_t index) const {
  std::error_code error;
  const auto has = [&](const std::string& path) {
    return fs::is_regular_file(directory_ / path, error);
  };
  if (!has(EntriesPath(index, kTileWidth))) return false;
  // The tile above is full with the last of those below.
  for (std::uint32_t level = 0;; ++level, index /= kTileWidth) {
    if (!has(TilePath(level, index, kTileWidth))) return false;
    if ((index + 1) % kTileWidth != 0) return true;
  }
}

absl::Status TileWriter::TakeUp() {
  const absl::StatusOr<std::string> note = ReadCheckpointFile(directory_);
  if (!note.ok()) return note.status();
  signed_note_ = *note;
  std::uint64_t size = 0;
  if (!signed_note_.empty()) {
    const absl::StatusOr<Checkpoint> checkpoint = ReadCheckpoint(NoteText(signed_note_));
    if (!checkpoint.ok()) return Broken(kCheckpoint, std::string(checkpoint.status().message()));
    size = checkpoint->tree_size;
    if (const absl::Status status = TakeUpAt(size); !status.ok()) return status;
    if (edge_.Root() != checkpoint->root) {
      return Broken(kCheckpoint, "the tiles beside it do not give its root");
    }
  }
  // What a run that was cut off wrote behind the checkpoint counts as far as it is whole.
  std::uint64_t full = size / kTileWidth;
  while (HasFull(full)) ++full;
  if (full == size / kTileWidth) return absl::OkStatus();
  return TakeUpAt(full * kTileWidth);
}

absl::Status TileWriter::TakeUpAt(std::uint64_t size) {
  std::vector<std::vector<Hash>> partial;
  for (std::uint32_t level = 0; level == 0 || FullTiles(level - 1, size) > 0; ++level) {
    std::vector<Hash>& hashes = partial.emplace_back();
    if (level == 0) {
      const std::size_t width = PartialWidth(0, size);
      bundle_.clear();
      if (width == 0) continue;
      const auto entries = BundleAt(directory_, size / kTileWidth, width);
      if (!entries.ok()) return entries.status();
      for (const std::string& entry : *entries) bundle_ += BundledEntry(entry);
      hashes = LeafHashes(*entries);
      continue;
    }
    // The tiles below that are full, and not yet under a full tile here.
    const std::uint64_t below = FullTiles(level - 1, size);
    for (std::uint64_t index = below - below % kTileWidth; index < below; ++index) {
      const auto tile = TileAt(directory_, level - 1, index, kTileWidth);
      if (!tile.ok()) return tile.status();
      hashes.push_back(RootOver(*tile));
    }
  }
  edge_ = TileEdge::At(size, std::move(partial));
  return absl::OkStatus();
}

absl::Status TileWriter::Append(std::string_view entry) {
  if (entry.size() > kBundledEntryBytesMax) {
    return absl::InvalidArgumentError("an entry in a bundle is at most 65,535 bytes");
  }
  bundle_ += BundledEntry(entry);
  return edge_.Append(LeafHash(entry), [this](std::uint32_t level, std::uint64_t index,
                                              std::span<const Hash> hashes) {
    if (level == 0) {
      const absl::Status written = WriteFile(directory_ / EntriesPath(index, kTileWidth), bundle_);
      if (!written.ok()) return written;
      bundle_.clear();
    }
    return WriteFile(directory_ / TilePath(level, index, kTileWidth), TileBytes(hashes));
  });
}

absl::Status TileWriter::Publish(const std::string& signed_note) {
  const std::uint64_t size = Size();
  if (!bundle_.empty()) {
    const absl::Status written =
        WriteFile(directory_ / EntriesPath(FullTiles(0, size), PartialWidth(0, size)), bundle_);
    if (!written.ok()) return written;
  }
  for (std::uint32_t level = 0; level < edge_.Partial().size(); ++level) {
    const std::vector<Hash>& hashes = edge_.Partial()[level];
    if (hashes.empty()) continue;
    const absl::Status written = WriteFile(
        directory_ / TilePath(level, FullTiles(level, size), hashes.size()), TileBytes(hashes));
    if (!written.ok()) return written;
  }
  const std::string before = std::exchange(signed_note_, signed_note);
  if (const absl::Status written = WriteFile(directory_ / kCheckpoint, signed_note); !written.ok())
    return written;

  const auto old = ReadCheckpoint(NoteText(before));
  const std::uint64_t old_size = old.ok() ? old->tree_size : 0;
  for (std::uint32_t level = 0; PartialWidth(level, old_size) + FullTiles(level, old_size) > 0;
       ++level) {
    const std::uint64_t index = FullTiles(level, old_size);
    // Until the full tile is there, whoever holds an older checkpoint needs what lies here.
    if (index == FullTiles(level, size)) continue;
    RemovePartials(directory_, TilePath(level, index, kTileWidth));
    if (level == 0) RemovePartials(directory_, EntriesPath(index, kTileWidth));
  }
  return absl::OkStatus();
}

absl::StatusOr<Checkpoint> CheckTiles(
    const fs::path& directory, const VerifierKey& key,
    const std::function<absl::Status(std::uint64_t index, const std::string& entry)>& each) {
  const absl::StatusOr<std::string> note = ReadCheckpointFile(directory);
  if (!note.ok()) return note.status();
  if (note->empty()) return Broken(kCheckpoint, "it is missing");
  absl::StatusOr<Checkpoint> checkpoint = OpenCheckpoint(*note, key);
  if (!checkpoint.ok()) return checkpoint.status();

  TileEdge edge;
  const auto check = [&directory](std::uint32_t level, std::uint64_t index,
                                  std::span<const Hash> hashes) {
    return CheckTile(directory, level, index, hashes);
  };
  while (edge.Size() < checkpoint->tree_size) {
    const std::uint64_t first = edge.Size();
    const auto width = static_cast<std::size_t>(
        std::min<std::uint64_t>(kTileWidth, checkpoint->tree_size - first));
    const auto entries = BundleAt(directory, first / kTileWidth, width);
    if (!entries.ok()) return entries.status();
    for (const std::string& entry : *entries) {
      if (const absl::Status status = each(edge.Size(), entry); !status.ok()) return status;
      const absl::Status status = edge.Append(LeafHash(entry), check);
      if (!status.ok()) return status;
    }
  }
  for (std::uint32_t level = 0; level < edge.Partial().size(); ++level) {
    if (edge.Partial()[level].empty()) continue;
    const absl::Status status = check(level, FullTiles(level, edge.Size()), edge.Partial()[level]);
    if (!status.ok()) return status;
  }
  if (edge.Root() != checkpoint->root) {
    return Broken(kCheckpoint, "the entries do not give the root it signs");
  }
  return checkpoint;
}

}  // namespace tearline::verifier
