#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "broker/state/reader.h"
#include "tearline/stored/v1/row.pb.h"
#include "tearline/v1/post_service.pb.h"

namespace tearline::rpc {

/// A subscription as it is reported, if it ought to receive and does not: what may be told it waits
/// since `quiet_since_ms` or before, or nothing was ever let go to it, and it was made by then.
/// Nothing where something has been let go and nothing waits so long. Reads its three lanes, and of
/// each the first row that waits.
///
/// `id` is 16 bytes.
[[nodiscard]] std::optional<v1::ReportedSubscription> ReportSubscription(
    const std::string& post, const std::string& id, const stored::v1::SubscriptionRow& row,
    std::int64_t quiet_since_ms, const state::Reader& view);

}  // namespace tearline::rpc
