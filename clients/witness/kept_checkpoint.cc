#include "clients/witness/kept_checkpoint.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "clients/verifier/base64.h"
#include "clients/verifier/tree.h"

namespace tearline::witness {
namespace {

namespace fs = std::filesystem;

constexpr char kFile[] = "checkpoint";
constexpr char kBeside[] = "checkpoint.new";

bool WriteAll(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool SyncDirectory(const fs::path& directory) {
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool synced = ::fsync(descriptor) == 0;
  ::close(descriptor);
  return synced;
}

/// Writes a new file and syncs it.
bool WriteSynced(const fs::path& path, std::string_view bytes) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0) return false;
  const bool written = WriteAll(descriptor, bytes) && ::fsync(descriptor) == 0;
  return ::close(descriptor) == 0 && written;
}

}  // namespace

std::string PlaceOf(const std::string& origin) {
  return verifier::Hex(verifier::Bytes(verifier::Sha256(origin)));
}

KeptCheckpoint::KeptCheckpoint(const fs::path& directory, const std::string& origin)
    : directory_(directory / PlaceOf(origin)) {}

absl::StatusOr<std::string> KeptCheckpoint::Read() const {
  std::error_code error;
  if (!fs::exists(directory_ / kFile, error) && !error) return std::string();
  std::ifstream file(directory_ / kFile, std::ios::binary);
  std::string note{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file || note.empty()) return absl::DataLossError("a kept checkpoint cannot be read");
  return note;
}

absl::Status KeptCheckpoint::Replace(const std::string& note) const {
  std::error_code error;
  fs::create_directory(directory_, error);
  // Whoever made it may have ended before it was synced: nobody knows until something is kept.
  const bool is_first = !error && !fs::exists(directory_ / kFile, error);
  if (error || (is_first && !SyncDirectory(directory_.parent_path())) ||
      !WriteSynced(directory_ / kBeside, note)) {
    return absl::UnavailableError("the checkpoint could not be kept");
  }
  fs::rename(directory_ / kBeside, directory_ / kFile, error);
  if (error) return absl::UnavailableError("the checkpoint could not be kept");
  if (SyncDirectory(directory_)) return absl::OkStatus();
  return absl::AbortedError("it is not known whether the checkpoint was kept");
}

absl::StatusOr<DirectoryLock> DirectoryLock::Take(const fs::path& directory) {
  const int descriptor = ::open((directory / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) return absl::UnavailableError("the directory must exist and be writable");
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return DirectoryLock(descriptor);
  ::close(descriptor);
  return absl::UnavailableError("another witness serves from this directory");
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

DirectoryLock::~DirectoryLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace tearline::witness
