#pragma once

#include <cstdint>

#include "tearline/stored/v1/row.pb.h"

namespace tearline::sequencer {

/// The ledger's time by the wall clock's. They are the same, unless a clock once ran ahead: then
/// the last stamp lies in the future and cannot be taken back, since stamps never go backwards.
/// From the moment at which an operator confirmed the wall clock the ledger's time then goes half
/// as fast, until the wall clock has caught up with it. So deadlines fall due meanwhile, none
/// earlier than it should and none after more than twice its time; and the two are one again after
/// twice the time by which the clock ran ahead.
///
/// Times are milliseconds since 1970. Threads: any.
class LedgerClock {
 public:
  /// By what was confirmed last; `row` is the ledger's.
  explicit LedgerClock(const stored::v1::LedgerRow& row);

  /// What the ledger's clock shows when the wall clock shows `wall_ms`, the stamps given until then
  /// left aside.
  [[nodiscard]] std::int64_t TimeAt(std::int64_t wall_ms) const;

  /// What the wall clock showed at least when a stamp was given. Requires: given since then.
  [[nodiscard]] std::int64_t WallAt(std::int64_t stamp_ms) const;

 private:
  std::int64_t confirmed_wall_ms_;
  std::int64_t confirmed_stamp_ms_;
};

}  // namespace tearline::sequencer
