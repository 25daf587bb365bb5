#pragma once

#include <cstdint>

namespace tearline::sequencer {

/// Tells whether the wall clock can be believed. A stamp decides what a grant allows and when a
/// deadline falls, so a clock that jumped must be looked at by a person before it is written down.
///
/// Times are milliseconds. Threads: one.
class ClockWatch {
 public:
  /// At a start: parted if the wall is more than kClockGapMax ahead of the ledger's last stamp, or
  /// more than kClockPartMax behind it. A ledger without records has no stamp: `last_stamp_ms` 0.
  ClockWatch(std::int64_t wall_ms, std::int64_t monotonic_ms, std::int64_t last_stamp_ms);

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

}  // namespace tearline::sequencer
