#pragma once

#include <cstdint>

#include "broker/rpc/consult.h"
#include "broker/rpc/page_seal.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/v1/post_service.pb.h"

namespace tearline::rpc {

/// Posts that want a holder, a deputy, an end of their line, or were not taken over; then nominals
/// that no post watches (no case that brings one in, no supervisor, no subscription that names
/// them), or that none supervises; then subscriptions that ought to receive and do not
/// (report_subscription.h). Nothing of content. A page looks at kPageRowsMax rows, and may be empty
/// with more to come. Operators are told how many nominals; auditors bound to no area, which.
///
/// Refuses: as machine::CheckConsult; FIELD_INVALID, LIMIT_PASSED for the page; FIELD_INVALID for
/// the days.
[[nodiscard]] Result<Looked> ReportPosts(const v1::ReportPostsRequest& request,
                                         const stored::v1::Actor& actor, const state::Reader& view,
                                         std::int64_t now_ms, const PageSeal& seal,
                                         v1::ReportPostsResponse& response);

}  // namespace tearline::rpc
