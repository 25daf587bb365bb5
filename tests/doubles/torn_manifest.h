#pragma once

#include <filesystem>

namespace tearline::doubles {

/// The manifest that the CURRENT of a closed RocksDB names.
[[nodiscard]] std::filesystem::path ManifestIn(const std::filesystem::path& directory);

/// What lost power can leave of a RocksDB: at its manifest's end a note of which a block never
/// reached the disk, so that its checksum is wrong.
void TearManifest(const std::filesystem::path& directory);

/// Changes one bit of the last byte of the manifest.
void FlipManifest(const std::filesystem::path& directory);

}  // namespace tearline::doubles
