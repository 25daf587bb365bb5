#include "broker/disk/cut_manifest.h"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "broker/disk/mark.h"
#include "broker/telemetry/log.h"

namespace tearline::disk {
namespace {

using rocksdb::FileOptions;
using rocksdb::FileSystem;
using rocksdb::IOOptions;

/// A file's content; "" if there is none.
std::string ReadWhole(FileSystem& files, const std::filesystem::path& path) {
  std::string bytes;
  const rocksdb::IOStatus read = rocksdb::ReadFileToString(&files, path.string(), &bytes);
  return read.ok() ? bytes : std::string();
}

/// The manifest in force; nothing if CURRENT does not read.
std::optional<std::filesystem::path> ManifestOf(FileSystem& files,
                                                const std::filesystem::path& directory) {
  std::string name = ReadWhole(files, directory / "CURRENT");
  if (name.empty() || name.back() != '\n') return {};
  name.pop_back();
  return directory / name;
}

bool Cut(FileSystem& files, const std::filesystem::path& path, std::uint64_t size) {
  std::unique_ptr<rocksdb::FSWritableFile> file;
  return files.ReopenWritableFile(path.string(), FileOptions(), &file, nullptr).ok() &&
         file->Truncate(size, IOOptions(), nullptr).ok() && file->Fsync(IOOptions(), nullptr).ok();
}

bool CutLocked(FileSystem& files, const std::filesystem::path& directory) {
  const std::optional<std::filesystem::path> manifest = ManifestOf(files, directory);
  const std::optional<std::filesystem::path> mark = manifest ? MarkOf(*manifest) : std::nullopt;
  if (!mark) return false;
  const std::optional<std::uint64_t> synced = ReadMark(ReadWhole(files, *mark));
  std::uint64_t size = 0;
  if (!synced || !files.GetFileSize(manifest->string(), IOOptions(), &size, nullptr).ok() ||
      size <= *synced || !Cut(files, *manifest, *synced)) {
    return false;
  }
  telemetry::Log(telemetry::Event::kManifestCut).With(telemetry::Field::kBytes, size - *synced);
  return true;
}

}  // namespace

bool CutManifest(const std::filesystem::path& directory) {
  const std::shared_ptr<FileSystem> files = FileSystem::Default();
  const std::string lock_path = (directory / "LOCK").string();
  rocksdb::FileLock* lock = nullptr;
  if (!files->LockFile(lock_path, IOOptions(), &lock, nullptr).ok()) return false;
  const bool cut = CutLocked(*files, directory);
  return files->UnlockFile(lock, IOOptions(), nullptr).ok() && cut;
}

}  // namespace tearline::disk
