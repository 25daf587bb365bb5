#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "broker/machine/step.h"
#include "broker/policy/decision.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// The lanes of a feed, the one that must travel fastest first.
inline constexpr std::array<v1::Urgency, 3> kLanes = {v1::URGENCY_IMMEDIATE, v1::URGENCY_URGENT,
                                                      v1::URGENCY_ROUTINE};

/// A lane as it stands; a fresh one if nothing ever entered it.
[[nodiscard]] stored::v1::LaneRow ReadLane(const std::string& feed, v1::Urgency lane,
                                           const state::Reader& reader);

/// Puts what was decided of an event into the item a feed will carry.
[[nodiscard]] stored::v1::ItemRow ItemOf(const stored::v1::EventRow& event,
                                         const policy::Decision& decision, const Step& step);

/// Where an event entered the feeds of a post.
struct Entry {
  std::string feed;  ///< The inbox, or a subscription, which may have been deleted since.
  v1::Urgency lane;
  std::uint64_t place;
};
[[nodiscard]] std::optional<Entry> EntryOf(const std::string& post, const std::string& event_id,
                                           const state::Reader& reader);

/// Whether an event is not to enter a feed, because its post has it: one post gets an event once.
/// What is in the inbox comes through no subscription, what is in one subscription through no other
/// while that one stands. To its own subscription it may come again, after a seek; and the inbox
/// takes what a duty owes, whatever a subscription has.
[[nodiscard]] bool IsTaken(const std::string& feed, const std::string& event_id,
                           const state::Reader& reader);

/// Adds an item at the end of a lane, and has its feed's releases looked at when the command is
/// done. An event that is taken is not added; one that still waits in a subscription moves to the
/// inbox. There is no bound here: an inbox never drops anything.
void Enqueue(const std::string& feed, v1::Urgency lane, stored::v1::ItemRow item, Step& step);

/// Takes an item that waits out of its lane's queue. Requires: it waits there.
void LeaveQueue(const std::string& feed, v1::Urgency lane, std::uint64_t place, Step& step);

/// Remembers under which number an event was let go to a feed's post, and when it was judged last.
///
/// Requires: `item` is an event's, let go.
void RememberNumber(const std::string& feed, v1::Urgency lane, std::uint64_t sequence,
                    const stored::v1::ItemRow& item, Step& step);

/// The post may be told no more of an event that was let go to it by this feed: not even by being
/// told why. That it was told stays known. Where another feed had it last, nothing.
void EndLetGo(const std::string& feed, const std::string& event_id, Step& step);

/// Lets a feed's next items go while its session's window has room, at most kReleaseRowsMax
/// in one record, whatever the number of feeds: judges again what was judged before the last
/// change, numbers, and records the release. A lane that is catching up is given what comes next.
///
/// Each lane has a window of its own, so that a full routine lane never holds the immediate one.
/// A nominal held back by RETRY is passed over, except in the immediate lane; at most
/// kLookedAtRowsMax rows in one record, and none of them again before a hold ends. Where what was
/// let go before is still to be looked at again, that comes first. Without a session nothing is let
/// go. A feed left with rows it had room for is named in Applied.unfinished.
void ReleaseWhileWindowHasRoom(const std::string& feed, Step& step);

}  // namespace tearline::machine
