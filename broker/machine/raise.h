#pragma once

#include <cstdint>
#include <string>

#include "broker/machine/step.h"
#include "broker/model/limits.h"

namespace tearline::machine {

/// The version from which a raise takes what all else that is due leaves of a pulse, and its share.
inline constexpr std::uint16_t kRaiseGivesWayFrom = 7;
/// What a raise has of a pulse however much else is due, in rows judged and in rows looked at: an
/// eighth, so that it comes to its end on a ledger where something is due always.
inline constexpr int kRaiseRowsShare = model::kReleaseRowsMax / 8;
inline constexpr int kRaiseLooksShare = model::kLookedAtRowsMax / 8;

/// A raise reaches whoever was given less: when policy changes, or an agency becomes another kind of
/// body, what was recorded before is weighed again for everybody it concerns, event by event, lane
/// by lane and in the order of the ledger. Who may be told more than they were is told, late, in the
/// place of what they had; what comes to be owed and is not met, or is owed no more, is seen to.
/// Nothing else changes by it: what waits is judged as it goes out (look_again.h), and who had more
/// than they would get now keeps what they have received.
///
/// A subscription gets what was recorded since it was made.
///
/// One record weighs kLookedAtRowsMax and judges kReleaseRowsMax rows, also of one event that many
/// wish for (from kRaisesBoundedFrom on). Pulses carry it on, so a crash costs nothing; whatever else
/// is due has its turn before it, and leaves it its share.

/// The version from which one record does not weigh one event for more than it has room for.
inline constexpr std::uint16_t kRaisesBoundedFrom = 7;

/// Begins it with what was recorded before this record. What was begun before begins anew.
void BeginRaise(Step& step);

/// Whether one was begun, is not through, and is due by this record's stamp.
[[nodiscard]] bool IsRaiseDue(const Step& step);

/// Goes on with it.
///
/// Requires: it was begun.
void GoOnWithRaise(Step& step);

/// Has what was recorded about everybody whom a post has to do with judged for it (history.h): it
/// may see more from now on.
void BeginRaiseFor(const std::string& post, Step& step);

}  // namespace tearline::machine
