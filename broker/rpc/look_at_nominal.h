#pragma once

#include "broker/rpc/consult.h"
#include "broker/sequencer/workbench.h"
#include "broker/status/status.h"
#include "tearline/v1/nominal_service.pb.h"

namespace tearline::rpc {

/// The numbers of a person, opened, as far as the actor may see them.
///
/// Refuses: FIELD_INVALID; as machine::CheckConsult; as sequencer::OpenIdentifier.
/// Threads: any; it may wait for the vault's disk.
[[nodiscard]] Result<Looked> LookAtNominal(const v1::ShowNominalRequest& request,
                                           const stored::v1::Actor& actor,
                                           const sequencer::Workbench& bench,
                                           v1::ShowNominalResponse& response);

}  // namespace tearline::rpc
