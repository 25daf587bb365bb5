#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "broker/ledger/record.h"
#include "broker/model/ids.h"
#include "broker/status/status.h"

namespace tearline::ledger {

/// What was said, in order, for ever.
///
/// The promise (tests/contract/ledger_contract_test.cc asks every engine to keep it):
///   L1  A position, once returned by Append, is found by Read after any crash.
///   L2  Positions rise by one from 1; they are ours, written into the record.
///   L3  A record is kept whole (header and segments) or not at all; of a group, a prefix may
///       survive a crash.
///   L4  Once another writer has taken over, Append refuses, always.
///   L5  What is damaged is refused with its position, never skipped and never served.
///
/// Threads: Append from one thread; the rest from any.
class Ledger {
 public:
  virtual ~Ledger() = default;

  /// Appends `records` as one group with one sync, and returns the position of the last once all
  /// are durable. After LEDGER_UNKNOWN every further Append refuses the same: replay decides.
  ///
  /// Requires: not empty; together at most kAppendBytesMax; positions continue Tip().
  /// Refuses:  LEDGER_FENCED   another writer has taken over; stop serving.
  ///           LEDGER_UNKNOWN  it is not known whether the group was kept; stop, and replay.
  virtual Result<model::Position> Append(std::span<const Record> records) = 0;

  /// The headers after `position`, oldest first: together at most `bytes_max` bytes but at least
  /// one, none when `position` is the tip. Each header's link to the one before it is checked.
  ///
  /// Refuses: LEDGER_CORRUPT  with the position of the first bad record.
  virtual Result<std::vector<StoredHeader>> ReadHeaders(model::Position position,
                                                        std::size_t bytes_max) const = 0;

  /// One detached segment, as sealed, checked against nothing: the caller has its digest.
  ///
  /// Refuses: LEDGER_CORRUPT  if it is missing.
  virtual Result<std::string> ReadSegment(model::Position position, std::uint32_t index) const = 0;

  /// The position of the newest durable record; zero if there is none.
  virtual model::Position Tip() const = 0;

  /// The term this writer stamps into its records: one above every term found when it opened.
  virtual std::uint64_t Term() const = 0;
};

}  // namespace tearline::ledger
