#include "tests/doubles/memory_ledger.h"

#include <utility>

#include "broker/ledger/chain.h"
#include "broker/model/limits.h"
#include "broker/status/invariant.h"

namespace tearline::doubles {
namespace {

Status Unknown() {
  return Refuse(v1::ERROR_REASON_LEDGER_UNKNOWN, "it is not known whether the group was kept");
}

}  // namespace

MemoryLedger::MemoryLedger() : MemoryLedger(std::make_shared<MemoryDisk>()) {}

MemoryLedger::MemoryLedger(std::shared_ptr<MemoryDisk> disk) : disk_(std::move(disk)) {
  const std::lock_guard<std::mutex> lock(disk_->mutex);
  opening_ = ++disk_->openings;
  if (!disk_->records.empty()) {
    const Result<ledger::Header> newest = ledger::DecodeHeader(disk_->records.back().header);
    TEARLINE_INVARIANT(newest.ok(), "the newest record of a memory ledger is whole");
    term_ = newest->term + 1;
  }
}

Result<model::Position> MemoryLedger::Append(std::span<const ledger::Record> records) {
  TEARLINE_INVARIANT(!records.empty(), "an append holds records");
  const std::lock_guard<std::mutex> lock(disk_->mutex);
  if (opening_ != disk_->openings) {
    return Refuse(v1::ERROR_REASON_LEDGER_FENCED, "another writer has taken over");
  }
  if (failed_) return Unknown();
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    TEARLINE_INVARIANT(records[i].position == disk_->records.size() + i + 1,
                       "positions rise by one");
    TEARLINE_INVARIANT(records[i].segments.size() <= model::kEventSegmentsMax,
                       "a record has at most kEventSegmentsMax segments");
    bytes += records[i].header.size();
    for (const std::string& segment : records[i].segments) bytes += segment.size();
  }
  TEARLINE_INVARIANT(bytes <= model::kAppendBytesMax, "an append is at most kAppendBytesMax");
  for (const ledger::Record& record : records) {
    if (fail_after_ && (*fail_after_)-- == 0) {
      failed_ = true;
      return Unknown();
    }
    disk_->records.push_back(record);
  }
  if (fail_after_) {
    failed_ = true;
    return Unknown();
  }
  return disk_->records.size();
}

Result<std::vector<ledger::StoredHeader>> MemoryLedger::ReadHeaders(model::Position position,
                                                                    std::size_t bytes_max) const {
  const std::lock_guard<std::mutex> lock(disk_->mutex);
  std::vector<ledger::StoredHeader> headers;
  if (position >= disk_->records.size()) return headers;
  ledger::Chain chain;
  if (position > 0) {
    Result<ledger::Chain> after =
        ledger::Chain::After(position, disk_->records[position - 1].header);
    if (!after.ok()) return after.status();
    chain = *std::move(after);
  }
  std::size_t bytes = 0;
  for (std::size_t next = position; next < disk_->records.size(); ++next) {
    const std::string& header = disk_->records[next].header;
    if (!headers.empty() && bytes + header.size() > bytes_max) break;
    bytes += header.size();
    Result<ledger::StoredHeader> stored = chain.Next(header);
    if (!stored.ok()) return stored.status();
    headers.push_back(*std::move(stored));
  }
  return headers;
}

Result<std::string> MemoryLedger::ReadSegment(model::Position position, std::uint32_t index) const {
  if (disk_->reading_segment) disk_->reading_segment();
  const std::lock_guard<std::mutex> lock(disk_->mutex);
  if (position == 0 || position > disk_->records.size() ||
      index >= disk_->records[position - 1].segments.size()) {
    return ledger::CorruptAt(position, "segment " + std::to_string(index) + " is missing");
  }
  return disk_->records[position - 1].segments[index];
}

model::Position MemoryLedger::Tip() const {
  const std::lock_guard<std::mutex> lock(disk_->mutex);
  return disk_->records.size();
}

}  // namespace tearline::doubles
