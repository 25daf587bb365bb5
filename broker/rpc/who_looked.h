#pragma once

#include <string>

#include "broker/rpc/consult.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/leaf.pb.h"
#include "tearline/v1/audit_service.pb.h"

namespace tearline::rpc {

/// Who looked at what is held about a nominal, from the leaves of the records that remember a look:
/// at it, at one of its events, at a number of its that was resolved, or at everybody. So of every
/// nominal that is the same person; and, for as long as they were, of every one that was. The
/// question that is being answered is not among them: it is recorded after it was looked up.
///
/// Refuses: as machine::CheckConsult; FIELD_INVALID, LIMIT_PASSED the id and the page.
[[nodiscard]] Result<Looked> WhoLooked(const v1::WhoLookedRequest& request,
                                       const stored::v1::Actor& actor, const state::Reader& view,
                                       v1::WhoLookedResponse& response);

/// What a question looked at; goes behind "looked at".
[[nodiscard]] std::string LookedAtWords(const stored::v1::ConsultedDetail& consulted,
                                        const state::Reader& view);

}  // namespace tearline::rpc
