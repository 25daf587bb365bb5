#include "tests/faults/disk_model.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

namespace tearline::faults {
namespace {

constexpr std::int64_t kBlockBytes = 512;

std::int64_t SizeOf(const std::string& path) {
  struct stat found = {};
  return ::stat(path.c_str(), &found) == 0 ? found.st_size : 0;
}

std::string DirectoryOf(const std::string& path) { return path.substr(0, path.rfind('/')); }

/// What lies there now; shorter at the file's end.
std::string ReadAt(const std::string& path, std::int64_t offset, std::size_t size) {
  std::string bytes(size, '\0');
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  const ssize_t read = ::pread(file, bytes.data(), bytes.size(), offset);
  ::close(file);
  bytes.resize(read < 0 ? 0 : static_cast<std::size_t>(read));
  return bytes;
}

void WriteAt(const std::string& path, std::int64_t offset, const std::string& bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  const ssize_t written = ::pwrite(file, bytes.data(), bytes.size(), offset);
  ::close(file);
  if (written != static_cast<ssize_t>(bytes.size())) std::perror("faulty disk");
}

}  // namespace

DiskModel::DiskModel(std::string shadow, std::uint64_t seed)
    : shadow_(std::move(shadow)), random_(seed) {}

DiskModel::File& DiskModel::FileAt(const std::string& path) {
  auto& file = files_[path];
  if (!file) {
    file = std::make_shared<File>();
    file->durable = SizeOf(path);  // What was there before this process is old enough.
  }
  return *file;
}

std::string DiskModel::Keep(const std::string& path) {
  std::string before = shadow_ + "/" + std::to_string(kept_++);
  return ::link(path.c_str(), before.c_str()) == 0 ? before : "";
}

void DiskModel::Opened(const std::string& path, bool made) {
  File& file = FileAt(path);
  if (!made) return;
  file = File();
  changes_[DirectoryOf(path)].push_back({Change::Kind::kMade, path, "", ""});
}

void DiskModel::AboutToWrite(const std::string& path, std::int64_t offset, std::size_t size) {
  File& file = FileAt(path);
  if (offset >= file.durable) return;
  const auto old = std::min(static_cast<std::int64_t>(size), file.durable - offset);
  file.overwrites.push_back({offset, ReadAt(path, offset, static_cast<std::size_t>(old))});
}

void DiskModel::AboutToTruncate(const std::string& path, std::int64_t length) {
  File& file = FileAt(path);
  if (length >= file.durable) return;
  file.overwrites.push_back(
      {length, ReadAt(path, length, static_cast<std::size_t>(file.durable - length))});
}

void DiskModel::Synced(const std::string& path) {
  if (std::filesystem::is_directory(path)) {
    changes_.erase(path);
    return;
  }
  File& file = FileAt(path);
  if (file.lost) return;
  file.durable = SizeOf(path);
  file.overwrites.clear();
}

void DiskModel::SyncFailed(const std::string& path) { FileAt(path).lost = true; }

void DiskModel::AboutToRename(const std::string& from, const std::string& to) {
  changes_[DirectoryOf(to)].push_back({Change::Kind::kRenamed, to, from, Keep(to)});
  files_[to] = files_[from];
  files_.erase(from);
}

void DiskModel::AboutToUnlink(const std::string& path) {
  changes_[DirectoryOf(path)].push_back({Change::Kind::kRemoved, path, "", Keep(path)});
}

void DiskModel::MadeDirectory(const std::string& path) {
  changes_[DirectoryOf(path)].push_back({Change::Kind::kMade, path, "", ""});
}

void DiskModel::TakeBack(const Change& change) {
  std::error_code ignored;
  switch (change.kind) {
    case Change::Kind::kMade:
      std::filesystem::remove_all(change.path, ignored);
      break;
    case Change::Kind::kRenamed:
      ::rename(change.path.c_str(), change.from.c_str());
      if (files_.contains(change.path)) files_[change.from] = files_[change.path];
      files_.erase(change.path);
      [[fallthrough]];
    case Change::Kind::kRemoved:
      if (!change.before.empty()) ::rename(change.before.c_str(), change.path.c_str());
      break;
  }
}

void DiskModel::Damage(const std::string& path, File& file) {
  const std::int64_t size = SizeOf(path);
  if (!file.overwrites.empty() && Coin()) {
    for (auto undo = file.overwrites.rbegin(); undo != file.overwrites.rend(); ++undo) {
      WriteAt(path, undo->offset, undo->bytes);
    }
  }
  if (size <= file.durable) return;
  const std::int64_t tail = size - file.durable;
  switch (random_() % 4) {
    case 0:  // All of it is gone.
      static_cast<void>(::truncate(path.c_str(), file.durable));
      break;
    case 1:  // Torn somewhere.
      static_cast<void>(::truncate(
          path.c_str(), file.durable + static_cast<std::int64_t>(random_() >> 1) % (tail + 1)));
      break;
    case 2: {  // It has its length, and a block that never reached the disk.
      const std::int64_t at = file.durable + static_cast<std::int64_t>(random_() >> 1) % tail;
      const std::int64_t end = std::min(size, (at / kBlockBytes + 1) * kBlockBytes);
      WriteAt(path, at, std::string(static_cast<std::size_t>(end - at), '\0'));
      break;
    }
    default:  // The cache had been written out in time.
      break;
  }
}

void DiskModel::LosePower() {
  // Contents first: they belong to files, whatever these will be called.
  for (auto& [path, file] : files_) {
    if (file) Damage(path, *file);
  }
  for (auto& [directory, changes] : changes_) {
    // Directories are journaled: changes are lost from the end.
    const std::size_t lasting = random_() % (changes.size() + 1);
    while (changes.size() > lasting) {
      TakeBack(changes.back());
      changes.pop_back();
    }
  }
}

}  // namespace tearline::faults
