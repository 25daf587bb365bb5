#pragma once

#include <cstdint>
#include <string>

#include "tearline/stored/v1/row.pb.h"

namespace tearline::sequencer {

/// Tells whether the wall clock can be believed. A stamp decides what a grant allows and when a
/// deadline falls, so a clock that jumped must be looked at by a person before it is written down.
///
/// A stamp is the ledger's time (ledger_clock.h), or the stamp before it if that is later. Where a
/// clock once ran ahead, the last stamp alone cannot tell whether a clock that is behind it has
/// jumped; what an operator confirmed since can, and is kept with the stamp it got.
///
/// Times are milliseconds. Threads: one.
class ClockWatch {
 public:
  /// At a start: parted if the wall is more than kClockGapMax ahead of the ledger's last stamp, or
  /// more than kClockPartMax behind what it showed when that was given. `row` is the ledger's; a
  /// ledger without records has no stamp.
  ClockWatch(std::int64_t wall_ms, std::int64_t monotonic_ms, const stored::v1::LedgerRow& row);

  /// Whether the clocks have parted: since the start, or because the wall moved against the
  /// monotonic clock by more than kClockPartMax since the last confirmation. Stays so until
  /// Confirm.
  bool Parted(std::int64_t wall_ms, std::int64_t monotonic_ms);

  /// Somebody has confirmed the wall clock: what it says now is where comparing starts again.
  void Confirm(std::int64_t wall_ms, std::int64_t monotonic_ms);

 private:
  std::int64_t wall_ms_;
  std::int64_t monotonic_ms_;
  bool parted_;
};

/// What an operator must do about a clock that parted, with both times in UTC.
[[nodiscard]] std::string ClockAdvice(std::int64_t wall_ms, const stored::v1::LedgerRow& row);

}  // namespace tearline::sequencer
