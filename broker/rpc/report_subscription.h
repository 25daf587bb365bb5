#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "broker/state/reader.h"
#include "tearline/stored/v1/row.pb.h"
#include "tearline/v1/post_service.pb.h"

namespace tearline::rpc {

/// Whom a report is made for, and since when a subscription must have been quiet.
struct ReportFor {
  std::string agency;               ///< Of whoever reads it.
  std::int64_t quiet_since_ms = 0;  ///< ms since 1970.
};

/// A subscription as it is reported, if it was made by `quiet_since_ms`, and ought to receive and
/// does not:
///
///   what may be told it waits since then or before;
///   what was recorded then or before is to be gone through for it, and nobody asks: from when on
///   nobody does is not kept, so one that was moved far back is reported at once;
///   items of it were set aside then or before;
///   nobody can receive for its post;
///   nothing was ever let go to it;
///   all that came for it since then was withheld, or passed it by. Of that nobody hears who is of
///   the post's agency: to a recipient, withheld is as if nothing had happened (P6). So many events
///   are looked at (kWishLooksMax); of what lies beyond them nothing is said.
///
/// Nothing otherwise. `id` is 16 bytes. How many events and items set aside it looked at is
/// added to `looked_at`.
[[nodiscard]] std::optional<v1::ReportedSubscription> ReportSubscription(
    const std::string& post, const std::string& id, const stored::v1::SubscriptionRow& row,
    const ReportFor& report, const state::Reader& view, std::size_t& looked_at);

}  // namespace tearline::rpc
