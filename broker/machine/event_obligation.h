#pragma once

#include <cstdint>
#include <string>

#include "broker/machine/step.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// What is owed, and what no more, when an event itself has changed: withdrawn or amended.

/// Whoever received a withdrawn event owes that it is deleted, within a day. Again: nothing.
void OpenConfirmDeletion(const stored::v1::EventRow& event, const std::string& post, Step& step);

/// The originator's breach clock: 72 hours from the withdrawal, when it became aware.
///
/// Source: Data Protection Act 2018, s. 67(1); UK GDPR, Article 33(1).
void OpenReportBreach(const stored::v1::EventRow& event, Step& step);

/// Ends what nobody owes any more about an event: all of it if it was withdrawn; else what was owed
/// to posts that are told as much as they are owed by now, and, from behaviour version kReachFrom
/// on, what was owed to posts because they could not be reached, and can be. An obligation that
/// counts other events goes on for those.
void Relieve(const stored::v1::EventRow& event, Step& step);

/// The same where a post alone was judged again: it `was_told_less` (IsToldLess, asked before) than all
/// that could be owed. Nothing if it was not, and before behaviour version kDutiesKeptFrom.
void RelieveOf(const stored::v1::EventRow& event, bool was_told_less, Step& step);

/// The version from which one record looks at so many of the events that an obligation counts.
inline constexpr std::uint16_t kCountedBoundedFrom = 7;

/// Whether an obligation to see to unmet duties counts an event of which a post that it names, and
/// that the event still brings in, is told less than is owed. Of the events that `answering_post`
/// answers for alone; of all if it is "".
///
/// It looks at model::kLookedAtRowsMax events (from kCountedBoundedFrom on). Of what an obligation
/// counts beyond them, something is taken to be owed still, and to be answered for by the one post.
[[nodiscard]] bool CountsWhatIsStillOwed(const std::string& id,
                                         const stored::v1::ObligationRow& row,
                                         const std::string& answering_post, const Step& step);

}  // namespace tearline::machine
