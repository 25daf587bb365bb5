#pragma once

#include <cstdint>
#include <string>

#include "broker/machine/step.h"

namespace tearline::machine {

/// Catching up: a lane of a subscription goes through what was recorded before, in the order of the
/// ledger, until it has reached what is being recorded now; from then on it is live. While it
/// catches up nothing is queued for it as it is published, so that each event comes to it once.

/// Judges what comes next for a lane that is catching up, and queues what may be told: at most
/// `wanted` items, so that nothing is judged before its reader has room for it. True if anything
/// was queued. What more than this record may judge or look at is named in Applied.unfinished.
bool CatchUp(const std::string& feed, v1::Urgency lane, std::uint64_t wanted, Step& step);

}  // namespace tearline::machine
