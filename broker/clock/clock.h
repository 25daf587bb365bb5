#pragma once

#include <cstdint>

namespace tearline::clock {

/// What time it is, asked in one place so that a test can answer.
///
/// Threads: any.
class Clock {
 public:
  virtual ~Clock() = default;

  /// Milliseconds since 1970-01-01T00:00:00Z, as the machine believes. May jump, also backwards.
  virtual std::int64_t WallMs() = 0;

  /// Milliseconds since some moment that never changes while the process runs. Never goes back; it
  /// is what a jump of the wall clock is noticed by.
  virtual std::int64_t MonotonicMs() = 0;
};

}  // namespace tearline::clock
