#pragma once

#include <string>

#include "tearline/v1/information_request.pb.h"

namespace tearline::cli {

/// What came of one post that was asked: "answered", "nothing-known", "refused", "overdue",
/// "overdue, then refused", "not yet"; "has answered" where the reader is not shown what; with why
/// it declines, where the reader may know: "refused: no-legal-basis".
[[nodiscard]] std::string OutcomeText(const v1::AskedForInformation& asked);

/// One request for people, on stdout.
void ShowRequest(const v1::InformationRequest& request);

}  // namespace tearline::cli
