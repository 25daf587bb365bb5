#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "broker/crypto/digest.h"
#include "broker/ledger/record.h"
#include "broker/model/ids.h"
#include "broker/sequencer/ledger_clock.h"
#include "broker/sequencer/proposer.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::sequencer {

/// The seed of a record, in bytes.
inline constexpr std::size_t kSeedBytes = 32;

/// The header's bytes apart from actor and command: see docs/on-disk.md, "Record".
inline constexpr std::size_t kHeaderFixedBytes = 124;

/// A record ready for the ledger, and its header as the machine reads it.
struct Written {
  ledger::StoredHeader stored;
  ledger::Record record;
};

/// Links records to each other: gives each its position, its stamp and the digest of the one before
/// it. What it gave out must be appended in that order, or never.
///
/// Threads: one.
class RecordChain {
 public:
  /// Goes on after the record at `tip`. An empty ledger (`tip` 0) is given a random id.
  ///
  /// Requires: `row` is the ledger's row at `tip`; empty if `tip` is 0.
  RecordChain(const stored::v1::LedgerRow& row, model::Position tip, std::uint64_t term);

  /// The stamp of the next record if the wall clock shows `wall_ms`: the ledger's time, or the
  /// stamp before it if that is later.
  [[nodiscard]] std::int64_t StampAt(std::int64_t wall_ms) const;

  /// Somebody confirmed the wall clock: from now on the ledger's time goes by that. `row` is the
  /// ledger's.
  void Confirm(const stored::v1::LedgerRow& row) { clock_ = LedgerClock(row); }

  /// The next record: `proposal` without its segments' copies, which are moved out of it. Its stamp
  /// is StampAt(wall_ms).
  ///
  /// Requires: `actor_bytes` is proposal.actor; CheckRecordSize lets it in.
  Written Write(Proposal& proposal, const std::string& actor_bytes, std::int64_t wall_ms);

  model::Position tip() const { return tip_; }
  std::int64_t last_stamp_ms() const { return last_stamp_ms_; }

 private:
  model::LedgerId ledger_id_;
  std::uint64_t term_;
  model::Position tip_;
  crypto::Digest previous_;
  std::int64_t last_stamp_ms_;
  LedgerClock clock_;
};

/// How large the header of a proposal becomes.
[[nodiscard]] std::size_t HeaderBytes(const Proposal& proposal, const std::string& actor_bytes);

/// How large its segments are together.
[[nodiscard]] std::size_t SegmentBytes(const Proposal& proposal);

/// Whether a record can hold it.
///
/// Refuses: LIMIT_PASSED, for its header or in all.
[[nodiscard]] Status CheckRecordSize(const Proposal& proposal, const std::string& actor_bytes);

}  // namespace tearline::sequencer
