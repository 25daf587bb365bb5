#pragma once

#include <string>

#include "broker/machine/step.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"

namespace tearline::machine {

/// Whether there is such a feed: every post has its inbox, a subscription must be made.
[[nodiscard]] bool FeedExists(const std::string& feed, const state::Reader& reader);

/// NOT_FOUND, in the same words wherever one is named that is not there or another post's.
[[nodiscard]] Status NoSuchSubscription();

/// Erases what a deleted subscription left behind, as much as one record may look at. Its deadline
/// stands until nothing is left.
void Forget(const std::string& feed, std::int64_t due_ms, Step& step);

}  // namespace tearline::machine
