#pragma once

#include "broker/rpc/consult.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/v1/post_service.pb.h"

namespace tearline::rpc {

/// What is handed over to whoever holds the acting post: what it was told and no person has read,
/// what it owes, the newest events it was told of about people it has to do with. Only what was let
/// go to the post and still holds: what waits comes by its feed, and whoever looks here learns
/// nothing by what is missing (P6). Bounded by server_limits.h; says where more is left.
///
/// Refuses: as machine::CheckConsult.
[[nodiscard]] Result<Looked> LookAtHandOver(const stored::v1::Actor& actor,
                                            const state::Reader& view,
                                            v1::GetHandOverResponse& response);

}  // namespace tearline::rpc
