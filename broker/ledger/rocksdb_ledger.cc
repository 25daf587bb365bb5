#include "broker/ledger/rocksdb_ledger.h"

#include <rocksdb/db.h>
#include <rocksdb/iostats_context.h>
#include <rocksdb/options.h>
#include <rocksdb/perf_level.h>
#include <rocksdb/write_batch.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/ledger/chain.h"
#include "broker/ledger/head_file.h"
#include "broker/ledger/head_keeper.h"
#include "broker/ledger/rocksdb_store.h"
#include "broker/model/limits.h"
#include "broker/status/invariant.h"
#include "broker/telemetry/log.h"
#include "broker/telemetry/metrics.h"

namespace tearline::ledger {
namespace {

using telemetry::Event;
using telemetry::Field;
using telemetry::Log;

/// Bytes that guard each key and value on its way through memory.
constexpr std::size_t kProtectionBytesPerKey = 8;

/// Times what the store waits for the disk on this thread, to the end of the scope.
class SyncWatch {
 public:
  SyncWatch() {
    rocksdb::get_iostats_context()->fsync_nanos = 0;
    rocksdb::SetPerfLevel(rocksdb::PerfLevel::kEnableTimeExceptForMutex);
  }
  ~SyncWatch() {
    rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable);
    const std::chrono::nanoseconds took(rocksdb::get_iostats_context()->fsync_nanos);
    telemetry::Time(telemetry::Timing::kSync,
                    std::chrono::duration_cast<std::chrono::microseconds>(took));
  }
  SyncWatch(const SyncWatch&) = delete;
  SyncWatch& operator=(const SyncWatch&) = delete;
};

class Engine final : public Ledger {
 public:
  Engine(Store store, std::shared_ptr<Failure> failure, model::Position tip, std::uint64_t term)
      : store_(std::move(store)), failure_(std::move(failure)), tip_(tip), term_(term) {}

  /// Requires: called once, before the engine is given out.
  void KeepHead(const std::filesystem::path& directory, const Head& written) {
    keeper_ = std::make_unique<HeadKeeper>(
        directory, written, [this] { return NewestHead(); }, [this] { failure_->Set(); });
  }

  Result<model::Position> Append(std::span<const Record> records) override {
    TEARLINE_INVARIANT(!records.empty(), "an append holds records");
    if (failure_->IsSet()) return Unknown();
    model::Position tip = tip_.load();
    std::size_t bytes = 0;
    rocksdb::WriteBatch group(0, 0, kProtectionBytesPerKey, 0);
    for (const Record& record : records) {
      TEARLINE_INVARIANT(record.position == ++tip, "positions rise by one");
      bytes += record.header.size();
      rocksdb::Status added =
          group.Put(store_.headers(), SliceOf(HeaderKey(tip)), SliceOf(record.header));
      for (std::size_t i = 0; i < record.segments.size(); ++i) {
        bytes += record.segments[i].size();
        if (added.ok()) {
          added = group.Put(store_.segments(), SliceOf(SegmentKey(tip, i)),
                            SliceOf(record.segments[i]));
        }
      }
      TEARLINE_INVARIANT(added.ok(), "a record fits its group");
      TEARLINE_INVARIANT(record.segments.size() <= model::kEventSegmentsMax,
                         "a record has at most kEventSegmentsMax segments");
    }
    TEARLINE_INVARIANT(bytes <= model::kAppendBytesMax, "an append is at most kAppendBytesMax");
    rocksdb::WriteOptions durable;
    durable.sync = true;
    const rocksdb::Status written = [&] {
      const SyncWatch watch;
      return store_.database->Write(durable, &group);
    }();
    if (!written.ok() || failure_->IsSet()) {
      failure_->Set();
      return Unknown();
    }
    tip_.store(tip);
    return tip;
  }

  Result<std::vector<StoredHeader>> ReadHeaders(model::Position position,
                                                std::size_t bytes_max) const override {
    const model::Position tip = tip_.load();
    std::vector<StoredHeader> headers;
    if (position >= tip) return headers;
    Chain chain;
    if (position > 0) {
      Result<std::string> bytes = store_.HeaderAt(position);
      if (!bytes.ok()) return bytes.status();
      Result<Chain> after = Chain::After(position, *std::move(bytes));
      if (!after.ok()) return after.status();
      chain = *std::move(after);
    }
    const std::unique_ptr<rocksdb::Iterator> row(
        store_.database->NewIterator(rocksdb::ReadOptions(), store_.headers()));
    row->Seek(SliceOf(HeaderKey(position + 1)));
    std::size_t bytes = 0;
    for (model::Position next = position + 1; next <= tip; ++next, row->Next()) {
      if (!row->Valid()) {
        return CorruptAt(
            next, row->status().ok() ? "its header is missing" : "its header cannot be read");
      }
      if (PositionOf(row->key()) != next) return CorruptAt(next, "its header is missing");
      if (!headers.empty() && bytes + row->value().size() > bytes_max) break;
      bytes += row->value().size();
      Result<StoredHeader> header = chain.Next(row->value().ToString());
      if (!header.ok()) return header.status();
      headers.push_back(*std::move(header));
    }
    return headers;
  }

  Result<std::string> ReadSegment(model::Position position, std::uint32_t index) const override {
    return store_.SegmentAt(position, index);
  }

  model::Position Tip() const override { return tip_.load(); }

  std::uint64_t Term() const override { return term_; }

 private:
  static Status Unknown() {
    return Refuse(v1::ERROR_REASON_LEDGER_UNKNOWN,
                  "a write to the ledger failed; stop, and let a new start find out what was kept");
  }

  Result<Head> NewestHead() const {
    const model::Position tip = tip_.load();
    if (tip == 0) return Head{};
    const Result<std::string> header = store_.HeaderAt(tip);
    if (!header.ok()) return header.status();
    return Head{tip, crypto::Sha256(*header)};
  }

  const Store store_;
  const std::shared_ptr<Failure> failure_;
  std::atomic<model::Position> tip_;
  const std::uint64_t term_;
  std::unique_ptr<HeadKeeper> keeper_;  // Last: its thread ends before the store closes.
};

/// Where the ledger ends, proved as far as its last record can.
struct End {
  model::Position tip = 0;
  std::uint64_t term = 0;
  Head head;
};

Result<End> FindEnd(const Store& store) {
  const std::unique_ptr<rocksdb::Iterator> row(
      store.database->NewIterator(rocksdb::ReadOptions(), store.headers()));
  row->SeekToLast();
  if (!row->Valid()) {
    if (row->status().ok()) return End{};
    return Refuse(v1::ERROR_REASON_LEDGER_CORRUPT, "the ledger's newest record cannot be read");
  }
  const std::optional<model::Position> tip = PositionOf(row->key());
  if (!tip || *tip == 0) {
    return Refuse(v1::ERROR_REASON_LEDGER_CORRUPT, "the ledger holds a header under no position");
  }
  Chain chain;
  if (*tip > 1) {
    Result<std::string> before = store.HeaderAt(*tip - 1);
    if (!before.ok()) return before.status();
    Result<Chain> after = Chain::After(*tip - 1, *std::move(before));
    if (!after.ok()) return after.status();
    chain = *std::move(after);
  }
  const Result<StoredHeader> newest = chain.Next(row->value().ToString());
  if (!newest.ok()) return newest.status();
  for (std::size_t i = 0; i < newest->header.segments; ++i) {
    const Result<std::string> segment = store.SegmentAt(*tip, i);
    if (!segment.ok()) return segment.status();
  }
  return End{*tip, newest->header.term, {*tip, newest->digest}};
}

Status TailLost(model::Position tip, const Head& head, const std::string& fault) {
  const std::string proved = std::to_string(head.position);
  return Refuse(v1::ERROR_REASON_LEDGER_TAIL_LOST,
                "the ledger ends at position " + std::to_string(tip) + ", " + fault +
                    " its head file proves position " + proved +
                    "; restore a backup that reaches at least position " + proved);
}

/// Holds the ledger against its head file, and brings that up to date.
Status HoldAgainstHeadFile(const std::filesystem::path& directory, const Store& store,
                           const End& end) {
  const Result<Head> proved = ReadHeadFile(directory);
  switch (ReasonOf(proved.status())) {
    case v1::ERROR_REASON_UNSPECIFIED:
      break;
    case v1::ERROR_REASON_NOT_FOUND:
      if (end.tip > 0) Log(Event::kHeadFileMissing).With(Field::kPosition, end.tip);
      return WriteHeadFile(directory, end.head);
    case v1::ERROR_REASON_LEDGER_CORRUPT:
      Log(Event::kHeadFileDamaged).With(Field::kPosition, end.tip);
      return WriteHeadFile(directory, end.head);
    default:
      return proved.status();
  }
  if (proved->position > end.tip) return TailLost(end.tip, *proved, "but");
  if (proved->position > 0) {
    const Result<std::string> header = store.HeaderAt(proved->position);
    if (!header.ok()) return header.status();
    if (crypto::Sha256(*header) != proved->digest) {
      return TailLost(end.tip, *proved, "with another history than");
    }
  }
  return *proved == end.head ? Status() : WriteHeadFile(directory, end.head);
}

}  // namespace

Result<std::unique_ptr<Ledger>> RocksdbLedger::Open(const settings::v1::RocksdbLedger& settings) {
  const std::filesystem::path directory = settings.directory();
  const auto failure = std::make_shared<Failure>();
  Result<Store> store = OpenStore(directory, failure);
  if (!store.ok()) return store.status();
  const Result<End> end = FindEnd(*store);
  if (!end.ok()) return end.status();
  TEARLINE_RETURN_IF_REFUSED(HoldAgainstHeadFile(directory, *store, *end));
  const std::uint64_t term = end->term + 1;
  auto engine = std::make_unique<Engine>(*std::move(store), failure, end->tip, term);
  engine->KeepHead(directory, end->head);
  Log(Event::kLedgerOpened).With(Field::kPosition, end->tip).With(Field::kTerm, term);
  return std::unique_ptr<Ledger>(std::move(engine));
}

}  // namespace tearline::ledger
