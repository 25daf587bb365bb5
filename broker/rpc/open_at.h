#pragma once

#include <cstdint>

#include "broker/rpc/consult.h"
#include "broker/rpc/page_seal.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/v1/audit_service.pb.h"

namespace tearline::rpc {

/// Obligations that were open at some time, as they stood then: what the leaves up to it say of
/// when each was due, who had been told, and whom it was owed to. One that ended since is among
/// them.
///
/// Refuses: as machine::CheckConsult; FIELD_INVALID, LIMIT_PASSED the page; TIME_INVALID a time
/// after `now_ms`.
[[nodiscard]] Result<Looked> ListOpenAt(const v1::ListOpenAtRequest& request,
                                        const stored::v1::Actor& actor, const state::Reader& view,
                                        std::int64_t now_ms, const PageSeal& seal,
                                        v1::ListOpenAtResponse& response);

}  // namespace tearline::rpc
