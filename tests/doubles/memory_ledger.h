#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "broker/ledger/ledger.h"

namespace tearline::doubles {

/// What would be on disk: outlives the ledgers that are opened over it.
struct MemoryDisk {
  std::mutex mutex;
  std::vector<ledger::Record> records;
  std::uint64_t openings = 0;  ///< Whoever opened it last is the writer.
  /// Called before a segment is read, without the mutex: a test may hold the reader up. Set before
  /// anybody reads.
  std::function<void()> reading_segment;
};

/// The ledger in memory: keeps L1 to L5 (tests/contract), where "a crash" is dropping the object.
/// Opening another over the same disk fences this one.
///
/// Threads: as a Ledger; the test's own hooks from the appending thread.
class MemoryLedger final : public ledger::Ledger {
 public:
  /// A ledger over an empty disk of its own.
  MemoryLedger();
  /// A ledger over what is on `disk`. Stops the process if its newest record is damaged.
  explicit MemoryLedger(std::shared_ptr<MemoryDisk> disk);

  Result<model::Position> Append(std::span<const ledger::Record> records) override;
  Result<std::vector<ledger::StoredHeader>> ReadHeaders(model::Position position,
                                                        std::size_t bytes_max) const override;
  Result<std::string> ReadSegment(model::Position position, std::uint32_t index) const override;
  model::Position Tip() const override;
  std::uint64_t Term() const override { return term_; }

  /// The next Append keeps the first `records` of its group and answers LEDGER_UNKNOWN.
  void FailNextAppendAfter(std::size_t records) { fail_after_ = records; }

  const std::shared_ptr<MemoryDisk>& disk() const { return disk_; }

 private:
  const std::shared_ptr<MemoryDisk> disk_;
  std::uint64_t opening_ = 0;
  std::uint64_t term_ = 1;
  std::optional<std::size_t> fail_after_;
  bool failed_ = false;
};

}  // namespace tearline::doubles
