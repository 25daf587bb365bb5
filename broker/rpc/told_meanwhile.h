#pragma once

#include "broker/rpc/consult.h"
#include "tearline/v1/audit_service.pb.h"

namespace tearline::rpc {

/// Who was given what about either of two nominals while they were wrongly taken for one person:
/// what the log says was let go between the merge and its end, of what each was when they parted.
/// Or, of events that were moved from the one to the other, what was let go before they were: the
/// pages are of all that was ever recorded of the first, and may show no row. Whoever must review a
/// move without being an auditor is shown what that move moved, and not where else anything went.
///
/// Refuses: FIELD_INVALID; NOT_FOUND for what the actor may not ask about, and for two that were
/// never merged and parted.
[[nodiscard]] Result<Looked> ToldMeanwhile(const v1::ToldMeanwhileRequest& request,
                                           const stored::v1::Actor& actor,
                                           const state::Reader& view,
                                           v1::ToldMeanwhileResponse& response);

}  // namespace tearline::rpc
