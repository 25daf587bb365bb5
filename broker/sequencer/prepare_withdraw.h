#pragma once

#include "broker/model/ids.h"
#include "broker/sequencer/proposer.h"
#include "broker/sequencer/workbench.h"
#include "broker/status/status.h"
#include "tearline/v1/publisher_service.pb.h"

namespace tearline::sequencer {

/// A withdrawal on its way to becoming a proposal. For a spillage every key by which something of
/// the event opens is to be destroyed: what else opens by it is wrapped anew under a successor,
/// which the vault keeps, whole, before this returns. If something was sealed under the same keys
/// after `position`, the machine refuses with UNAVAILABLE, and it is prepared once more.
///
/// It costs a look at every event of the quarter about the same people; about nobody, at every
/// event.
///
/// Requires: `position` is the bench's view's.
/// Refuses: FIELD_INVALID the id; as machine::CheckWithdrawal, before anything is made; UNAVAILABLE if
///          a key was destroyed meanwhile; STORAGE_FAILED, SEAL_BROKEN.
/// Threads: any that may wait for a disk.
[[nodiscard]] Result<Proposal> PrepareWithdraw(const v1::WithdrawEventRequest& request,
                                               const stored::v1::Actor& actor,
                                               model::Position position, const Workbench& bench);

}  // namespace tearline::sequencer
