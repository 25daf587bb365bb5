// A disk that fails, preloaded into an unchanged program: it stands between the program and the C
// library, for files under one directory. Its orders come from the environment:
//
//   TEARLINE_DISK_UNDER   the directory, with no `/` at its end
//   TEARLINE_DISK_SHADOW  an empty directory on the same file system
//   TEARLINE_DISK_COUNT   a file that receives the number of operations, and how many of them the
//                         fault struck, when the program ends; may be unset
//   TEARLINE_DISK_FAULT   "cut N SEED"       power is lost at the N-th operation
//                         "sync N SEED"      the first sync from the N-th operation on fails, and
//                                            what it should have kept is lost when the program ends
//                         "full N SEED"      from the N-th operation on nothing more fits
//                         "readonly N SEED"  from then on nothing may be changed
//                         unset              every operation succeeds
//
// An operation is whatever changes a file or a directory, or syncs one. Syncs are not passed on:
// what they would keep is known here (disk_model.h), and nothing else ends this program's power.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <sstream>
#include <string>

#include "tests/faults/disk_model.h"

namespace {

using tearline::faults::DiskModel;

constexpr int kPowerLostExitCode = 86;

std::string Variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// True while this file itself works on files.
thread_local bool inside = false;

class Disk {
 public:
  static Disk& Get() {
    static Disk& disk = *new Disk;  // Never destroyed: threads may outlive main.
    return disk;
  }

  bool Watches(const std::string& path) const {
    return !inside && !under_.empty() && path.starts_with(under_);
  }

  /// The path of a watched descriptor; "" of any other.
  std::string PathOf(int descriptor) const {
    if (inside || under_.empty()) return {};
    char target[4096];
    const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
    const ssize_t length = ::readlink(link.c_str(), target, sizeof target);
    if (length <= 0) return {};
    std::string path(target, static_cast<std::size_t>(length));
    return path.starts_with(under_) ? path : std::string();
  }

  /// One operation: counts it, loses power if it is time, and returns the error it ends with; 0 if
  /// it may go on. Requires: the lock.
  int Operation(bool sync, const std::string& path) {
    ++operations_;
    if (fault_.empty() || operations_ < at_) return 0;
    if (fault_ == "cut") LosePower(kPowerLostExitCode);
    if (fault_ == "full") return sync ? 0 : Strike(ENOSPC);
    if (fault_ == "readonly") return sync ? 0 : Strike(EROFS);
    if (fault_ == "sync" && sync && struck_ == 0) {
      model_.SyncFailed(path);
      return Strike(EIO);
    }
    return 0;
  }

  /// The program ends: with a fault behind it, power is lost too. Requires: the lock.
  void End() {
    const std::string count = Variable("TEARLINE_DISK_COUNT");
    if (!count.empty()) {
      if (std::FILE* file = std::fopen(count.c_str(), "w")) {
        std::fprintf(file, "%llu %llu\n", static_cast<unsigned long long>(operations_),
                     static_cast<unsigned long long>(struck_));
        std::fclose(file);
      }
    }
    if (!fault_.empty() && operations_ >= at_ && fault_ != "cut") model_.LosePower();
    fault_.clear();
  }

  [[noreturn]] void LosePower(int exit_code) {
    inside = true;
    model_.LosePower();
    ::syscall(SYS_exit_group, exit_code);
    std::abort();
  }

  std::recursive_mutex& mutex() { return mutex_; }
  DiskModel& model() { return model_; }

 private:
  Disk()
      : under_(Variable("TEARLINE_DISK_UNDER")), model_(Variable("TEARLINE_DISK_SHADOW"), Order()) {
    if (!under_.empty()) under_ += '/';
  }

  int Strike(int error) {
    ++struck_;
    return error;
  }

  std::uint64_t Order() {
    std::istringstream words(Variable("TEARLINE_DISK_FAULT"));
    std::uint64_t seed = 0;
    words >> fault_ >> at_ >> seed;
    return seed;
  }

  std::string under_;
  std::string fault_;
  std::uint64_t at_ = 0;
  std::recursive_mutex mutex_;
  DiskModel model_;
  std::uint64_t operations_ = 0;
  std::uint64_t struck_ = 0;
};

/// Holds the disk while one operation is done, and keeps this file's own out of the books.
class Hold {
 public:
  Hold() : lock_(Disk::Get().mutex()) { inside = true; }
  ~Hold() { inside = false; }
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;

 private:
  std::lock_guard<std::recursive_mutex> lock_;
};

int Fail(int error) {
  errno = error;
  return -1;
}

std::string Whole(int directory, const char* path) {
  if (path[0] == '/') return path;
  if (directory != AT_FDCWD) return Disk::Get().PathOf(directory) + "/" + path;
  char here[4096];
  return ::getcwd(here, sizeof here) == nullptr ? "" : std::string(here) + "/" + path;
}

int Open(int directory, const char* path, int flags, mode_t mode) {
  const auto really = [&] {
    return static_cast<int>(::syscall(SYS_openat, directory, path, flags, mode));
  };
  const std::string whole = Whole(directory, path);
  if ((flags & (O_CREAT | O_TRUNC)) == 0 || !Disk::Get().Watches(whole)) return really();
  const Hold hold;
  struct stat found = {};
  const bool made = ::stat(whole.c_str(), &found) != 0;
  if (made || (flags & O_TRUNC) != 0) {
    const int error = Disk::Get().Operation(false, whole);
    if (error != 0) return Fail(error);
    if (!made) Disk::Get().model().AboutToTruncate(whole, 0);
  }
  const int descriptor = really();
  if (descriptor >= 0) Disk::Get().model().Opened(whole, made);
  return descriptor;
}

template <typename Really>
ssize_t Write(int descriptor, std::int64_t offset, std::size_t size, const Really& really) {
  const std::string path = Disk::Get().PathOf(descriptor);
  if (path.empty()) return really();
  const Hold hold;
  const int error = Disk::Get().Operation(false, path);
  if (error != 0) return Fail(error);
  Disk::Get().model().AboutToWrite(path, offset, size);
  return really();
}

int Sync(int descriptor, long number) {
  const std::string path = Disk::Get().PathOf(descriptor);
  if (path.empty()) return static_cast<int>(::syscall(number, descriptor));
  const Hold hold;
  const int error = Disk::Get().Operation(true, path);
  if (error != 0) return Fail(error);
  Disk::Get().model().Synced(path);
  return 0;
}

int Truncate(int descriptor, std::int64_t length) {
  const auto really = [&] {
    return static_cast<int>(::syscall(SYS_ftruncate, descriptor, length));
  };
  const std::string path = Disk::Get().PathOf(descriptor);
  if (path.empty()) return really();
  const Hold hold;
  const int error = Disk::Get().Operation(false, path);
  if (error != 0) return Fail(error);
  Disk::Get().model().AboutToTruncate(path, length);
  return really();
}

mode_t ModeOf(int flags, va_list rest) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? static_cast<mode_t>(va_arg(rest, unsigned)) : 0;
}

/// An abort is an end, too: of a full disk RocksDB may make one.
void EndByAbort(int) {
  const Hold hold;  // Held to the end: another thread may abort at the same time.
  Disk::Get().End();
  ::syscall(SYS_exit_group, 128 + SIGABRT);
}

/// The end of a program that returns from main.
struct AtEnd {
  AtEnd() { ::signal(SIGABRT, EndByAbort); }
  ~AtEnd() {
    const Hold hold;
    Disk::Get().End();
  }
} at_end;

}  // namespace

// The C library's own names.
extern "C" {

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = ModeOf(flags, rest);
  va_end(rest);
  return Open(AT_FDCWD, path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = ModeOf(flags, rest);
  va_end(rest);
  return Open(AT_FDCWD, path, flags, mode);
}

int openat(int directory, const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = ModeOf(flags, rest);
  va_end(rest);
  return Open(directory, path, flags, mode);
}

ssize_t write(int descriptor, const void* bytes, size_t size) {
  const auto really = [&] { return ::syscall(SYS_write, descriptor, bytes, size); };
  if (descriptor <= STDERR_FILENO) return really();
  const std::int64_t offset = ::lseek(descriptor, 0, SEEK_CUR);
  return Write(descriptor, offset, size, really);
}

ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t offset) {
  return Write(descriptor, offset, size,
               [&] { return ::syscall(SYS_pwrite64, descriptor, bytes, size, offset); });
}

ssize_t pwrite64(int descriptor, const void* bytes, size_t size, off64_t offset) {
  return pwrite(descriptor, bytes, size, offset);
}

int fsync(int descriptor) { return Sync(descriptor, SYS_fsync); }
int fdatasync(int descriptor) { return Sync(descriptor, SYS_fdatasync); }

int ftruncate(int descriptor, off_t length) { return Truncate(descriptor, length); }
int ftruncate64(int descriptor, off64_t length) { return Truncate(descriptor, length); }

int rename(const char* from, const char* to) {
  const std::string target = Whole(AT_FDCWD, to);
  if (!Disk::Get().Watches(target)) return static_cast<int>(::syscall(SYS_rename, from, to));
  const Hold hold;
  const int error = Disk::Get().Operation(false, target);
  if (error != 0) return Fail(error);
  Disk::Get().model().AboutToRename(Whole(AT_FDCWD, from), target);
  return static_cast<int>(::syscall(SYS_rename, from, to));
}

int unlink(const char* path) {
  const std::string whole = Whole(AT_FDCWD, path);
  if (!Disk::Get().Watches(whole)) return static_cast<int>(::syscall(SYS_unlink, path));
  const Hold hold;
  const int error = Disk::Get().Operation(false, whole);
  if (error != 0) return Fail(error);
  Disk::Get().model().AboutToUnlink(whole);
  return static_cast<int>(::syscall(SYS_unlink, path));
}

int mkdir(const char* path, mode_t mode) {
  const auto really = [&] { return static_cast<int>(::syscall(SYS_mkdir, path, mode)); };
  const std::string whole = Whole(AT_FDCWD, path);
  if (!Disk::Get().Watches(whole)) return really();
  const Hold hold;
  struct stat found = {};
  if (::stat(whole.c_str(), &found) == 0) return really();
  const int error = Disk::Get().Operation(false, whole);
  if (error != 0) return Fail(error);
  const int made = really();
  if (made == 0) Disk::Get().model().MadeDirectory(whole);
  return made;
}

void _exit(int code) {
  const Hold hold;
  Disk::Get().End();
  ::syscall(SYS_exit_group, code);
  std::abort();
}

}  // extern "C"
