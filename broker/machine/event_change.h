#pragma once

#include <cstdint>
#include <string>

#include "broker/machine/step.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// The version from which what joins a composite unseen brings nothing with it (machine.h).
inline constexpr std::uint16_t kJoinedUnseenFrom = 6;

/// An event itself has changed: it was withdrawn, its originator changed who may have it, or it was
/// moved to another nominal.
/// Everybody it was judged for is judged again, post by post in order of name; so is, after an
/// amendment, whoever is owed it or wishes for it. What was moved comes late to whoever the other
/// nominal brings in, and to subscriptions that name it and are older; to no others, as by a merge.
///
/// What waits is told as it may be told now, or not at all. Of what was told:
///   more now, or another text   it comes again under the next number, marked as superseding;
///   less                        a notice says that access is withdrawn, then it comes again;
///   nothing                     the notice, and after a withdrawal the duty to delete.
/// Whoever was never told hears nothing (P6): no row of theirs changes.
///
/// One record judges kReleaseRowsMax posts; the next pulses go on where it stopped. What is let go
/// meanwhile is judged as it is let go (look_again.h), so nobody is told what holds no more.

/// Begins, with the record that changed the event. Requires: the event's row is as it is now.
void BeginEventChange(const stored::v1::EventRow& event, Step& step);

/// The same of a composite that something joined, as it was `before`. Whoever has settled it, or
/// was told of none, is judged again only if what joined makes a difference to them: what the
/// policy says otherwise by now does not come with it, as a sign of it (P6). Before
/// kJoinedUnseenFrom it did.
void BeginEventJoin(const stored::v1::EventRow& event, const stored::v1::CompositeRow& before,
                    Step& step);

/// The same of a move; what this record has no room for is left to the next pulses untouched.
void BeginEventMove(const stored::v1::EventRow& event, Step& step);

/// Goes on. `event_id` is what its deadline names. Requires: it is there.
void GoOnWithEventChange(const std::string& event_id, Step& step);

}  // namespace tearline::machine
