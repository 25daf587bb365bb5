#pragma once

#include "broker/rpc/consult.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/v1/nominal_service.pb.h"

namespace tearline::rpc {

/// Uses of break-glass, a page in order of their ids: those nobody has reviewed yet, or all. For
/// auditors and information governance. A page looks at kPageRowsMax uses, and may be empty with
/// more to come.
///
/// Refuses: NOT_PERMITTED for others; FIELD_INVALID for an id that is none.
[[nodiscard]] Result<Looked> LookAtGlass(const v1::ListBreakGlassRequest& request,
                                         const stored::v1::Actor& actor, const state::Reader& view,
                                         v1::ListBreakGlassResponse& response);

}  // namespace tearline::rpc
