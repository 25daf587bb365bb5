#pragma once

#include <string>

#include "broker/machine/step.h"
#include "broker/state/reader.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// What becomes of a post's events while it is out of reach, and when it is back (reach.h).
///
/// Out of reach: what waits in its inbox, was let go and not acknowledged, was set aside, or must
/// still be read by a person, is judged again. It is withheld now, so what is owed of it is not
/// met, and somebody named must see to it. It stays where it lies, and nothing goes out. Whoever
/// stands in, and the chairs and accountable posts of the cases, get of it what the policy lets
/// them have. Where another post comes to do the work of a dead address, the same rows are handed
/// on to it (taken_up.h), and what the post missed; nothing of it that a person has read at either,
/// or that was erased. It is judged again for nobody else.
///
/// Back: all of that, and what was recorded meanwhile, is judged once more, in the order of the
/// ledger; what may be told enters the inbox, and what was owed only to this post is owed no more.
///
/// Pulses carry it on, so a crash costs nothing.

/// Begins either, or that what is unread is handed on. What was begun before for the post is given
/// up: what it missed stays remembered, and is judged for it as soon as one of these is through and
/// the post is in reach.
void BeginReach(const std::string& post, bool back, Step& step);

/// A post is told nothing of an event, for it is out of reach: the event is judged again when the
/// post is back.
void NoteMissed(const stored::v1::EventRow& event, const std::string& post, Step& step);
/// Whether that is still to come.
[[nodiscard]] bool IsMissed(const stored::v1::EventRow& event, const std::string& post,
                            const state::Reader& reader);

/// Goes on with what was begun. `post` is what its deadline names. One record judges
/// kReleaseRowsMax rows.
///
/// Requires: it is there.
void GoOnWithReach(const std::string& post, Step& step);

}  // namespace tearline::machine
