#include "broker/rpc/report_subscription.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>

#include "broker/machine/feed_name.h"
#include "broker/machine/lane.h"
#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "broker/status/invariant.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;

/// When the first item of a lane that waits entered it, ms; 0 if none does.
std::int64_t FirstQueued(const std::string& feed, v1::Urgency lane,
                         const stored::v1::LaneRow& row, const state::Reader& view) {
  const state::Key all = machine::LaneRows(state::Table::kWaiting, feed, lane);
  const auto first = view.Scan(all, state::Key(all).U64(row.given_up_below()), 1);
  if (first.empty()) return 0;
  stored::v1::ItemRow item;
  TEARLINE_INVARIANT(item.ParseFromString(first.front().second), "an item's row parses");
  return item.queued_ms();
}

}  // namespace

std::optional<v1::ReportedSubscription> ReportSubscription(const std::string& post,
                                                           const std::string& id,
                                                           const stored::v1::SubscriptionRow& row,
                                                           std::int64_t quiet_since_ms,
                                                           const state::Reader& view) {
  if (row.created_ms() > quiet_since_ms) return std::nullopt;
  const std::string feed = machine::SubscriptionFeed(post, id);
  v1::ReportedSubscription shown;
  std::int64_t since_ms = 0;
  bool ever = false;
  bool before = false;
  for (const v1::Urgency lane : machine::kLanes) {
    const stored::v1::LaneRow its = machine::ReadLane(feed, lane, view);
    ever = ever || its.next_sequence() > 1;
    before = before || its.catch_up_from() != 0;
    if (its.waiting() == 0) continue;
    shown.set_waiting(shown.waiting() + its.waiting());
    const std::int64_t queued_ms = FirstQueued(feed, lane, its, view);
    if (queued_ms != 0) since_ms = since_ms == 0 ? queued_ms : std::min(since_ms, queued_ms);
  }
  // What was recorded before is not looked at until a session asks for it: however much it is, it
  // waits, for as long as the subscription is there, if that never received anything.
  const bool unasked = before && !ever && !view.Get(machine::SessionKey(feed));
  if (unasked) since_ms = row.created_ms();
  shown.set_never_received(!ever && !unasked && shown.waiting() == 0);
  const bool waits = since_ms != 0 && since_ms <= quiet_since_ms;
  if (!waits && !shown.never_received()) return std::nullopt;
  shown.set_post(post);
  shown.set_subscription_id(model::SubscriptionId::FromBytes(id)->Text());
  *shown.mutable_created_at() = TimeUtil::MillisecondsToTimestamp(row.created_ms());
  if (since_ms != 0) *shown.mutable_waiting_since() = TimeUtil::MillisecondsToTimestamp(since_ms);
  return shown;
}

}  // namespace tearline::rpc
