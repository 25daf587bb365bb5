#include "broker/sequencer/clock_watch.h"

#include <algorithm>

#include "broker/model/civil_time.h"
#include "broker/model/limits.h"
#include "broker/sequencer/ledger_clock.h"

namespace tearline::sequencer {
namespace {

constexpr std::int64_t kPartMaxMs = std::chrono::milliseconds(model::kClockPartMax).count();
constexpr std::int64_t kGapMaxMs = std::chrono::milliseconds(model::kClockGapMax).count();

}  // namespace

ClockWatch::ClockWatch(std::int64_t wall_ms, std::int64_t monotonic_ms,
                       const stored::v1::LedgerRow& row)
    : wall_ms_(wall_ms), monotonic_ms_(monotonic_ms) {
  parted_ = row.last_stamp_ms() != 0 &&
            (wall_ms - row.last_stamp_ms() > kGapMaxMs ||
             wall_ms - LedgerClock(row).WallAt(row.last_stamp_ms()) < -kPartMaxMs);
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

std::string ClockAdvice(std::int64_t wall_ms, const stored::v1::LedgerRow& row) {
  std::string advice = "the wall clock shows " + model::FormatRfc3339(wall_ms) +
                       " and the last record is stamped " +
                       model::FormatRfc3339(row.last_stamp_ms()) +
                       "; look at this machine's time. If it is wrong, stop, set it right and "
                       "start. If it is right, stop, run `tearlined --confirm-clock --by NAME "
                       "--because REASON CONFIG` and start";
  if (wall_ms < row.last_stamp_ms()) {
    advice +=
        "; until the wall clock has caught up with the ledger's, that one goes half as fast, and "
        "deadlines take up to twice their time";
  }
  return advice;
}

}  // namespace tearline::sequencer
