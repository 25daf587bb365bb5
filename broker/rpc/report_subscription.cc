#include "broker/rpc/report_subscription.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <set>

#include "broker/audit/audit_log.h"
#include "broker/machine/event_terms.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/hand_over.h"
#include "broker/machine/identity.h"
#include "broker/machine/lane.h"
#include "broker/machine/rows.h"
#include "broker/machine/selector.h"
#include "broker/machine/since.h"
#include "broker/model/ids.h"
#include "broker/rpc/server_limits.h"
#include "broker/state/each_row.h"
#include "broker/status/invariant.h"

namespace tearline::rpc {
namespace {

using google::protobuf::Timestamp;
using google::protobuf::util::TimeUtil;

/// When the first item of a lane that waits entered it, ms; 0 if none does.
std::int64_t FirstQueued(const std::string& feed, v1::Urgency lane, const stored::v1::LaneRow& row,
                         const state::Reader& view) {
  const state::Key all = machine::LaneRows(state::Table::kWaiting, feed, lane);
  const auto first = view.Scan(all, state::Key(all).U64(row.given_up_below()), 1);
  if (first.empty()) return 0;
  stored::v1::ItemRow item;
  TEARLINE_INVARIANT(item.ParseFromString(first.front().second), "an item's row parses");
  return item.queued_ms();
}

/// When the first item that was set aside was let go, ms, and how many are, kParkedCountedMax at
/// most; nothing if none is.
struct Parked {
  std::uint32_t count = 0;
  std::int64_t since_ms = 0;
};
Parked ParkedIn(const std::string& feed, const state::Reader& view) {
  Parked parked;
  const state::Key all = state::Key(state::Table::kParked).Name(feed);
  for (const auto& [key, bytes] : view.Scan(all, kParkedCountedMax)) {
    stored::v1::ItemRow item;
    TEARLINE_INVARIANT(item.ParseFromString(bytes), "an item's row parses");
    ++parked.count;
    const std::int64_t ms = item.released_ms();
    parked.since_ms = parked.since_ms == 0 ? ms : std::min(parked.since_ms, ms);
  }
  return parked;
}

/// What a subscription's lanes hold back.
struct Lanes {
  std::uint64_t waiting = 0;
  std::int64_t waiting_ms = 0;  ///< Since when the first waits; 0 if none does.
  model::Position behind = 0;   ///< What is to be gone through begins there; 0 if nothing is.
  bool ever = false;            ///< Something was let go.
};
Lanes LanesOf(const std::string& feed, const state::Reader& view) {
  Lanes lanes;
  for (const v1::Urgency lane : machine::kLanes) {
    const stored::v1::LaneRow its = machine::ReadLane(feed, lane, view);
    lanes.ever = lanes.ever || its.next_sequence() > 1;
    const model::Position from = its.catch_up_from();
    if (from != 0) lanes.behind = lanes.behind == 0 ? from : std::min(lanes.behind, from);
    if (its.waiting() == 0) continue;
    lanes.waiting += its.waiting();
    const std::int64_t queued_ms = FirstQueued(feed, lane, its, view);
    if (queued_ms == 0) continue;
    lanes.waiting_ms = lanes.waiting_ms == 0 ? queued_ms : std::min(lanes.waiting_ms, queued_ms);
  }
  return lanes;
}

/// What came for a subscription, and was not told.
struct NotTold {
  std::uint64_t count = 0;
  model::Position first = 0;
};

/// Looks at events that may have come for a subscription.
class Came {
 public:
  Came(const std::string& post, const std::string& feed, const stored::v1::SubscriptionRow& row,
       const state::Reader& view)
      : post_(post), feed_(feed), row_(row), view_(view) {}

  /// All that came from a time on; nothing if the post was told something of one of them, or if
  /// more would have to be looked at.
  NotTold Since(std::int64_t time_ms) {
    const model::Position tip = audit::AuditTree(view_).Size();
    model::Position from = std::max<model::Position>(machine::FirstSince(time_ms, tip, view_),
                                                     row_.created_position());
    std::set<std::string> people;
    for (const std::string& nominal_id : row_.nominal_ids()) {
      for (const std::string& id : machine::SamePerson(nominal_id, view_)) people.insert(id);
    }
    for (const std::string& id : people) {
      Look(state::Key(state::Table::kEventOfNominal).Fixed(id), from);
    }
    if (people.empty()) {
      if (tip > kWishLooksMax) from = std::max<model::Position>(from, tip - kWishLooksMax);
      for (const v1::Urgency lane : machine::kLanes) {
        Look(state::Key(state::Table::kEventAt).U8(static_cast<std::uint8_t>(lane)), from);
      }
    }
    if (told_ || looks_left_ == 0) return {};
    return {not_told_.size(), not_told_.empty() ? 0 : *not_told_.begin()};
  }
  std::size_t looked_at() const { return kWishLooksMax - looks_left_; }

 private:
  void Look(const state::Key& index, model::Position from) {
    state::ForEachRow(view_, index, state::Key(index).U64(from),
                      [&](const std::string& key, const std::string& event_id) {
                        if (told_ || looks_left_ == 0) return false;
                        --looks_left_;
                        LookAt(state::ReadBigEndian(key, key.size() - 8, 8), event_id);
                        return true;
                      });
  }

  void LookAt(model::Position position, const std::string& event_id) {
    const auto event = view_.See<stored::v1::EventRow>(machine::EventKey(event_id));
    TEARLINE_INVARIANT(event != nullptr, "an event in an index is kept");
    if (event->publish().originating_post() == post_ || machine::IsWithdrawn(*event) ||
        !machine::Wishes(row_, *event, view_)) {
      return;
    }
    const model::Position to_come =
        machine::ReadLane(feed_, event->publish().urgency(), view_).catch_up_from();
    if (to_come != 0 && position >= to_come) return;  // it is behind, which is said as that
    told_ =
        machine::EntryOf(post_, event_id, view_) || view_.Get(machine::LetGoKey(post_, event_id));
    not_told_.insert(position);  // of two nominals: once
  }

  const std::string& post_;
  const std::string& feed_;
  const stored::v1::SubscriptionRow& row_;
  const state::Reader& view_;
  std::size_t looks_left_ = kWishLooksMax;
  bool told_ = false;
  std::set<model::Position> not_told_;
};

Timestamp TimeOf(std::int64_t ms) { return TimeUtil::MillisecondsToTimestamp(ms); }

}  // namespace

std::optional<v1::ReportedSubscription> ReportSubscription(
    const std::string& post, const std::string& id, const stored::v1::SubscriptionRow& row,
    const ReportFor& report, const state::Reader& view, std::size_t& looked_at) {
  if (row.created_ms() > report.quiet_since_ms) return std::nullopt;
  const std::string feed = machine::SubscriptionFeed(post, id);
  const Lanes lanes = LanesOf(feed, view);
  const auto is_long = [&](std::int64_t ms) { return ms != 0 && ms <= report.quiet_since_ms; };
  // What was recorded before is not looked at until a session asks for it: however much it is, it
  // waits, for as long as the subscription is there, if that never received anything.
  const bool unasked = lanes.behind != 0 && !view.Get(machine::SessionKey(feed));
  const std::int64_t waiting_ms = unasked && !lanes.ever ? row.created_ms() : lanes.waiting_ms;
  v1::ReportedSubscription shown;
  shown.set_waiting(lanes.waiting);
  shown.set_never_received(!lanes.ever && !unasked && lanes.waiting == 0);
  shown.set_out_of_reach(machine::IsDeadAddress(post, view));
  bool reported = shown.never_received() || shown.out_of_reach() || is_long(waiting_ms);
  if (waiting_ms != 0) *shown.mutable_waiting_since() = TimeOf(waiting_ms);
  if (unasked && lanes.ever) {
    const std::int64_t behind_ms = machine::StampOf(lanes.behind, view);
    *shown.mutable_behind_since() = TimeOf(behind_ms);
    reported = reported || is_long(behind_ms);
  }
  if (const Parked parked = ParkedIn(feed, view); parked.count != 0) {
    looked_at += parked.count;
    shown.set_parked(parked.count);
    *shown.mutable_parked_since() = TimeOf(parked.since_ms);
    reported = reported || is_long(parked.since_ms);
  }
  if (report.agency != machine::AgencyOfPost(post)) {
    Came came(post, feed, row, view);
    const NotTold not_told = came.Since(report.quiet_since_ms);
    looked_at += came.looked_at();
    shown.set_not_told(not_told.count);
    if (not_told.count != 0) {
      *shown.mutable_not_told_since() = TimeOf(machine::StampOf(not_told.first, view));
      reported = true;
    }
  }
  if (!reported) return std::nullopt;
  shown.set_post(post);
  shown.set_subscription_id(model::SubscriptionId::FromBytes(id)->Text());
  *shown.mutable_created_at() = TimeOf(row.created_ms());
  return shown;
}

}  // namespace tearline::rpc
