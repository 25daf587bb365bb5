#include "broker/sequencer/ledger_clock.h"

#include <algorithm>

namespace tearline::sequencer {
namespace {

/// Wall milliseconds in one of the ledger's while the wall clock catches up.
constexpr std::int64_t kSlowness = 2;

}  // namespace

LedgerClock::LedgerClock(const stored::v1::LedgerRow& row)
    : confirmed_wall_ms_(row.confirmed_wall_ms()), confirmed_stamp_ms_(row.confirmed_stamp_ms()) {}

std::int64_t LedgerClock::TimeAt(std::int64_t wall_ms) const {
  const std::int64_t passed_ms = std::max<std::int64_t>(wall_ms - confirmed_wall_ms_, 0);
  return std::max(wall_ms, confirmed_stamp_ms_ + passed_ms / kSlowness);
}

std::int64_t LedgerClock::WallAt(std::int64_t stamp_ms) const {
  return std::min(stamp_ms, confirmed_wall_ms_ + kSlowness * (stamp_ms - confirmed_stamp_ms_));
}

}  // namespace tearline::sequencer
