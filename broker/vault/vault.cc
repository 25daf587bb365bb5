#include "broker/vault/vault.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "broker/crypto/digest.h"
#include "broker/crypto/key_file.h"
#include "broker/crypto/random.h"
#include "broker/crypto/seal.h"
#include "broker/disk/cut_manifest.h"
#include "broker/disk/marked_files.h"
#include "broker/status/invariant.h"
#include "broker/vault/remains.h"

namespace tearline::vault {
namespace {

/// The row of the index key; the rows of subject keys are "s" and the id, those of what was wrapped
/// anew under one "r", its id and a digest of what was recorded.
constexpr std::string_view kIndexKeyRow = "i";
/// Of what was recorded, in a row's key: one wrap is not taken for another.
constexpr std::size_t kRecordedDigestBytes = 16;
/// Small files, so that a compaction around one key is short.
constexpr std::uint64_t kFileBytes = 4 * 1024 * 1024;
/// How often, and how far apart, files are looked at again for a key that was destroyed: RocksDB
/// removes what it no longer needs a moment after it said so.
constexpr int kLooks = 100;
constexpr std::chrono::milliseconds kBetweenLooks{20};

rocksdb::Slice SliceOf(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

std::string RowOf(const model::SubjectKeyId& id) { return "s" + id.Bytes(); }

std::string RewrapsOf(const model::SubjectKeyId& id) { return "r" + id.Bytes(); }
std::string RewrapRowOf(const model::SubjectKeyId& id, const std::string& recorded) {
  return RewrapsOf(id) + crypto::Sha256(recorded).Bytes().substr(0, kRecordedDigestBytes);
}

rocksdb::WriteOptions Durable() {
  rocksdb::WriteOptions options;
  options.sync = true;
  return options;
}

Status StorageFailed(const std::string& sentence) {
  return Refuse(v1::ERROR_REASON_STORAGE_FAILED, sentence);
}

class RocksdbVault final : public Vault {
 public:
  RocksdbVault(std::filesystem::path directory, std::unique_ptr<rocksdb::DB> database,
               crypto::Secret key_encryption_key, crypto::Secret index_key)
      : directory_(std::move(directory)),
        database_(std::move(database)),
        key_encryption_key_(std::move(key_encryption_key)),
        index_key_(std::move(index_key)) {}

  Result<std::vector<model::SubjectKeyId>> Make(std::size_t count) override {
    std::vector<model::SubjectKeyId> ids;
    if (count == 0) return ids;
    rocksdb::WriteBatch rows;
    for (std::size_t i = 0; i < count; ++i) {
      ids.push_back(
          *model::SubjectKeyId::FromBytes(crypto::RandomBytes(model::SubjectKeyId::kBytes)));
      const crypto::Secret key(crypto::RandomBytes(crypto::kSealKeyBytes));
      const rocksdb::Status added =
          rows.Put(RowOf(ids.back()), crypto::Wrap(key_encryption_key_.View(), key.View()));
      TEARLINE_INVARIANT(added.ok(), "a key fits its batch");
    }
    if (!database_->Write(Durable(), &rows).ok()) {
      return StorageFailed("new subject keys could not be written");
    }
    return ids;
  }

  Status Keep(const std::vector<Successor>& successors) override {
    rocksdb::WriteBatch rows;
    for (const Successor& each : successors) {
      for (const Rewrap& wrap : each.wraps) {
        const rocksdb::Status added = rows.Put(RewrapRowOf(each.id, wrap.recorded), wrap.anew);
        TEARLINE_INVARIANT(added.ok(), "what was wrapped anew fits its batch");
      }
      const rocksdb::Status added =
          rows.Put(RowOf(each.id), crypto::Wrap(key_encryption_key_.View(), each.key.View()));
      TEARLINE_INVARIANT(added.ok(), "a key fits its batch");
    }
    if (database_->Write(Durable(), &rows).ok()) return {};
    return StorageFailed("subject keys that replace others could not be written");
  }

  Result<std::optional<std::string>> FindRewrap(const model::SubjectKeyId& id,
                                                const std::string& recorded) const override {
    std::string anew;
    const rocksdb::Status read =
        database_->Get(rocksdb::ReadOptions(), RewrapRowOf(id, recorded), &anew);
    if (read.IsNotFound()) return std::optional<std::string>();
    if (!read.ok()) return StorageFailed("what was wrapped anew could not be read");
    return std::optional<std::string>(std::move(anew));
  }

  Result<crypto::Secret> Find(const model::SubjectKeyId& id) const override {
    std::string wrapped;
    const rocksdb::Status read = database_->Get(rocksdb::ReadOptions(), RowOf(id), &wrapped);
    if (read.IsNotFound()) {
      return Refuse(v1::ERROR_REASON_KEY_MISSING, "a subject key is not in the vault");
    }
    if (!read.ok()) return StorageFailed("a subject key could not be read");
    Result<std::string> key = crypto::Unwrap(key_encryption_key_.View(), wrapped);
    if (!key.ok()) return key.status();
    return crypto::Secret(*std::move(key));
  }

  Result<bool> HoldsAll(const std::vector<model::SubjectKeyId>& ids) const override {
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    const std::unique_ptr<rocksdb::Iterator> row(database_->NewIterator(options));
    for (const model::SubjectKeyId& id : ids) {
      const std::string wanted = RowOf(id);
      // Most often the next one is wanted; a step costs less than a search.
      if (row->Valid()) row->Next();
      if (!row->Valid() || row->key() != SliceOf(wanted)) row->Seek(SliceOf(wanted));
      if (!row->status().ok()) return StorageFailed("the vault's keys could not be read");
      if (!row->Valid() || row->key() != SliceOf(wanted)) return false;
    }
    return true;
  }

  Result<std::vector<model::SubjectKeyId>> List(const std::optional<model::SubjectKeyId>& after,
                                                std::size_t count) const override {
    std::vector<model::SubjectKeyId> ids;
    const std::unique_ptr<rocksdb::Iterator> row(database_->NewIterator(rocksdb::ReadOptions()));
    const std::string last = after ? RowOf(*after) : std::string();
    row->Seek(after ? SliceOf(last) : rocksdb::Slice("s"));
    for (; row->Valid() && ids.size() < count; row->Next()) {
      const std::string key = row->key().ToString();
      if (key == last) continue;
      const auto id = model::SubjectKeyId::FromBytes(std::string_view(key).substr(1));
      if (key.front() != 's' || !id.ok()) return StorageFailed("a vault's row does not read");
      ids.push_back(*id);
    }
    if (!row->status().ok()) return StorageFailed("the vault's keys could not be read");
    return ids;
  }

  Status Destroy(const std::vector<model::SubjectKeyId>& ids) override {
    if (ids.empty()) return {};
    std::vector<std::string> wrapped_keys;
    rocksdb::WriteBatch erasures;
    for (const model::SubjectKeyId& id : ids) {
      std::string wrapped;
      const rocksdb::Status read = database_->Get(rocksdb::ReadOptions(), RowOf(id), &wrapped);
      if (read.ok()) wrapped_keys.push_back(std::move(wrapped));
      if (!read.ok() && !read.IsNotFound()) return CouldNotDestroy();
      if (!erasures.Delete(RowOf(id)).ok()) return CouldNotDestroy();
      // Nothing opens these without the key: they only take room.
      const std::string after_all = RewrapsOf(id) + std::string(kRecordedDigestBytes + 1, '\xff');
      if (!erasures.DeleteRange(RewrapsOf(id), after_all).ok()) return CouldNotDestroy();
    }
    // One that is gone already goes the whole way too: a crash may have fallen between its erasure
    // and the compaction. The flush retires the log, the compaction the files.
    if (!database_->Write(Durable(), &erasures).ok()) return CouldNotDestroy();
    if (!database_->Flush(rocksdb::FlushOptions()).ok()) return CouldNotDestroy();
    rocksdb::CompactRangeOptions thorough;
    thorough.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    for (const model::SubjectKeyId& id : ids) {
      const std::string row = RowOf(id);
      const rocksdb::Slice only = SliceOf(row);
      if (!database_->CompactRange(thorough, &only, &only).ok()) return CouldNotDestroy();
    }
    for (int look = 0; look < kLooks; ++look) {
      if (!AnyRemains(directory_, wrapped_keys)) return {};
      std::this_thread::sleep_for(kBetweenLooks);
    }
    return CouldNotDestroy();
  }

  const crypto::Secret& IndexKey() const override { return index_key_; }

 private:
  static Status CouldNotDestroy() {
    return StorageFailed("subject keys could not be destroyed; destroy them again");
  }

  const std::filesystem::path directory_;
  const std::unique_ptr<rocksdb::DB> database_;
  const crypto::Secret key_encryption_key_;
  const crypto::Secret index_key_;
};

/// Whether `file`, links followed, lies within `directory`: whoever copies the vault would copy
/// both.
bool LiesWithin(const std::filesystem::path& file, const std::filesystem::path& directory) {
  std::error_code error;
  const std::filesystem::path real_file = std::filesystem::weakly_canonical(file, error);
  const std::filesystem::path real_directory = std::filesystem::weakly_canonical(directory, error);
  if (error) return true;
  const auto [end, in_file] = std::mismatch(real_directory.begin(), real_directory.end(),
                                            real_file.begin(), real_file.end());
  // A directory that was written with a last `/` ends in an empty name.
  return end == real_directory.end() || end->empty();
}

Status MakeDirectory(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::path parent = std::filesystem::absolute(directory, error).lexically_normal();
  if (!parent.has_filename()) parent = parent.parent_path();
  parent = parent.parent_path();
  if (!std::filesystem::create_directory(directory, error)) {
    if (std::filesystem::is_directory(directory, error)) return {};
    return StorageFailed("`vault.directory` could not be made; its parent must exist");
  }
  std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
  std::unique_ptr<rocksdb::Directory> handle;
  if (error || !rocksdb::Env::Default()->NewDirectory(parent.string(), &handle).ok() ||
      !handle->Fsync().ok()) {
    return StorageFailed("`vault.directory` could not be made");
  }
  return {};
}

/// Whether nothing in the directory could ever have held a key: RocksDB would make a new and empty
/// vault over one that lost a single small file, and everything sealed would look erased.
bool NeverHeldKeys(const std::filesystem::path& directory) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    const std::filesystem::path& file = entry.path();
    if (file.filename() == "CURRENT" || file.extension() == ".sst" || file.extension() == ".log") {
      return false;
    }
  }
  return !error;
}

/// What is done about a log that does not read to its end.
enum class TornLog : std::uint8_t {
  kRefuse,  ///< Unless it merely ends early. A key that can't be read is damage, never an erasure.
  kRead,    ///< Up to there; nothing is changed.
  kCut,     ///< There, for good.
};

/// Opens the files; `torn` is set if they are refused for a log that does not read to its end, or
/// for other damage.
Result<std::unique_ptr<rocksdb::DB>> OpenDatabase(const std::filesystem::path& directory,
                                                  TornLog how, bool& torn) {
  rocksdb::Options options;
  options.env = disk::MarkedFiles();
  options.create_if_missing = NeverHeldKeys(directory);
  options.paranoid_checks = true;
  options.wal_recovery_mode = how == TornLog::kRefuse
                                  ? rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords
                                  : rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.max_bgerror_resume_count = 0;
  options.fail_if_options_file_error = true;
  options.compression = rocksdb::kNoCompression;  // Or a destroyed key could hide from a search.
  options.target_file_size_base = kFileBytes;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.keep_log_file_num = 4;
  rocksdb::DB* database = nullptr;
  const rocksdb::Status opened =
      how == TornLog::kRead ? rocksdb::DB::OpenForReadOnly(options, directory.string(), &database)
                            : rocksdb::DB::Open(options, directory.string(), &database);
  torn = opened.IsCorruption();
  if (!opened.ok()) {
    return StorageFailed(
        "the vault could not be opened: its files are damaged, or another process has it open");
  }
  return std::unique_ptr<rocksdb::DB>(database);
}

/// The index key: as it lies there, or drawn if nothing lies there at all.
Result<crypto::Secret> IndexKeyOf(rocksdb::DB& database, const crypto::Secret& key_encryption_key) {
  std::string wrapped;
  const rocksdb::Status read =
      database.Get(rocksdb::ReadOptions(), SliceOf(kIndexKeyRow), &wrapped);
  if (read.ok()) {
    Result<std::string> key = crypto::Unwrap(key_encryption_key.View(), wrapped);
    if (key.ok()) return crypto::Secret(*std::move(key));
    return Refuse(v1::ERROR_REASON_SEAL_BROKEN,
                  "`vault.key_encryption_key_file` holds another key than the vault was made with; "
                  "restore the key file that belongs to this vault");
  }
  const std::unique_ptr<rocksdb::Iterator> row(database.NewIterator(rocksdb::ReadOptions()));
  row->SeekToFirst();
  if (!read.IsNotFound() || row->Valid() || !row->status().ok()) {
    return StorageFailed("the vault's index key cannot be read; restore the vault from a backup");
  }
  crypto::Secret key(crypto::RandomBytes(crypto::kSealKeyBytes));
  wrapped = crypto::Wrap(key_encryption_key.View(), key.View());
  if (!database.Put(Durable(), SliceOf(kIndexKeyRow), wrapped).ok()) {
    return StorageFailed("the vault's index key could not be written");
  }
  return key;
}

}  // namespace

Result<bool> Vault::HoldsAll(const std::vector<model::SubjectKeyId>& ids) const {
  for (const model::SubjectKeyId& id : ids) {
    const Result<crypto::Secret> key = Find(id);
    if (ReasonOf(key.status()) == v1::ERROR_REASON_KEY_MISSING) return false;
    if (!key.ok()) return key.status();
  }
  return true;
}

Result<std::unique_ptr<Vault>> Vault::Open(const std::filesystem::path& directory,
                                           const std::filesystem::path& key_encryption_key_file,
                                           const Proof& proof) {
  if (directory.empty()) return StorageFailed("`vault.directory` must be named");
  if (LiesWithin(key_encryption_key_file, directory)) {
    return Refuse(v1::ERROR_REASON_KEY_FILE_UNSAFE,
                  "`vault.key_encryption_key_file` must lie outside `vault.directory`");
  }
  Result<crypto::Secret> key_encryption_key = crypto::ReadKeyFile(
      key_encryption_key_file, crypto::kSealKeyBytes, "`vault.key_encryption_key_file`");
  if (!key_encryption_key.ok()) return key_encryption_key.status();
  TEARLINE_RETURN_IF_REFUSED(MakeDirectory(directory));
  const auto open = [&](TornLog how, bool& torn) -> Result<std::unique_ptr<Vault>> {
    Result<std::unique_ptr<rocksdb::DB>> database = OpenDatabase(directory, how, torn);
    if (!database.ok()) return database.status();
    Result<crypto::Secret> index_key = IndexKeyOf(**database, *key_encryption_key);
    if (!index_key.ok()) return index_key.status();
    std::unique_ptr<Vault> vault = std::make_unique<RocksdbVault>(
        directory, *std::move(database), crypto::Secret(std::string(key_encryption_key->View())),
        *std::move(index_key));
    if (proof) TEARLINE_RETURN_IF_REFUSED(proof(*vault));
    return vault;
  };
  bool torn = false;
  Result<std::unique_ptr<Vault>> vault = open(TornLog::kRefuse, torn);
  if (torn && disk::CutManifest(directory)) vault = open(TornLog::kRefuse, torn);
  if (!torn || !proof) return vault;
  const Result<std::unique_ptr<Vault>> as_it_reads = open(TornLog::kRead, torn);
  if (!as_it_reads.ok()) return as_it_reads.status();
  return open(TornLog::kCut, torn);
}

}  // namespace tearline::vault
