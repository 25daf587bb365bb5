#include "broker/sequencer/durable_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace tearline::sequencer {
namespace {

constexpr std::size_t kFileBytesMax = 64 * 1024;

/// A file descriptor that closes itself.
class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags)
      : number_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  bool open() const { return number_ >= 0; }
  int number() const { return number_; }

 private:
  int number_;
};

Status Failed() {
  return Refuse(v1::ERROR_REASON_STORAGE_FAILED,
                "a file of the checkpoint directory could not be read or written");
}

Status NotKnown() {
  return Refuse(v1::ERROR_REASON_UNKNOWN_OUTCOME,
                "a file of the checkpoint directory could not be synced; stop, and look at the "
                "disk: it is not known what it keeps");
}

bool WriteAll(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool SyncDirectory(const std::filesystem::path& directory) {
  const Descriptor handle(directory, O_RDONLY | O_DIRECTORY);
  return handle.open() && ::fsync(handle.number()) == 0;
}

}  // namespace

Status ReplaceFile(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::path unfinished = path;
  unfinished += ".new";
  {
    const Descriptor file(unfinished, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file.open() || !WriteAll(file.number(), bytes)) return Failed();
    if (::fsync(file.number()) != 0) return NotKnown();
  }
  std::error_code error;
  std::filesystem::rename(unfinished, path, error);
  if (error) return Failed();
  return SyncDirectory(path.parent_path()) ? Status() : NotKnown();
}

Result<std::string> ReadSmallFile(const std::filesystem::path& path) {
  const Descriptor file(path, O_RDONLY);
  if (!file.open()) {
    if (errno == ENOENT) return std::string();
    return Failed();
  }
  std::string bytes;
  std::array<char, 4096> part;
  while (true) {
    const ssize_t read = ::read(file.number(), part.data(), part.size());
    if (read < 0 && errno == EINTR) continue;
    if (read < 0 || bytes.size() > kFileBytesMax) return Failed();
    if (read == 0) return bytes;
    bytes.append(part.data(), static_cast<std::size_t>(read));
  }
}

Status MakeDirectory(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return {};
  if (!std::filesystem::create_directory(path, error) || error) return Failed();
  const std::filesystem::path whole = std::filesystem::absolute(path, error);
  if (error || !SyncDirectory(whole.parent_path())) return Failed();
  return {};
}

}  // namespace tearline::sequencer
