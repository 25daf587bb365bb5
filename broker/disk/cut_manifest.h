#pragma once

#include <filesystem>

namespace tearline::disk {

/// Cuts the manifest that a RocksDB's CURRENT names where its mark says it was synced to, for good,
/// and says so in the log. To be asked when RocksDB, opened with MarkedFiles, refused for damage;
/// then it is to be opened again.
///
/// True if something was cut. Not if nothing lies beyond the mark, if there is no mark, or if
/// another process has the RocksDB open: what damage there is then stays.
///
/// Threads: one for each directory.
[[nodiscard]] bool CutManifest(const std::filesystem::path& directory);

}  // namespace tearline::disk
