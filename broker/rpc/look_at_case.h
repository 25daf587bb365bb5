#pragma once

#include "broker/rpc/consult.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/v1/case_service.pb.h"

namespace tearline::rpc {

/// Shows a case to its lead agency, its panel, its accountable and supervising posts, and the
/// co-ordinators of its area; once it has ended, to the latter and to auditors.
///
/// Refuses: FIELD_INVALID; NOT_FOUND alike for what does not exist and what may not be seen.
[[nodiscard]] Result<Looked> LookAtCase(const v1::GetCaseRequest& request,
                                        const stored::v1::Actor& actor, const state::Reader& view,
                                        v1::GetCaseResponse& response);

}  // namespace tearline::rpc
