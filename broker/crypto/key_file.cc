#include "broker/crypto/key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <span>

namespace tearline::crypto {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  bool IsOpen() const { return number_ >= 0; }
  int number() const { return number_; }

 private:
  int number_;
};

Status Unsafe(std::string_view setting, const std::string& what) {
  return Refuse(v1::ERROR_REASON_KEY_FILE_UNSAFE, std::string(setting) + " " + what);
}

/// Fills `bytes` from the start of the file; false if there are fewer.
bool ReadAll(const Descriptor& file, std::span<char> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::read(file.number(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

bool WriteAll(const Descriptor& file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file.number(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool SyncDirectoryOf(const std::filesystem::path& path) {
  const std::filesystem::path parent = path.has_parent_path() ? path.parent_path() : ".";
  const Descriptor directory(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return directory.IsOpen() && ::fsync(directory.number()) == 0;
}

}  // namespace

Result<Secret> ReadPrivateFile(const std::filesystem::path& path, std::size_t bytes_max,
                               std::string_view setting) {
  // Looked at through the open file, so that what was checked is what is read; without blocking,
  // should it be a pipe.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat facts {};
  if (!file.IsOpen() || ::fstat(file.number(), &facts) != 0) {
    return Unsafe(setting, "cannot be opened; it must be a file of mode 600 owned by the broker");
  }
  if (!S_ISREG(facts.st_mode)) return Unsafe(setting, "is not a regular file; it must be one");
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Unsafe(setting, "is open to its group or to others; run `chmod 600` on it");
  }
  const auto size = static_cast<std::size_t>(facts.st_size);
  if (size == 0 || size > bytes_max) {
    return Unsafe(setting, "is " + std::to_string(size) + " bytes; it must be 1 to " +
                               std::to_string(bytes_max));
  }
  Secret content = Secret::OfSize(size);
  if (!ReadAll(file, content.MutableBytes()))
    return Unsafe(setting, "could not be read to its end");
  return content;
}

Result<Secret> ReadKeyFile(const std::filesystem::path& path, std::size_t bytes,
                           std::string_view setting) {
  // Room for one byte more, so that the usual slip, a line break at the end, is named as such.
  Result<Secret> content = ReadPrivateFile(path, bytes + 1, setting);
  if (content.ok() && content->size() != bytes) {
    return Unsafe(setting, "is " + std::to_string(content->size()) + " bytes; it must be " +
                               std::to_string(bytes) + " raw bytes");
  }
  return content;
}

Status WriteNewKeyFile(const std::filesystem::path& path, std::string_view bytes) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.IsOpen()) {
    if (errno == EEXIST) {
      return Refuse(v1::ERROR_REASON_ALREADY_EXISTS,
                    "a key file is there already; it is never overwritten");
    }
    return Refuse(v1::ERROR_REASON_STORAGE_FAILED, "a key file could not be made");
  }
  // The mode again: a strict umask must not leave a key its owner cannot read.
  if (::fchmod(file.number(), 0600) != 0 || !WriteAll(file, bytes) || ::fsync(file.number()) != 0 ||
      !SyncDirectoryOf(path)) {
    ::unlink(path.c_str());
    return Refuse(v1::ERROR_REASON_STORAGE_FAILED, "a key file could not be written");
  }
  return {};
}

}  // namespace tearline::crypto
