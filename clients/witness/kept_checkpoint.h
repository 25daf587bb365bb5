#pragma once

#include <filesystem>
#include <string>

#include "absl/status/statusor.h"

namespace tearline::witness {

/// SHA-256 of a log's origin in hexadecimal: its directory, and its place for monitors.
[[nodiscard]] std::string PlaceOf(const std::string& origin);

/// The newest checkpoint cosigned for one log, as a file: DIRECTORY/PLACE/checkpoint.
class KeptCheckpoint {
 public:
  /// Requires: `directory` exists.
  KeptCheckpoint(const std::filesystem::path& directory, const std::string& origin);

  /// The note; "" if none was ever kept. Refuses: DATA_LOSS if it is there and cannot be read.
  [[nodiscard]] absl::StatusOr<std::string> Read() const;

  /// Puts `note` in the place of the one before. When this returns it is on stable storage, and the
  /// name leads to it: file and directories are synced.
  ///
  /// Refuses: UNAVAILABLE  nothing was changed.
  ///          ABORTED      it is not known which of the two a start will find.
  [[nodiscard]] absl::Status Replace(const std::string& note) const;

 private:
  std::filesystem::path directory_;
};

/// Keeps other processes out of a witness's directory, while it lives.
class DirectoryLock {
 public:
  /// Refuses: UNAVAILABLE if another process has it, or it cannot be made.
  static absl::StatusOr<DirectoryLock> Take(const std::filesystem::path& directory);
  ~DirectoryLock();
  DirectoryLock(DirectoryLock&& other) noexcept;
  DirectoryLock& operator=(DirectoryLock&&) = delete;

 private:
  explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace tearline::witness
