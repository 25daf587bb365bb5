#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/crypto/digest.h"
#include "broker/model/ids.h"
#include "broker/state/batch.h"
#include "broker/status/status.h"

namespace tearline::state {

/// The state at one position, unchanging while it is held. Holding many for long costs disk space;
/// the directory is in use until the last is let go.
class View : public Reader {
 public:
  virtual model::Position position() const = 0;
};

/// How much a database holds in memory, once of what is not written out yet and once of what was
/// read.
enum class Memory {
  kBroker,   ///< 128 MiB: the state that is served from.
  kScratch,  ///< 16 MiB: a past that is told beside it, and thrown away.
};

/// What the ledger means, in a RocksDB of its own. Never synced: replay rebuilds what a crash took.
///
/// Threads: Commit from one; the rest from any.
class Database {
 public:
  /// Opens or makes the database. An unreadable one may be deleted: replay rebuilds it.
  ///
  /// Refuses: STATE_CORRUPT, STORAGE_FAILED.
  static Result<std::unique_ptr<Database>> Open(const std::filesystem::path& directory,
                                                Memory memory = Memory::kBroker);

  virtual ~Database() = default;

  /// Writes a batch and the position it leads to, in one piece.
  ///
  /// Requires: `position` is above the last.
  /// Refuses:  STORAGE_FAILED: stop; replay decides.
  virtual Status Commit(const Batch& batch, model::Position position) = 0;

  /// The state as it is now.
  virtual std::shared_ptr<const View> Now() const = 0;

  /// Whether its rows have the shape of this build (kShape). If not, only the position and the
  /// broker's own row may be relied on: they are read alike in every shape.
  virtual bool HasThisShape() const = 0;

  /// Takes every row away, in one piece: position 0, and this build's shape.
  ///
  /// Refuses: STORAGE_FAILED.
  virtual Status Empty() = 0;

  /// The position applied last; 0 if none.
  virtual model::Position Position() const = 0;

  /// SHA-256 over every (table, key, value) in key order, the shape's own row left out: see
  /// docs/on-disk.md, "State digest".
  virtual crypto::Digest Digest() const = 0;
};

}  // namespace tearline::state
