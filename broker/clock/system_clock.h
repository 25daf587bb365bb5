#pragma once

#include <cstdint>

#include "broker/clock/clock.h"

namespace tearline::clock {

/// The machine's own clocks.
class SystemClock final : public Clock {
 public:
  std::int64_t WallMs() override;
  std::int64_t MonotonicMs() override;
};

}  // namespace tearline::clock
