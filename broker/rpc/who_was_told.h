#pragma once

#include "broker/rpc/consult.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/v1/audit_service.pb.h"

namespace tearline::rpc {

/// Follows an event's trail through the log: every record whose details speak of it. For each post
/// that was judged: what was decided last; what was let go last and most, when, without which
/// segments, and when that was acknowledged and read; when it was taken back. What is shown is what
/// the leaves say, not what the state believes now.
///
/// Refuses: as machine::CheckConsult; FIELD_INVALID the id.
[[nodiscard]] Result<Looked> WhoWasTold(const v1::WhoWasToldRequest& request,
                                        const stored::v1::Actor& actor, const state::Reader& view,
                                        v1::WhoWasToldResponse& response);

}  // namespace tearline::rpc
