#include "tests/witness/watched_disk.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace tearline::witness {
namespace {

WatchedDisk* watched = nullptr;

}  // namespace

WatchedDisk::WatchedDisk(std::optional<std::size_t> failing) : failing_(failing) {
  EXPECT_EQ(watched, nullptr);
  watched = this;
}

WatchedDisk::~WatchedDisk() { watched = nullptr; }

bool WatchedDisk::Do(const std::string& what) {
  if (watched == nullptr) return true;
  watched->done_.push_back(what);
  if (watched->failing_ != watched->done_.size() - 1) return true;
  errno = EIO;
  return false;
}

}  // namespace tearline::witness

extern "C" int fsync(int descriptor) {
  const std::string path =
      std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor));
  if (!tearline::witness::WatchedDisk::Do("sync " + path)) return -1;
  return static_cast<int>(::syscall(SYS_fsync, descriptor));
}

extern "C" int rename(const char* from, const char* to) noexcept {
  static const auto library = reinterpret_cast<decltype(&rename)>(::dlsym(RTLD_NEXT, "rename"));
  if (!tearline::witness::WatchedDisk::Do(std::string("rename ") + from)) return -1;
  return library(from, to);
}
