#pragma once

#include <cstdint>

#include "broker/rpc/consult.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/v1/request_service.pb.h"

namespace tearline::rpc {

/// Requests for information, a page in order of id, open or closed: those of a case, to whoever may
/// see it and to auditors; or the acting post's own: made, asked, or declined below it. Whoever is
/// asked sees its own part, and so does who is to look at a refusal or has; why somebody declined
/// is shown to these two and to auditors, never to who asked. What each said is shown to these and,
/// while nothing keeps it out of the person, to who asked; others of the case are told when each
/// said something, and no more (P6). Events are named to whoever knows of them. What somebody had
/// not answered by its time is overdue as of `now_ms`.
///
/// Refuses: FIELD_INVALID; NOT_FOUND alike for a case that does not exist and one that may not be
/// seen.
[[nodiscard]] Result<Looked> LookAtRequests(const v1::ListInformationRequestsRequest& request,
                                            const stored::v1::Actor& actor,
                                            const state::Reader& view, std::int64_t now_ms,
                                            v1::ListInformationRequestsResponse& response);

}  // namespace tearline::rpc
