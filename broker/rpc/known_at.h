#pragma once

#include <cstdint>

#include "broker/rpc/consult.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/v1/audit_service.pb.h"

namespace tearline::rpc {

/// What a panel, a post or an agency had been given about a nominal at some time: from the stamps
/// of the leaves up to then, not from what the state believes now. Settled, read and withdrawn
/// items are found like any other. Events that had occurred and were recorded later are listed,
/// too: nobody had them.
///
/// Refuses: as machine::CheckConsult; FIELD_INVALID, NAME_INVALID, TIME_INVALID, LIMIT_PASSED the
/// form; TIME_INVALID a time after `now_ms`: what will be known is not recorded yet.
[[nodiscard]] Result<Looked> KnownAt(const v1::KnownAtRequest& request,
                                     const stored::v1::Actor& actor, const state::Reader& view,
                                     std::int64_t now_ms, v1::KnownAtResponse& response);

}  // namespace tearline::rpc
