#pragma once

#include "broker/sequencer/proposer.h"
#include "broker/sequencer/workbench.h"
#include "broker/status/status.h"
#include "tearline/v1/publisher_service.pb.h"

namespace tearline::sequencer {

/// An amendment on its way to becoming a proposal: tear-lines written now are sealed as those of a
/// publish are, under the keys of everybody the event is about. Keys that are new are durable in
/// the vault before this returns.
///
/// Refuses: FIELD_INVALID, LIMIT_PASSED, LABEL_INVALID, NAME_INVALID as error.proto says, with
///          sentences that name fields from `amendment` on and quote nothing; NOT_FOUND as the
///          machine does, before anything is sealed; STORAGE_FAILED from the vault.
/// Threads: any that may wait for a disk.
[[nodiscard]] Result<Proposal> PrepareAmend(const v1::AmendEventRequest& request,
                                            const stored::v1::Actor& actor, const Workbench& bench);

}  // namespace tearline::sequencer
