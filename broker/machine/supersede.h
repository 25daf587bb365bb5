#pragma once

#include <cstdint>
#include <string>

#include "broker/machine/step.h"
#include "broker/policy/decision.h"
#include "broker/policy/facts.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// The version from which what waits and was moved is not let go to whom it is not for any more,
/// nor left behind by what had been told before it (machine.h).
inline constexpr std::uint16_t kMovedWaitingFrom = 6;

/// The version from which what a deleted subscription told is superseded by nothing that goes
/// there: the inbox has it; and where nothing is owed, another of the post's subscriptions that
/// wishes for it, or what was told stands, unless less may be told now: that is taken back.
inline constexpr std::uint16_t kGoneFeedsFrom = 7;

/// The version from which it is noted what the inbox is told of an event that is owed and that a
/// subscription had before: a subscription's own judgement notes nothing (silence.h).
inline constexpr std::uint16_t kOwedNotedFrom = 7;

/// Judges an amended or moved event again for a post that has it, in whichever feed: what waits is
/// told as it may be told now; what was told is superseded, taken back, or stands. False if the
/// post has nothing of it.
///
/// A person who read what is superseded is owed to read what takes its place; the log knows both.
///
/// An event that was moved is another nominal's: it comes again, late, also where it says the same;
/// a subscription that does not wish for it as it is now loses it. What waits and was moved is
/// asked the same before it is judged (from kMovedWaitingFrom on): not for its feed any more, it is
/// given up, and what had been told before it is taken back; owed now, it waits in the inbox. False
/// then, too, if another of the post's feeds may be offered it. A subscription that was parted from
/// whom it is about loses what it would be told otherwise (from kPartedUnwishedFrom on).
///
/// Requires: the event stands.
bool Supersede(const std::string& post, const stored::v1::EventRow& event,
               const policy::EventFacts& facts, Step& step);

/// Whether one item tells less of an event than the other: a lower level, or not every segment or
/// member of it. Or more: a higher level, or segments or members beside all that the other has.
[[nodiscard]] bool TellsLess(const stored::v1::ItemRow& now, const stored::v1::ItemRow& before);
[[nodiscard]] bool TellsMore(const stored::v1::ItemRow& now, const stored::v1::ItemRow& before);

/// Tells a post more of an event that it was told of before, late and in the place of that: where
/// `decision`, as weighed, lets it have a higher level, or segments or members it did not have, and
/// takes none of what it had. False if it does not, or the post was told nothing, or it waits to be
/// told; and, from kGoneFeedsFrom on, if it was told by a subscription that was deleted since.
/// `reads_late` says that what must be read of it is "history arrived" (obligation.h).
bool SupersedeIfMore(const std::string& post, const stored::v1::EventRow& event,
                     const policy::EventFacts& facts, const policy::Decision& decision,
                     bool reads_late, Step& step);

}  // namespace tearline::machine
