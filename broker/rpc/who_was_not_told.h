#pragma once

#include "broker/rpc/consult.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/v1/audit_service.pb.h"

namespace tearline::rpc {

/// Follows an event's trail and keeps the posts that may be told nothing of it by the decision made
/// last, or less than they were owed, or to which what they are owed was not let go yet; and what
/// is to be done about it. Not among them are posts that were given something and are owed nothing
/// any more, since it was withdrawn or is for others; and those that nothing brings in, which were
/// never judged.
///
/// Refuses: as machine::CheckConsult; FIELD_INVALID the id.
[[nodiscard]] Result<Looked> WhoWasNotTold(const v1::WhoWasNotToldRequest& request,
                                           const stored::v1::Actor& actor,
                                           const state::Reader& view,
                                           v1::WhoWasNotToldResponse& response);

}  // namespace tearline::rpc
