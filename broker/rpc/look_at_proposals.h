#pragma once

#include <cstdint>

#include "broker/rpc/consult.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/v1/proposal_service.pb.h"

namespace tearline::rpc {

/// What a case's panel is asked, a page in order of id: what somebody has not answered, or all. For
/// whoever may see the case, and for auditors, recorded as what is known as of `now_ms`. A page
/// looks at kPageRowsMax of them, and may be empty with more to come. The event that says more is
/// named to whoever knows of it (machine::KnowsOf), and to auditors who may ask about it.
///
/// Refuses: FIELD_INVALID; NOT_FOUND alike for what does not exist and what may not be seen.
[[nodiscard]] Result<Looked> LookAtProposals(const v1::ListProposalsRequest& request,
                                             const stored::v1::Actor& actor,
                                             const state::Reader& view, std::int64_t now_ms,
                                             v1::ListProposalsResponse& response);

}  // namespace tearline::rpc
