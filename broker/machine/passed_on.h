#pragma once

#include <cstdint>

#include "broker/machine/step.h"
#include "tearline/v1/directory.pb.h"

namespace tearline::machine {

/// The version from which a new post for the same function gets what waited.
inline constexpr std::uint16_t kRequestsPassedOnFrom = 7;

/// A post has come to answer for something: it has taken that up, or somebody acts for it again.
/// The work of dead addresses of its agency (hand_over.h) is its own where it answers for all that
/// they do (taken_up.h): a request does not keep what it was addressed by. What they were asked
/// about people and have not answered is asked of it in their place, in the time that is left of
/// it, at least a day. Not what it asked itself or is asked already, nor about whom it is kept out
/// of (P6): that stays where it is, and climbs. So does what is beyond the rows that one record may
/// look at (Step.rows_left). Nor about whom was erased meanwhile: nothing is owed of them any more.
///
/// `before` is what it answered for until now: empty if nobody acted for it.
///
/// Requires: the post and what it answers for are written.
void PassOnWork(const v1::Post& before, const v1::Post& after, Step& step);

}  // namespace tearline::machine
