#pragma once

#include <cstdint>
#include <string>

#include "broker/machine/step.h"
#include "tearline/v1/directory.pb.h"

namespace tearline::machine {

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
/// wish for (from kRaisesBoundedFrom on). Pulses carry it on, so a crash costs nothing.

/// The version from which one record does not weigh one event for more than it has room for.
inline constexpr std::uint16_t kRaisesBoundedFrom = 7;

/// Begins it with what was recorded before this record. What was begun before begins anew.
void BeginRaise(Step& step);

/// Goes on with it.
///
/// Requires: it was begun.
void GoOnWithRaise(Step& step);

/// Whether policy may let a post see more by what it is from now on: by a role it did not have, or
/// a clearance that the one before did not reach.
[[nodiscard]] bool MaySeeMore(const v1::Post& before, const v1::Post& after);

/// Has what was recorded about everybody whom a post has to do with judged for it (history.h): it
/// may see more from now on.
void BeginRaiseFor(const std::string& post, Step& step);

}  // namespace tearline::machine
