#include "broker/sequencer/clock_watch.h"

#include "broker/model/limits.h"

namespace tearline::sequencer {
namespace {

constexpr std::int64_t kPartMaxMs = std::chrono::milliseconds(model::kClockPartMax).count();
constexpr std::int64_t kGapMaxMs = std::chrono::milliseconds(model::kClockGapMax).count();

}  // namespace

ClockWatch::ClockWatch(std::int64_t wall_ms, std::int64_t monotonic_ms, std::int64_t last_stamp_ms)
    : wall_ms_(wall_ms), monotonic_ms_(monotonic_ms) {
  const std::int64_t ahead_ms = wall_ms - last_stamp_ms;
  parted_ = last_stamp_ms != 0 && (ahead_ms > kGapMaxMs || ahead_ms < -kPartMaxMs);
}

bool ClockWatch::Parted(std::int64_t wall_ms, std::int64_t monotonic_ms) {
  const std::int64_t apart_ms = (wall_ms - wall_ms_) - (monotonic_ms - monotonic_ms_);
  if (apart_ms > kPartMaxMs || apart_ms < -kPartMaxMs) parted_ = true;
  return parted_;
}

void ClockWatch::Confirm(std::int64_t wall_ms, std::int64_t monotonic_ms) {
  wall_ms_ = wall_ms;
  monotonic_ms_ = monotonic_ms;
  parted_ = false;
}

}  // namespace tearline::sequencer
