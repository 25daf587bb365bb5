#include "clients/cli/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "clients/cli/invocation.h"

namespace tearline::cli {
namespace {

constexpr mode_t kOwnerOnly = 0600;

std::string CannotBeWritten(const std::string& option) { return option + " cannot be written"; }

std::string IsThere(const std::string& option) {
  return option + " is there already; --overwrite replaces it";
}

bool WriteAll(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::write(descriptor, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

}  // namespace

PrivateFile PrivateFile::Make(const std::string& path, std::string option,
                              const std::string& exists) {
  const int descriptor =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kOwnerOnly);
  if (descriptor < 0) StopUsage(errno == EEXIST ? exists : CannotBeWritten(option));
  return {descriptor, std::move(option)};
}

PrivateFile PrivateFile::GoOn(const std::string& path, std::string option, std::uintmax_t size) {
  const int descriptor =
      ::open(path.c_str(), O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) StopUsage(CannotBeWritten(option));
  PrivateFile file(descriptor, std::move(option));
  struct stat state {};
  const bool own = ::fstat(descriptor, &state) == 0 && S_ISREG(state.st_mode) &&
                   state.st_uid == ::geteuid() && ::fchmod(descriptor, kOwnerOnly) == 0;
  if (!own) StopUsage(file.option_ + " must be a plain file of your own");
  if (::ftruncate(descriptor, static_cast<off_t>(size)) != 0) file.Stop();
  return file;
}

PrivateFile PrivateFile::AddTo(const std::string& path, std::string option) {
  const int descriptor =
      ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_CLOEXEC, kOwnerOnly);
  if (descriptor < 0) StopUsage(CannotBeWritten(option));
  PrivateFile file(descriptor, std::move(option));
  struct stat state {};
  const bool others_read = ::fstat(descriptor, &state) != 0 ||
                           (S_ISREG(state.st_mode) && (state.st_mode & ~kOwnerOnly & 0777) != 0);
  if (others_read) StopUsage(file.option_ + ": others may read the file; chmod 600");
  return file;
}

PrivateFile::PrivateFile(int descriptor, std::string option)
    : descriptor_(descriptor), option_(std::move(option)) {}

PrivateFile::PrivateFile(PrivateFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), option_(std::move(other.option_)) {}

PrivateFile& PrivateFile::operator=(PrivateFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(option_, other.option_);
  return *this;
}

PrivateFile::~PrivateFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void PrivateFile::Add(std::string_view bytes) {
  if (!WriteAll(descriptor_, bytes)) Stop();
}

void PrivateFile::Sync() {
  if (::fsync(descriptor_) != 0) Stop();
}

void PrivateFile::Stop() const { StopUsage(CannotBeWritten(option_)); }

void DemandRoom(const std::string& path, const std::string& option, bool overwrite) {
  struct stat state {};
  if (!overwrite && ::lstat(path.c_str(), &state) == 0) StopUsage(IsThere(option));
}

void WritePrivately(const std::string& path, const std::string& option, std::string_view bytes,
                    bool overwrite) {
  std::string beside = path + ".XXXXXX";
  const int descriptor = ::mkostemp(beside.data(), O_CLOEXEC);  // of mode 0600, and new
  if (descriptor < 0) StopUsage(CannotBeWritten(option));
  const bool whole = WriteAll(descriptor, bytes) && ::fsync(descriptor) == 0;
  const bool closed = ::close(descriptor) == 0;
  bool named = false;
  int fault = 0;
  if (whole && closed) {
    // A link, unlike a rename, refuses a name that somebody took meanwhile.
    named = overwrite ? ::rename(beside.c_str(), path.c_str()) == 0
                      : ::link(beside.c_str(), path.c_str()) == 0;
    fault = errno;
  }
  if (!named || !overwrite) ::unlink(beside.c_str());
  if (named) return;
  StopUsage(whole && closed && fault == EEXIST ? IsThere(option) : CannotBeWritten(option));
}

}  // namespace tearline::cli
