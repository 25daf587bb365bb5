#include "broker/clock/system_clock.h"

#include <chrono>

namespace tearline::clock {
namespace {

template <typename Source>
std::int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Source::now().time_since_epoch())
      .count();
}

}  // namespace

std::int64_t SystemClock::WallMs() { return NowMs<std::chrono::system_clock>(); }

std::int64_t SystemClock::MonotonicMs() { return NowMs<std::chrono::steady_clock>(); }

}  // namespace tearline::clock
