#pragma once

#include <array>
#include <string>

#include "broker/machine/step.h"
#include "broker/policy/decision.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// The lanes of a feed, the one that must travel fastest first.
inline constexpr std::array<v1::Urgency, 3> kLanes = {v1::URGENCY_IMMEDIATE, v1::URGENCY_URGENT,
                                                      v1::URGENCY_ROUTINE};

/// Puts what was decided of an event into the item a feed will carry.
[[nodiscard]] stored::v1::ItemRow ItemOf(const stored::v1::EventRow& event,
                                         const policy::Decision& decision, const Step& step);

/// Adds an item at the end of a lane, and has its feed's releases looked at when the command is
/// done. An event enters a feed once, whoever asks. A feed's queue has no bound: an inbox never
/// drops anything.
void Enqueue(const std::string& feed, v1::Urgency lane, stored::v1::ItemRow item, Step& step);

/// Remembers under which number a feed's item of an event was let go, and when it was judged last.
///
/// Requires: `item` is an event's, let go.
void RememberNumber(const std::string& feed, v1::Urgency lane, std::uint64_t sequence,
                    const stored::v1::ItemRow& item, Step& step);

/// Lets a feed's next items go while its session's window has room, at most kReleaseRowsMax
/// in one record, whatever the number of feeds: judges again what was judged before the last
/// change, numbers, and records the release.
///
/// Each lane has a window of its own, so that a full routine lane never holds the immediate one.
/// A nominal held back by RETRY is passed over, except in the immediate lane; at most
/// kLookedAtRowsMax rows in one record, and none of them again before a hold ends. Where what was
/// let go before is still to be looked at again, that comes first. Without a session nothing is let
/// go. A feed left with rows it had room for is named in Applied.unfinished.
void ReleaseWhileWindowHasRoom(const std::string& feed, Step& step);

}  // namespace tearline::machine
