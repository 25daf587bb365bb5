#pragma once

#include <string>

#include "clients/cli/output.h"
#include "tearline/v1/action.pb.h"
#include "tearline/v1/case_service.pb.h"

namespace tearline::cli {

/// Actions as people read them: one a row, or one whole on stdout.
[[nodiscard]] Table ActionTable();
void AddAction(const v1::Action& action, Table& table);
void PrintAction(const v1::Action& action);

/// What a case was managed at, when it ended and what is open, below the case itself.
void PrintManagement(const v1::GetCaseResponse& shown);

/// The case as one object, its fields as ever, with `managed_before`, `ended_at` and
/// `open_actions`.
[[nodiscard]] std::string CaseJson(const v1::GetCaseResponse& shown);

}  // namespace tearline::cli
