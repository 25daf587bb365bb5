#pragma once

#include <atomic>
#include <cstdint>

#include "broker/clock/clock.h"

namespace tearline::doubles {

/// A clock that shows what the test says. Its two times move apart only if the test moves them.
///
/// Threads: any.
class ManualClock final : public clock::Clock {
 public:
  explicit ManualClock(std::int64_t wall_ms) : wall_ms_(wall_ms) {}

  std::int64_t WallMs() override { return wall_ms_.load(); }
  std::int64_t MonotonicMs() override { return monotonic_ms_.load(); }

  /// Time passes, on both.
  void Pass(std::int64_t duration_ms) {
    wall_ms_ += duration_ms;
    monotonic_ms_ += duration_ms;
  }
  /// Somebody sets the wall clock.
  void SetWallMs(std::int64_t wall_ms) { wall_ms_ = wall_ms; }

 private:
  std::atomic<std::int64_t> wall_ms_;
  std::atomic<std::int64_t> monotonic_ms_ = 0;
};

}  // namespace tearline::doubles
