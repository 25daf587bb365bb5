#pragma once

#include <string>

#include "clients/cli/invocation.h"
#include "tearline/v1/audit_service.pb.h"

namespace CLI {
class App;
}  // namespace CLI

namespace tearline::cli {

/// Adds the questions inquiries ask, one verb each: who was not told, what was known, who looked,
/// what was owed, what goes wrong. Each is recorded before it is answered.
void AddAuditQuestions(CLI::App& noun, Invocation& invocation);

/// A count as people read it: "12", "<5"; "hidden" where it would tell one that is few.
[[nodiscard]] std::string CountText(const v1::ThemeCount& count);

}  // namespace tearline::cli
