#pragma once

#include <string>

#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/v1/subscriber_service.pb.h"

namespace tearline::rpc {

/// The feed a request speaks of: the acting post's subscription by that id, "sub_…", or its inbox
/// if the id is "". Whether there is such a subscription is not looked at.
///
/// Refuses: FIELD_INVALID.
[[nodiscard]] Result<std::string> ReadFeed(const std::string& subscription_id,
                                           const stored::v1::Actor& actor);

/// The commands, as asked. What is not in form is refused here, so that it is not recorded.
///
/// Refuses: FIELD_INVALID, TIME_INVALID; as machine::ReadSelector.
[[nodiscard]] Result<stored::v1::CreateSubscription> ReadCreate(
    const v1::CreateSubscriptionRequest& request, const state::Reader& view);
[[nodiscard]] Result<stored::v1::SeekSubscription> ReadSeek(
    const v1::SeekSubscriptionRequest& request);
[[nodiscard]] Result<stored::v1::DeleteSubscription> ReadDelete(
    const v1::DeleteSubscriptionRequest& request);

/// The acting post's subscriptions, the oldest first.
///
/// Refuses: NOT_YOUR_POST if no post is acted for.
[[nodiscard]] Status LookAtSubscriptions(const stored::v1::Actor& actor, const state::Reader& view,
                                         v1::ListSubscriptionsResponse& response);

}  // namespace tearline::rpc
