#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace tearline::witness {

/// What this program syncs and renames while the object lives, in order; and the one that fails, as
/// a disk's would. One at a time.
///
/// Threads: one.
class WatchedDisk {
 public:
  /// `failing` counts from 0; nothing fails without it.
  explicit WatchedDisk(std::optional<std::size_t> failing = std::nullopt);
  ~WatchedDisk();
  WatchedDisk(const WatchedDisk&) = delete;
  WatchedDisk& operator=(const WatchedDisk&) = delete;

  /// "sync PATH" and "rename PATH", by the path that was synced, or had its name changed.
  [[nodiscard]] const std::vector<std::string>& Done() const { return done_; }

  /// Notes it; whether it succeeds. For the functions that stand in the place of the C library's.
  static bool Do(const std::string& what);

 private:
  const std::optional<std::size_t> failing_;
  std::vector<std::string> done_;
};

}  // namespace tearline::witness
