#pragma once

#include <rocksdb/db.h>
#include <rocksdb/slice.h>

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/model/ids.h"
#include "broker/status/status.h"

namespace tearline::ledger {

// The RocksDB beneath the embedded engine. Only rocksdb_ledger.cc includes this.

[[nodiscard]] inline rocksdb::Slice SliceOf(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}

/// The key of a header: its position, 8 bytes big-endian.
[[nodiscard]] std::string HeaderKey(model::Position position);

/// The key of a segment: its record's, and its index in one byte.
[[nodiscard]] std::string SegmentKey(model::Position position, std::size_t index);

/// The position in a header's key; nothing if it is not one.
[[nodiscard]] std::optional<model::Position> PositionOf(const rocksdb::Slice& key);

/// Set once, by whatever failed first; from then on nothing is written.
///
/// Threads: any.
class Failure {
 public:
  void Set();
  bool IsSet() const { return set_.load(); }

 private:
  std::atomic<bool> set_ = false;
};

/// An open RocksDB with its two column families.
///
/// Threads: any.
struct Store {
  std::unique_ptr<rocksdb::DB> database;
  std::vector<std::unique_ptr<rocksdb::ColumnFamilyHandle>>
      families;  ///< Closed before `database`.

  rocksdb::ColumnFamilyHandle* headers() const { return families[1].get(); }
  rocksdb::ColumnFamilyHandle* segments() const { return families[2].get(); }

  /// Refuses: LEDGER_CORRUPT.
  Result<std::string> HeaderAt(model::Position position) const;

  /// Refuses: LEDGER_CORRUPT.
  Result<std::string> SegmentAt(model::Position position, std::size_t index) const;
};

/// Opens or makes the store; `failure` is set when a write in the background fails. A directory
/// that once held records is never made anew.
///
/// Refuses: CONFIG_INVALID, LEDGER_FENCED, LEDGER_CORRUPT, STORAGE_FAILED.
[[nodiscard]] Result<Store> OpenStore(const std::filesystem::path& directory,
                                      const std::shared_ptr<Failure>& failure);

}  // namespace tearline::ledger
