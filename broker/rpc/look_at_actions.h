#pragma once

#include <string>

#include "broker/rpc/consult.h"
#include "broker/rpc/page_seal.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/row.pb.h"
#include "tearline/v1/action_service.pb.h"
#include "tearline/v1/case_service.pb.h"

namespace tearline::rpc {

/// Lists a case's actions to whoever may be shown the case.
///
/// Refuses: FIELD_INVALID; NOT_FOUND alike for what does not exist and what may not be seen.
[[nodiscard]] Result<Looked> LookAtActions(const v1::ListActionsRequest& request,
                                           const stored::v1::Actor& actor,
                                           const state::Reader& view, const PageSeal& seal,
                                           v1::ListActionsResponse& response);

/// An action as it is shown to a post: an event only if that post is told of it (P6).
[[nodiscard]] v1::Action ShownAction(const std::string& case_id, const std::string& action_id,
                                     const stored::v1::ActionRow& row, const std::string& post,
                                     const state::Reader& view);

/// Adds how the case was managed before, when it ended, and its open actions.
void ShowManagement(const std::string& case_id, const stored::v1::CaseRow& row,
                    const std::string& post, const state::Reader& view,
                    v1::GetCaseResponse& response);

}  // namespace tearline::rpc
