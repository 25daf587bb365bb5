#include "broker/rpc/subscriptions.h"

#include <google/protobuf/util/time_util.h>

#include <map>

#include "broker/machine/feed_name.h"
#include "broker/machine/selector.h"
#include "broker/model/ids.h"
#include "broker/model/limits.h"
#include "broker/rpc/form.h"
#include "broker/status/invariant.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;

template <typename Command>
Status ReadStart(const v1::Start& start, Command& command) {
  const bool timed = start.from() == v1::START_FROM_TIME;
  if (!v1::StartFrom_IsValid(start.from()) || start.from() == v1::START_FROM_UNSPECIFIED) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`start.from` must be now, the beginning or a time");
  }
  if (timed != start.has_time()) {
    return Refuse(v1::ERROR_REASON_TIME_INVALID,
                  "`start.time` goes with a start from a time, and only with that");
  }
  command.set_from(start.from());
  if (!timed) return {};
  const Result<std::int64_t> time_ms = ReadTime(start.time(), "start.time");
  if (!time_ms.ok()) return time_ms.status();
  if (*time_ms <= 0) {
    return Refuse(v1::ERROR_REASON_TIME_INVALID,
                  "`start.time` must be after 1970-01-01T00:00Z; there is a start from the "
                  "beginning");
  }
  command.set_time_ms(*time_ms);
  return {};
}

}  // namespace

Result<std::string> ReadFeed(const std::string& subscription_id, const stored::v1::Actor& actor) {
  if (subscription_id.empty()) return actor.post();
  const auto id = ReadId<model::SubscriptionId>(subscription_id, "subscription_id");
  if (!id.ok()) return id.status();
  return machine::SubscriptionFeed(actor.post(), id->Bytes());
}

Result<stored::v1::CreateSubscription> ReadCreate(const v1::CreateSubscriptionRequest& request,
                                                  const state::Reader& view) {
  stored::v1::CreateSubscription command;
  TEARLINE_RETURN_IF_REFUSED(ReadStart(request.start(), command));
  const auto row = machine::ReadSelector(request.selector(), view);
  if (!row.ok()) return row.status();
  *command.mutable_selector() = request.selector();
  return command;
}

Result<stored::v1::SeekSubscription> ReadSeek(const v1::SeekSubscriptionRequest& request) {
  stored::v1::SeekSubscription command;
  const auto id = ReadId<model::SubscriptionId>(request.subscription_id(), "subscription_id");
  if (!id.ok()) return id.status();
  TEARLINE_RETURN_IF_REFUSED(ReadStart(request.start(), command));
  command.set_subscription_id(id->Bytes());
  return command;
}

Result<stored::v1::DeleteSubscription> ReadDelete(const v1::DeleteSubscriptionRequest& request) {
  const auto id = ReadId<model::SubscriptionId>(request.subscription_id(), "subscription_id");
  if (!id.ok()) return id.status();
  stored::v1::DeleteSubscription command;
  command.set_subscription_id(id->Bytes());
  return command;
}

Status LookAtSubscriptions(const stored::v1::Actor& actor, const state::Reader& view,
                           v1::ListSubscriptionsResponse& response) {
  if (actor.post().empty()) {
    return Refuse(v1::ERROR_REASON_NOT_YOUR_POST, "`acting.post` must say whose they are");
  }
  std::map<model::Position, v1::Subscription> by_age;
  const state::Key all = state::Key(state::Table::kSubscription).Name(actor.post());
  for (const auto& [key, bytes] : view.Scan(all, model::kSubscriptionsPerPostMax)) {
    stored::v1::SubscriptionRow row;
    TEARLINE_INVARIANT(row.ParseFromString(bytes), "a subscription row parses");
    v1::Subscription& shown = by_age[row.created_position()];
    shown.set_subscription_id(
        model::SubscriptionId::FromBytes(key.substr(all.bytes().size()))->Text());
    *shown.mutable_selector() = row.selector();
    *shown.mutable_created_at() = TimeUtil::MillisecondsToTimestamp(row.created_ms());
  }
  for (auto& [position, shown] : by_age) *response.add_subscriptions() = std::move(shown);
  return {};
}

}  // namespace tearline::rpc
