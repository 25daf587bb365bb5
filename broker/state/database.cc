#include "broker/state/database.h"

#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "broker/disk/cut_manifest.h"
#include "broker/disk/marked_files.h"
#include "broker/state/row_digest.h"
#include "broker/status/invariant.h"

namespace tearline::state {
namespace {

/// Bytes of log after which memory is written out. Bounds the time a start takes.
constexpr std::uint64_t kLogBytesMax = 256 * 1024 * 1024;
/// Bytes of rows gathered in memory before they are written out; and as many of rows that were read
/// are held, so that reads of what changed lately stay off the disk.
constexpr std::size_t BytesOf(Memory memory) {
  return (memory == Memory::kBroker ? 128 : 16) * 1024 * 1024;
}

rocksdb::Slice SliceOf(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

std::string PositionBytes(model::Position position) {
  const Key key = Key(Table::kPosition).U64(position);
  return key.bytes().substr(1);
}

std::string ShapeBytes() { return Key(Table::kStateShape).U32(kShape).bytes().substr(1); }

/// The position in a state's own row, 0 if there is none; nothing if the row is damaged.
std::optional<model::Position> ReadPosition(rocksdb::DB& database,
                                            const rocksdb::ReadOptions& options) {
  std::string bytes;
  const rocksdb::Status read =
      database.Get(options, SliceOf(Key(Table::kPosition).bytes()), &bytes);
  if (read.IsNotFound()) return 0;
  if (!read.ok() || bytes.size() != sizeof(model::Position)) return std::nullopt;
  return ReadBigEndian(bytes, 0, bytes.size());
}

/// Whether the rows have the shape of this build.
bool ReadWhetherThisShape(rocksdb::DB& database) {
  std::string bytes;
  const rocksdb::Status read =
      database.Get(rocksdb::ReadOptions(), SliceOf(Key(Table::kStateShape).bytes()), &bytes);
  return read.ok() && bytes == ShapeBytes();
}

/// Whether there is any row but the shape's own.
bool HasRows(rocksdb::DB& database) {
  const std::unique_ptr<rocksdb::Iterator> row(database.NewIterator(rocksdb::ReadOptions()));
  row->Seek(SliceOf(Key(Table::kPosition).bytes()));
  return row->Valid() || !row->status().ok();
}

/// The least key above every key with this prefix.
std::string EndOf(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xff) prefix.pop_back();
  TEARLINE_INVARIANT(!prefix.empty(), "a table's number is below 255");
  prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

class SnapshotView final : public View {
 public:
  explicit SnapshotView(std::shared_ptr<rocksdb::DB> database)
      : database_(std::move(database)), snapshot_(database_->GetSnapshot()) {
    TEARLINE_INVARIANT(snapshot_ != nullptr, "a state gives snapshots");
    const std::optional<model::Position> position = ReadPosition(*database_, Options());
    TEARLINE_INVARIANT(position.has_value(), "the state's position can be read");
    position_ = *position;
  }
  ~SnapshotView() override { database_->ReleaseSnapshot(snapshot_); }
  SnapshotView(const SnapshotView&) = delete;
  SnapshotView& operator=(const SnapshotView&) = delete;

  model::Position position() const override { return position_; }

  std::optional<std::string> Get(const Key& key) const override {
    std::string bytes;
    const rocksdb::Status read = database_->Get(Options(), SliceOf(key.bytes()), &bytes);
    if (read.IsNotFound()) return std::nullopt;
    TEARLINE_INVARIANT(read.ok(), "a state row can be read");
    return bytes;
  }

  std::vector<std::pair<std::string, std::string>> Scan(const Key& prefix, const Key& from,
                                                        std::size_t rows_max) const override {
    TEARLINE_INVARIANT(from.bytes().starts_with(prefix.bytes()), "a scan starts within its prefix");
    const std::string end = EndOf(prefix.bytes());
    const rocksdb::Slice end_slice = SliceOf(end);
    rocksdb::ReadOptions options = Options();
    options.iterate_upper_bound = &end_slice;
    const std::unique_ptr<rocksdb::Iterator> row(database_->NewIterator(options));
    std::vector<std::pair<std::string, std::string>> rows;
    for (row->Seek(SliceOf(from.bytes())); rows.size() < rows_max && row->Valid(); row->Next()) {
      rows.emplace_back(row->key().ToString(), row->value().ToString());
    }
    TEARLINE_INVARIANT(row->status().ok(), "state rows can be read");
    return rows;
  }

 private:
  rocksdb::ReadOptions Options() const {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot_;
    return options;
  }

  const std::shared_ptr<rocksdb::DB> database_;
  const rocksdb::Snapshot* const snapshot_;
  model::Position position_ = 0;
};

class RocksdbDatabase final : public Database {
 public:
  RocksdbDatabase(std::shared_ptr<rocksdb::DB> database, model::Position position)
      : database_(std::move(database)),
        position_(position),
        this_shape_(ReadWhetherThisShape(*database_)) {}

  bool HasThisShape() const override { return this_shape_; }

  Status Empty() override {
    rocksdb::WriteBatch writes;
    bool added = writes.DeleteRange(rocksdb::Slice("\0", 1), rocksdb::Slice("\xff", 1)).ok();
    added =
        added && writes.Put(SliceOf(Key(Table::kStateShape).bytes()), SliceOf(ShapeBytes())).ok();
    TEARLINE_INVARIANT(added, "the end of all rows fits its batch");
    if (!database_->Write(rocksdb::WriteOptions(), &writes).ok() ||
        !database_->CompactRange(rocksdb::CompactRangeOptions(), nullptr, nullptr).ok()) {
      return Refuse(v1::ERROR_REASON_STORAGE_FAILED, "the state could not be emptied");
    }
    position_ = 0;
    this_shape_ = true;
    return {};
  }

  Status Commit(const Batch& batch, model::Position position) override {
    TEARLINE_INVARIANT(this_shape_, "rows are written where they have this build's shape");
    TEARLINE_INVARIANT(position > position_, "the state only moves forward");
    rocksdb::WriteBatch writes;
    batch.ForEachWrite([&writes](const std::string& key, const RowValue& value) {
      const rocksdb::Status added = value.there() ? writes.Put(SliceOf(key), SliceOf(value.Bytes()))
                                                  : writes.Delete(SliceOf(key));
      TEARLINE_INVARIANT(added.ok(), "a write fits its batch");
    });
    const rocksdb::Status added =
        writes.Put(SliceOf(Key(Table::kPosition).bytes()), SliceOf(PositionBytes(position)));
    TEARLINE_INVARIANT(added.ok(), "the position fits its batch");
    if (!database_->Write(rocksdb::WriteOptions(), &writes).ok()) {
      return Refuse(v1::ERROR_REASON_STORAGE_FAILED, "the state could not be written");
    }
    position_ = position;
    return {};
  }

  std::shared_ptr<const View> Now() const override {
    return std::make_shared<const SnapshotView>(database_);
  }

  model::Position Position() const override { return position_; }

  crypto::Digest Digest() const override {
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    const std::unique_ptr<rocksdb::Iterator> row(database_->NewIterator(options));
    RowDigest digest;
    for (row->Seek(SliceOf(Key(Table::kPosition).bytes())); row->Valid(); row->Next()) {
      digest.Add({row->key().data(), row->key().size()},
                 {row->value().data(), row->value().size()});
    }
    TEARLINE_INVARIANT(row->status().ok(), "every state row can be read");
    return digest.Finish();
  }

 private:
  const std::shared_ptr<rocksdb::DB> database_;
  std::atomic<model::Position> position_;
  bool this_shape_;
};

rocksdb::Options DatabaseOptions(Memory memory) {
  rocksdb::Options options;
  options.env = disk::MarkedFiles();
  options.create_if_missing = true;
  options.paranoid_checks = true;
  options.max_total_wal_size = kLogBytesMax;
  options.max_bgerror_resume_count = 0;  // A failed write is never tried again: replay decides.
  options.fail_if_options_file_error = true;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.keep_log_file_num = 4;
  options.compression = rocksdb::kNoCompression;  // Mostly ids and digests.
  // One thread writes: what lets several write at once would only cost.
  options.allow_concurrent_memtable_write = false;
  options.enable_write_thread_adaptive_yield = false;
  // Rows not yet written out: a larger heap of them means fewer files that are merged again and
  // again, and less is asked of it for what it does not hold.
  options.write_buffer_size = BytesOf(memory);
  options.memtable_prefix_bloom_size_ratio = 0.02;
  options.memtable_whole_key_filtering = true;

  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(BytesOf(memory));
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));  // Most lookups find nothing.
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

Status Damaged() {
  return Refuse(v1::ERROR_REASON_STATE_CORRUPT,
                "the state cannot be read; stop the broker, delete the state directory, and start "
                "again: it is rebuilt from the ledger");
}

}  // namespace

Result<std::unique_ptr<Database>> Database::Open(const std::filesystem::path& directory,
                                                 Memory memory) {
  rocksdb::DB* opened = nullptr;
  const auto open = [&] {
    return rocksdb::DB::Open(DatabaseOptions(memory), directory.string(), &opened);
  };
  rocksdb::Status status = open();
  if (status.IsCorruption() && disk::CutManifest(directory)) status = open();
  std::shared_ptr<rocksdb::DB> database(opened);
  if (status.IsCorruption() || status.IsInvalidArgument()) return Damaged();
  if (!status.ok()) {
    return Refuse(v1::ERROR_REASON_STORAGE_FAILED,
                  "`state.directory` could not be opened; it must be writable and not in use by "
                  "another process");
  }
  const std::optional<model::Position> position = ReadPosition(*database, rocksdb::ReadOptions());
  if (!position) return Damaged();
  if (*position == 0) {
    // Rows without a position cannot come from a batch of ours.
    if (HasRows(*database)) return Damaged();
    const rocksdb::Status begun = database->Put(
        rocksdb::WriteOptions(), SliceOf(Key(Table::kStateShape).bytes()), SliceOf(ShapeBytes()));
    if (!begun.ok()) return Refuse(v1::ERROR_REASON_STORAGE_FAILED, "the state takes no rows");
  }
  return std::make_unique<RocksdbDatabase>(std::move(database), *position);
}

}  // namespace tearline::state
