#include "broker/ledger/rocksdb_store.h"

#include <fcntl.h>
#include <rocksdb/env.h>
#include <rocksdb/listener.h>
#include <rocksdb/options.h>
#include <unistd.h>

#include <cstdint>
#include <system_error>
#include <utility>

#include "broker/disk/cut_manifest.h"
#include "broker/disk/marked_files.h"
#include "broker/ledger/chain.h"
#include "broker/model/limits.h"
#include "broker/telemetry/log.h"

namespace tearline::ledger {
namespace {

/// Bytes of write-ahead log after which memory is written out. Bounds the time a start takes.
constexpr std::uint64_t kLogBytesMax = 256 * 1024 * 1024;
/// RocksDB would try again by itself; law 8 says stop.
class StopAtBackgroundError final : public rocksdb::EventListener {
 public:
  explicit StopAtBackgroundError(std::shared_ptr<Failure> failure) : failure_(std::move(failure)) {}
  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status*) override {
    failure_->Set();
  }

 private:
  const std::shared_ptr<Failure> failure_;
};

/// Whether the directory's file system takes direct I/O, which keeps flushes and compactions from
/// standing in the way of the next sync.
bool TakesDirectIo(const std::filesystem::path& directory) {
  const std::string probe = (directory / "direct-io-probe").string();
  const int file = ::open(probe.c_str(), O_CREAT | O_WRONLY | O_DIRECT | O_CLOEXEC, 0600);
  if (file < 0) return false;
  ::close(file);
  ::unlink(probe.c_str());
  return true;
}

/// Whether nothing in the directory could ever have held a record. RocksDB, told to make what is
/// missing, would make a new and empty ledger over one that lost a single small file.
bool NeverHeldRecords(const std::filesystem::path& directory) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    const std::filesystem::path& file = entry.path();
    if (file.filename() == "HEAD" || file.filename() == "CURRENT" || file.extension() == ".sst" ||
        file.extension() == ".log") {
      return false;
    }
  }
  return !error;
}

rocksdb::DBOptions StoreOptions(const std::filesystem::path& directory,
                                const std::shared_ptr<Failure>& failure) {
  rocksdb::DBOptions options;
  options.env = disk::MarkedFiles();
  options.create_if_missing = NeverHeldRecords(directory);
  options.create_missing_column_families = true;  // A crash may fall between the two makings.
  options.paranoid_checks = true;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.max_total_wal_size = kLogBytesMax;
  options.max_bgerror_resume_count = 0;
  options.fail_if_options_file_error = true;
  options.use_direct_io_for_flush_and_compaction = TakesDirectIo(directory);
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.keep_log_file_num = 4;
  options.listeners.push_back(std::make_shared<StopAtBackgroundError>(failure));
  return options;
}

rocksdb::ColumnFamilyOptions FamilyOptions() {
  rocksdb::ColumnFamilyOptions options;
  options.compaction_style = rocksdb::kCompactionStyleLevel;
  // The same on all levels: files of rising keys then move down without being rewritten. Sealed
  // bytes and digests do not compress.
  options.compression = rocksdb::kNoCompression;
  return options;
}

Status MakeDirectory(const std::filesystem::path& directory) {
  Status not_made =
      Refuse(v1::ERROR_REASON_STORAGE_FAILED, "the ledger's directory could not be made");
  std::error_code error;
  std::filesystem::path parent = std::filesystem::absolute(directory, error).lexically_normal();
  if (!parent.has_filename()) parent = parent.parent_path();  // It was written with a last `/`.
  parent = parent.parent_path();
  if (directory.empty() || !std::filesystem::is_directory(parent, error)) {
    return Refuse(v1::ERROR_REASON_CONFIG_INVALID,
                  "`ledger.rocksdb.directory` must be named and its parent must exist");
  }
  if (!std::filesystem::create_directory(directory, error)) {
    return std::filesystem::is_directory(directory, error) ? Status() : not_made;
  }
  std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
  std::unique_ptr<rocksdb::Directory> handle;
  if (error || !rocksdb::Env::Default()->NewDirectory(parent.string(), &handle).ok() ||
      !handle->Fsync().ok()) {
    return not_made;
  }
  return {};
}

}  // namespace

std::string HeaderKey(model::Position position) {
  std::string key;
  for (int shift = 56; shift >= 0; shift -= 8) {
    key.push_back(static_cast<char>((position >> shift) & 0xff));
  }
  return key;
}

std::string SegmentKey(model::Position position, std::size_t index) {
  return HeaderKey(position) + static_cast<char>(index);
}

std::optional<model::Position> PositionOf(const rocksdb::Slice& key) {
  if (key.size() != sizeof(model::Position)) return std::nullopt;
  model::Position position = 0;
  for (std::size_t i = 0; i < key.size(); ++i) {
    position = position << 8 | static_cast<unsigned char>(key[i]);
  }
  return position;
}

void Failure::Set() {
  if (!set_.exchange(true)) telemetry::Log(telemetry::Event::kLedgerFailed);
}

Result<std::string> Store::HeaderAt(model::Position position) const {
  std::string bytes;
  const rocksdb::Status read =
      database->Get(rocksdb::ReadOptions(), headers(), SliceOf(HeaderKey(position)), &bytes);
  if (read.IsNotFound()) return CorruptAt(position, "its header is missing");
  if (!read.ok()) return CorruptAt(position, "its header cannot be read");
  return bytes;
}

Result<std::string> Store::SegmentAt(model::Position position, std::size_t index) const {
  const std::string name = "segment " + std::to_string(index);
  if (index >= model::kEventSegmentsMax) return CorruptAt(position, name + " is missing");
  std::string bytes;
  const rocksdb::Status read = database->Get(rocksdb::ReadOptions(), segments(),
                                             SliceOf(SegmentKey(position, index)), &bytes);
  if (read.IsNotFound()) return CorruptAt(position, name + " is missing");
  if (!read.ok()) return CorruptAt(position, name + " cannot be read");
  return bytes;
}

Result<Store> OpenStore(const std::filesystem::path& directory,
                        const std::shared_ptr<Failure>& failure) {
  TEARLINE_RETURN_IF_REFUSED(MakeDirectory(directory));
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const char* name : {"default", "headers", "segments"}) {
    families.emplace_back(name, FamilyOptions());
  }
  rocksdb::DB* database = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const auto open = [&] {
    return rocksdb::DB::Open(StoreOptions(directory, failure), directory.string(), families,
                             &handles, &database);
  };
  rocksdb::Status opened = open();
  if (opened.IsCorruption() && disk::CutManifest(directory)) opened = open();
  if (opened.ok()) {
    Store store;
    store.database.reset(database);
    for (rocksdb::ColumnFamilyHandle* handle : handles) store.families.emplace_back(handle);
    return store;
  }
  if (opened.IsIOError()) {
    // Was it the lock? Ask for it alone.
    rocksdb::Env* const files = rocksdb::Env::Default();
    rocksdb::FileLock* lock = nullptr;
    if (!files->LockFile((directory / "LOCK").string(), &lock).ok()) {
      return Refuse(v1::ERROR_REASON_LEDGER_FENCED,
                    "another process has the ledger open; only one may write");
    }
    static_cast<void>(files->UnlockFile(lock));
    return Refuse(v1::ERROR_REASON_STORAGE_FAILED, "the ledger's files could not be opened");
  }
  return Refuse(v1::ERROR_REASON_LEDGER_CORRUPT,
                "the ledger's files are damaged or incomplete; restore them from a backup");
}

}  // namespace tearline::ledger
