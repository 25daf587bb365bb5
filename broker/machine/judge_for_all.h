#pragma once

#include "broker/machine/step.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// Judges an event that came to be by this record for every post to be judged, queues what may be
/// told, opens what is owed, and offers it to the subscriptions that wish for it.
///
/// Requires: its row and its places in the indexes are written; `step.policy` is not null.
void JudgeForAll(const stored::v1::EventRow& event, Step& step);

}  // namespace tearline::machine
