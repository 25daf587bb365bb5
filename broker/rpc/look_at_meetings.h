#pragma once

#include <cstdint>

#include "broker/rpc/consult.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/v1/meeting_service.pb.h"

namespace tearline::rpc {

/// A case's meetings, a page in order of id, to whoever may see the case and to auditors, recorded
/// as what is known as of `now_ms`.
///
/// Refuses: FIELD_INVALID; NOT_FOUND alike for what does not exist and what may not be seen.
[[nodiscard]] Result<Looked> LookAtMeetings(const v1::ListMeetingsRequest& request,
                                            const stored::v1::Actor& actor,
                                            const state::Reader& view, std::int64_t now_ms,
                                            v1::ListMeetingsResponse& response);

}  // namespace tearline::rpc
