#pragma once

#include <cstdint>
#include <string>

#include "broker/machine/step.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// Taking back what was let go to a feed under a number.

/// It goes no more, wherever it lies since it was let go: in the window, acknowledged or set aside.
/// A person can read it no more, and RETRY holds nothing back for it. Again: nothing.
void TakeOut(const std::string& feed, v1::Urgency lane, std::uint64_t sequence, Step& step);

/// Tells the feed's post that it may not be told of the event any more, or not as much: a notice in
/// the same lane names the number. Where the feed is a subscription that was deleted since, the
/// inbox has the notice, and it names no number.
void TellTakenBack(const std::string& feed, v1::Urgency lane, std::uint64_t sequence,
                   const stored::v1::EventRow& event, Step& step);

}  // namespace tearline::machine
