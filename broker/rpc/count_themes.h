#pragma once

#include <cstdint>

#include "broker/rpc/consult.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/v1/audit_service.pb.h"

namespace tearline::rpc {

/// What went wrong, counted by area and calendar month. A count of 1 to 4 is told as few; a total
/// is hidden when a month under it is few, because what is left of it would tell the few. Months
/// are whole and over, so that no two questions differ by some days and give away what lies
/// between, and what is counted of a month is the same whenever it is asked for: what was not
/// acknowledged when its month ended stays counted when it is acknowledged at last. Only what is out
/// of a case that moved to another area since is counted there.
///
/// Refuses: as machine::CheckConsult; FIELD_INVALID, NAME_INVALID, LIMIT_PASSED months and area.
[[nodiscard]] Result<Looked> CountThemes(const v1::CountThemesRequest& request,
                                         const stored::v1::Actor& actor, const state::Reader& view,
                                         std::int64_t now_ms, v1::CountThemesResponse& response);

}  // namespace tearline::rpc
