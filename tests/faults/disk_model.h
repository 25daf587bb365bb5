#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace tearline::faults {

/// What a disk may take back when power is lost: every write after a file's last sync, and every
/// change of a directory after that directory's last sync. Knows files by path; changes nothing
/// itself until LosePower.
///
///   written, not synced   the tail is cut at a random place, or a block in it reads as zeros
///   overwritten           the old bytes come back
///   made                  the file is gone unless its directory was synced
///   renamed, removed      what the name meant before comes back
///
/// Threads: one; the caller keeps a lock.
class DiskModel {
 public:
  /// `shadow` is a directory on the same file system, for what names meant before.
  DiskModel(std::string shadow, std::uint64_t seed);

  /// A file was opened; `made` if it was not there before.
  void Opened(const std::string& path, bool made);
  /// `size` bytes are about to be written at `offset`; `descriptor` can be read.
  void AboutToWrite(const std::string& path, std::int64_t offset, std::size_t size);
  /// The file is about to get this length.
  void AboutToTruncate(const std::string& path, std::int64_t length);
  /// The file or directory was synced.
  void Synced(const std::string& path);
  /// A sync failed: what was not durable by now never will be, whatever a later sync says.
  void SyncFailed(const std::string& path);

  void AboutToRename(const std::string& from, const std::string& to);
  void AboutToUnlink(const std::string& path);
  void MadeDirectory(const std::string& path);

  /// Takes back what a disk may take back.
  void LosePower();

 private:
  struct Undo {
    std::int64_t offset;
    std::string bytes;
  };
  struct File {
    std::int64_t durable = 0;      ///< Bytes that were there at the last sync.
    std::vector<Undo> overwrites;  ///< Since the last sync, oldest first.
    bool lost = false;             ///< A sync failed once.
  };
  /// A change of a directory that is not durable.
  struct Change {
    enum class Kind { kMade, kRenamed, kRemoved } kind;
    std::string path;    ///< What was made or removed, or the new name.
    std::string from;    ///< The old name, of a rename.
    std::string before;  ///< Where in the shadow lies what `path` meant before; "" if nothing.
  };

  File& FileAt(const std::string& path);
  std::string Keep(const std::string& path);
  void TakeBack(const Change& change);
  void Damage(const std::string& path, File& file);
  bool Coin() { return (random_() & 1) != 0; }

  const std::string shadow_;
  std::mt19937_64 random_;
  std::map<std::string, std::shared_ptr<File>> files_;
  std::map<std::string, std::vector<Change>> changes_;  ///< By directory, oldest first.
  int kept_ = 0;
};

}  // namespace tearline::faults
