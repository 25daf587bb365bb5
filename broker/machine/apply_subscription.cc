#include <string>

#include "broker/machine/apply.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/lane.h"
#include "broker/machine/rows.h"
#include "broker/machine/selector.h"
#include "broker/machine/settle.h"
#include "broker/machine/since.h"
#include "broker/machine/subscription.h"
#include "broker/model/limits.h"

namespace tearline::machine {
namespace {

using state::Table;
using stored::v1::ItemRow;
using stored::v1::LaneRow;
using stored::v1::SubscriptionRow;

constexpr std::size_t kScanRows = 64;

Status CheckStart(v1::StartFrom from, std::int64_t time_ms, const Step& step) {
  if (!v1::StartFrom_IsValid(from) || from == v1::START_FROM_UNSPECIFIED) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`start.from` must be now, the beginning or a time");
  }
  if (from == v1::START_FROM_TIME ? time_ms <= 0 || time_ms > step.now_ms() : time_ms != 0) {
    return Refuse(v1::ERROR_REASON_TIME_INVALID,
                  "`start.time` goes with a start from a time, and must not be after the broker's");
  }
  return {};
}

/// The first position that a start names; 0 for one that begins with what comes after this record.
model::Position PositionOf(v1::StartFrom from, std::int64_t time_ms, const Step& step) {
  if (from == v1::START_FROM_NOW) return 0;
  if (from == v1::START_FROM_BEGINNING) return 1;
  return FirstSince(time_ms, step.header.position - 1, step.batch);
}

/// The post's subscription by that id.
std::optional<SubscriptionRow> Own(const std::string& id, const Step& step) {
  return step.batch.Find<SubscriptionRow>(SubscriptionKey(step.actor.post(), id));
}

void AddChanged(const char* what, const std::string& id, Step& step) {
  step.AddChanged(what, model::SubscriptionId::FromBytes(id)->Text(), step.actor.post());
}

}  // namespace

bool FeedExists(const std::string& feed, const state::Reader& reader) {
  return IsInbox(feed) ||
         reader.Get(SubscriptionKey(PostOfFeed(feed), SubscriptionOfFeed(feed))).has_value();
}

Status NoSuchSubscription() {
  return Refuse(v1::ERROR_REASON_NOT_FOUND, "the post has no such subscription");
}

Status ApplyCreateSubscription(const stored::v1::CreateSubscription& command, Step& step) {
  TEARLINE_RETURN_IF_REFUSED(CheckStart(command.from(), command.time_ms(), step));
  Result<SubscriptionRow> row = ReadSelector(command.selector(), step.batch);
  if (!row.ok()) return row.status();
  const std::string& post = step.actor.post();
  const state::Key all = state::Key(Table::kSubscription).Name(post);
  if (step.batch.Scan(all, model::kSubscriptionsPerPostMax).size() ==
      model::kSubscriptionsPerPostMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED,
                  "a post has at most 16 subscriptions; delete one that nobody reads");
  }

  const model::SubscriptionId id = step.MakeId<model::SubscriptionId>(model::SubscriptionTag{});
  row->set_created_position(step.header.position);
  row->set_created_ms(step.now_ms());
  step.batch.PutRow(SubscriptionKey(post, id.Bytes()), *row);
  AddToIndex(*row, post, id.Bytes(), step.batch);
  const std::string feed = SubscriptionFeed(post, id.Bytes());
  for (const v1::Urgency lane : kLanes) {
    LaneRow lane_row = ReadLane(feed, lane, step.batch);
    lane_row.set_catch_up_from(PositionOf(command.from(), command.time_ms(), step));
    step.batch.PutRow(LaneKey(feed, lane), lane_row);
  }
  AddChanged("subscription-created", id.Bytes(), step);
  step.applied.made_id = id.Text();
  return {};
}

Status ApplySeekSubscription(const stored::v1::SeekSubscription& command, Step& step) {
  TEARLINE_RETURN_IF_REFUSED(CheckStart(command.from(), command.time_ms(), step));
  if (!Own(command.subscription_id(), step)) return NoSuchSubscription();

  const std::string feed = SubscriptionFeed(step.actor.post(), command.subscription_id());
  for (const v1::Urgency lane : kLanes) {
    LaneRow row = ReadLane(feed, lane, step.batch);
    row.set_catch_up_from(PositionOf(command.from(), command.time_ms(), step));
    row.set_waiting(0);
    row.set_held_below(0);
    row.set_given_up_below(row.next_place());
    step.batch.PutRow(LaneKey(feed, lane), row);
  }
  AddChanged("subscription-moved", command.subscription_id(), step);
  step.to_release.insert(feed);
  return {};
}

Status ApplyDeleteSubscription(const stored::v1::DeleteSubscription& command, Step& step) {
  const auto row = Own(command.subscription_id(), step);
  if (!row) return NoSuchSubscription();

  const std::string& post = step.actor.post();
  const std::string feed = SubscriptionFeed(post, command.subscription_id());
  RemoveFromIndex(*row, post, command.subscription_id(), step.batch);
  step.batch.Erase(SubscriptionKey(post, command.subscription_id()));
  step.batch.Erase(SessionKey(feed));
  step.batch.Put(DeadlineKey(step.now_ms(), DeadlineKind::kForget, feed), "");
  AddChanged("subscription-deleted", command.subscription_id(), step);
  step.applied.feeds.insert(feed);  // whoever follows it is told that it is over
  return {};
}

void Forget(const std::string& feed, std::int64_t due_ms, Step& step) {
  for (const Table table :
       {Table::kWaiting, Table::kReleased, Table::kParked, Table::kHold, Table::kLane}) {
    const state::Key rows = state::Key(table).Name(feed);
    while (true) {
      const auto some = step.batch.Scan(rows, kScanRows);
      for (const auto& [key, bytes] : some) {
        if (step.looks_left <= 0) return;  // the next pulse goes on
        --step.looks_left;
        const std::string rest = key.substr(rows.bytes().size());
        ItemRow item;
        if (table == Table::kReleased && item.ParseFromString(bytes) && item.not_before_ms() != 0) {
          const auto lane = static_cast<v1::Urgency>(state::ReadBigEndian(rest, 0, 1));
          EndHold(feed, lane, state::ReadBigEndian(rest, 1, 8), item, step);
        }
        step.batch.Erase(state::Key(rows).Fixed(rest));
      }
      if (some.size() < kScanRows) break;
    }
  }
  step.batch.Erase(DeadlineKey(due_ms, DeadlineKind::kForget, feed));
}

}  // namespace tearline::machine
