#pragma once

#include <functional>

#include "clients/cli/invocation.h"
#include "tearline/v1/case_feed_service.pb.h"

namespace tearline::cli {

/// Calls `show` for each frame of a case's feed, in order, until it ends. Followed, it ends with
/// the command only: where the connection breaks it goes on (ShownEntries), and an event that comes
/// again as it was is left out. Ends the command if the broker refuses, and says on stderr where to
/// go on if anything was shown.
void FollowCase(const Invocation& invocation, v1::FollowCaseRequest request,
                const std::function<void(const v1::FollowCaseResponse&)>& show);

}  // namespace tearline::cli
