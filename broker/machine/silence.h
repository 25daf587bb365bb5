#pragma once

#include <string>
#include <vector>

#include "broker/machine/step.h"
#include "broker/policy/decision.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// P6: from whom an event is withheld, and who therefore must not hear that something is owed about
/// it. Nobody learns of what they are not told by being asked to see to it.

/// Remembers what was decided of an event for a post, where it is less than all that could be owed:
/// withheld, or a duty unmet. A later decision takes the place of the one before.
void NoteDecision(const std::string& event_id, const std::string& post,
                  const policy::Decision& decision, Step& step);

/// What was owed to a post of an event, and not met, is not owed to it any more, although it was
/// not judged again: it has nothing to do with the event now.
void NoteNothingOwed(const std::string& event_id, const std::string& post, Step& step);

/// Whether the last decision of this event for this post that was noted is less than all that could
/// be owed.
[[nodiscard]] bool IsToldLess(const std::string& event_id, const std::string& post,
                              const state::Reader& reader);

/// Whether the last decision of this event for this post was to withhold it.
[[nodiscard]] bool IsWithheld(const std::string& event_id, const std::string& post,
                              const state::Reader& reader);

/// Whether a post knows of an event: it originated it or answers for it, or was told of it and
/// still is. Whoever does not must not learn of it from what names it: an action, a proposal.
[[nodiscard]] bool KnowsOf(const std::string& event_id, const std::string& post,
                           const state::Reader& reader);

/// Whether a post may name an event as what says more about a person: it is about them, stands, and
/// the post knows of it. Otherwise a refusal would tell whether it is there.
[[nodiscard]] bool MayCite(const std::string& event_id, const std::string& nominal_id,
                           const std::string& post, const state::Reader& reader);

/// Posts from which an event is withheld, in order of name.
[[nodiscard]] std::vector<std::string> WithheldFrom(const std::string& event_id,
                                                    const state::Reader& reader);

/// Posts to which more of an event is owed than they are told, in order of name.
[[nodiscard]] std::vector<std::string> StillOwedTo(const std::string& event_id,
                                                   const state::Reader& reader);

/// Keeps an obligation from a post: from now on it does not hear of it.
void KeepFrom(const std::string& obligation_id, const std::string& post, Step& step);

/// Whether an obligation is some post's to see to: its debtor, whoever was told last, the
/// accountable officer. It may be kept from them all the same.
[[nodiscard]] bool Concerns(const stored::v1::ObligationRow& row, const std::string& post);

/// Whether a post may be told of an obligation: its debtor may; nobody else to whom it is owed, and
/// nobody from whom one of its events was withheld while it held it. Of a request for information,
/// of a meeting's minutes, and of numbers that disagree, nobody who is kept out of the person now,
/// whoever was when it opened.
[[nodiscard]] bool MayHearOf(const std::string& obligation_id, const stored::v1::ObligationRow& row,
                             const std::string& post, const state::Reader& reader);

}  // namespace tearline::machine
