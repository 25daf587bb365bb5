#pragma once

#include "broker/model/ids.h"
#include "broker/sequencer/proposer.h"
#include "broker/sequencer/workbench.h"
#include "broker/status/status.h"
#include "tearline/v1/directory_service.pb.h"
#include "tearline/v1/nominal_service.pb.h"

namespace tearline::sequencer {

/// A moved booking on its way to becoming a proposal. What moves is to open by keys of the nominal
/// it moves to, and by none of the one it leaves: each key of that one is replaced by two, one for
/// what stays and one for what moves, and all that opened by it is wrapped anew, which the vault
/// keeps, whole, before this returns. If something was sealed under the same keys after `position`,
/// the machine refuses with UNAVAILABLE, and it is prepared once more.
///
/// What the machine refuses anyway is prepared without keys, so that the refusal is recorded.
///
/// It costs a look at every event of the nominal that is left.
///
/// Requires: `position` is the bench's view's.
/// Refuses: FIELD_INVALID, TIME_INVALID the form; QUOTA_USED; UNAVAILABLE if a key was destroyed
///          meanwhile; STORAGE_FAILED, SEAL_BROKEN.
/// Threads: any that may wait for a disk.
[[nodiscard]] Result<Proposal> PrepareMove(const v1::MoveBookingRequest& request,
                                           const stored::v1::Actor& actor, model::Position position,
                                           const Workbench& bench);

/// The second hand of whatever waits: of a moved booking with the keys as they stand now.
///
/// Requires, refuses, threads: as PrepareMove; FIELD_INVALID the id.
[[nodiscard]] Result<Proposal> PrepareSecondHand(const v1::GiveSecondHandRequest& request,
                                                 const stored::v1::Actor& actor,
                                                 model::Position position, const Workbench& bench);

}  // namespace tearline::sequencer
