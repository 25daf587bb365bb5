#pragma once

#include <cstdint>
#include <string>

#include "broker/machine/lane.h"
#include "broker/machine/step.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// The version from which nothing that a post settled comes to it once more, alike, because it was
/// judged otherwise while it waited to (machine.h).
inline constexpr std::uint16_t kToldOnceFrom = 6;

/// Judging again: what may be told is what may be told when it goes out, not when it was published.
/// An item that waits is judged again before it is numbered; one that was let go and not settled,
/// before it may be sent once more.

/// What a post was told of an event last, as an item.
[[nodiscard]] stored::v1::ItemRow ToldBy(const stored::v1::LetGoRow& let_go);

/// Whether two items tell the same of an event.
[[nodiscard]] bool ToldAlike(const stored::v1::ItemRow& one, const stored::v1::ItemRow& other);

/// Whether an inbox's item that waited to come once more, because it was to tell otherwise, tells
/// now what the post was told: it need not go. False before kToldOnceFrom.
[[nodiscard]] bool WasToldAlike(const std::string& feed, const stored::v1::EventRow& event,
                                const stored::v1::ItemRow& item, const Step& step);

/// A released item stays under its number, as it was judged now: `judged` in place of `before`. The
/// leaf says so where that tells otherwise.
void KeepAs(const std::string& feed, v1::Urgency lane, std::uint64_t sequence,
            const stored::v1::ItemRow& before, stored::v1::ItemRow judged, Step& step);

/// Whether a subscription names people, and an event that it had is about none of them any more: an
/// un-merge parted them. False before kPartedUnwishedFrom (selector.h).
[[nodiscard]] bool IsPartedFrom(const std::string& feed, const stored::v1::EventRow& event,
                                const Step& step);

/// Judges a feed's item again if something changed since it was judged. False if it may no longer
/// be told at all, or not there, as nothing is owed and the subscription was parted from whom it is
/// about: it is not this feed's any more, and nobody owes that it be read. The inbox, or another of
/// the post's that wishes for it, then has it, late (offer.h).
[[nodiscard]] bool StillTold(const std::string& feed, const stored::v1::EventRow& event,
                             stored::v1::ItemRow& item, Step& step);

/// Judges an event again that waits at `entry`, as `item`. What may not be told any more leaves the
/// queue; what it was to take the place of had been told, and is taken back. What was moved since
/// is not asked here whether it is still for its feed: Supersede does.
void JudgeWaiting(const Entry& entry, const stored::v1::EventRow& event, stored::v1::ItemRow item,
                  Step& step);

/// Judges again, before a notice of an obligation goes out, the obligation's events that still wait
/// in the same feed: an obligation that this ends is not told of.
void JudgeWhatItSpeaksOf(const std::string& feed, const stored::v1::ItemRow& notice, Step& step);

/// Judges a released item again if something changed since. What may still be told keeps its
/// number, and the leaf says at which level it may go out now; what may not leaves the window, and
/// a notice of withdrawal takes its place in the lane.
///
/// Requires: the item is released and not settled.
void JudgeReleased(const std::string& feed, v1::Urgency lane, std::uint64_t sequence, Step& step);

/// Has everything that was let go to a feed and not settled looked at again, by this record and, if
/// it is more than one record may look at, by those that follow up.
void BeginLookingAgain(const std::string& feed, Step& step);

/// The same, in each of a post's feeds.
void BeginLookingAgainFor(const std::string& post, Step& step);

/// Goes on with it in one lane. False if there is more than this record may look at: nothing new is
/// let go meanwhile, and the feed is named in Applied.unfinished.
[[nodiscard]] bool GoOnLookingAgain(const std::string& feed, v1::Urgency lane, Step& step);

}  // namespace tearline::machine
