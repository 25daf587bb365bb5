#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "broker/machine/step.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// Back-filling: whoever comes to have to do with a person is owed what was recorded about them
/// before, too (P3). It is judged event by event, in the order of the ledger, at most
/// kReleaseRowsMax in one record, and goes into the inbox whether anybody listens or not: a duty
/// does not wait for a reader. Pulses carry it on, so a crash costs nothing.

/// Has what was recorded about a person, under whichever nominal, before this record judged for a
/// post, and for whoever does its work, if it is a dead address (taken_up.h), what no person has
/// read there. What was begun before for the same post begins anew; the end of a commission is not
/// lost by that.
void BeginHistory(const std::string& nominal_id, const std::string& post, Step& step);

/// The same for a subscription that a merge has wish for the person: what was recorded since it was
/// created, and none of the post's feeds ever had.
void BeginHistoryOfWish(const std::string& nominal_id, const std::string& feed, Step& step);

/// The other way: a commission of the post has ended (commission.h). What waits for it about the
/// person, and what it was owed, is judged again: what it is not told by anything else waits no
/// more, and nobody owes it; what something else brings it, begun before or not, it is told (from
/// kReceivedStandsFrom on, tell_late.h). So is what waits for whoever does the post's work.
void EndHistory(const std::string& nominal_id, const std::string& post, Step& step);

/// Judges one event of the past for a post's inbox, late, and opens what follows.
void JudgeOfThePast(const stored::v1::EventRow& event, const std::string& post, Step& step);

/// Goes on with either; ends back-filling if nothing about the person brings the post in any more.
/// `id` is what its deadline names.
///
/// Requires: it is there.
void GoOnWithHistory(const std::string& id, Step& step);

}  // namespace tearline::machine
