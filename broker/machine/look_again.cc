#include "broker/machine/look_again.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "broker/machine/composite_view.h"
#include "broker/machine/event_obligation.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/judge.h"
#include "broker/machine/lane.h"
#include "broker/machine/moved_booking.h"
#include "broker/machine/obligation.h"
#include "broker/machine/offer.h"
#include "broker/machine/reach.h"
#include "broker/machine/rows.h"
#include "broker/machine/selector.h"
#include "broker/machine/settle.h"
#include "broker/machine/silence.h"
#include "broker/machine/supersede.h"
#include "broker/machine/take_back.h"
#include "broker/model/limits.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using state::Table;
using stored::v1::EventRow;
using stored::v1::ItemRow;
using stored::v1::LaneRow;

/// Rows looked at in one reading of a lane.
constexpr int kScanRows = 64;

bool IsStale(const std::string& feed, const EventRow& event, const ItemRow& item,
             const Step& step) {
  return item.judged_position() < LastChange(event, PostOfFeed(feed), step.ledger, step.batch);
}

EventRow EventOf(const ItemRow& item, const Step& step) {
  auto event = step.batch.Find<EventRow>(EventKey(item.event_id()));
  TEARLINE_INVARIANT(event.has_value(), "an item's event is known");
  return *std::move(event);
}

}  // namespace

ItemRow ToldBy(const stored::v1::LetGoRow& let_go) {
  ItemRow told;
  told.set_level(let_go.level());
  *told.mutable_segments() = let_go.segments();
  if (let_go.has_tear_line()) told.set_tear_line(let_go.tear_line());
  *told.mutable_members() = let_go.members();
  return told;
}

bool ToldAlike(const ItemRow& one, const ItemRow& other) {
  return one.level() == other.level() && one.has_tear_line() == other.has_tear_line() &&
         one.tear_line() == other.tear_line() && ShownAlike(one.members(), other.members()) &&
         std::equal(one.segments().begin(), one.segments().end(), other.segments().begin(),
                    other.segments().end());
}

bool WasToldAlike(const std::string& feed, const EventRow& event, const ItemRow& item,
                  const Step& step) {
  // What supersedes had ended what it supersedes; a subscription may be asked to tell it again.
  if (step.header.behaviour_version < kToldOnceFrom || !IsInbox(feed) || item.superseding()) {
    return false;
  }
  const auto let_go =
      step.batch.Find<stored::v1::LetGoRow>(LetGoKey(feed, event.publish().event_id()));
  return let_go && !let_go->ended() && let_go->feed() == feed &&
         !MovedSince(event, let_go->judged_position()) && ToldAlike(ToldBy(*let_go), item);
}

void KeepAs(const std::string& feed, v1::Urgency lane, std::uint64_t sequence,
            const ItemRow& before, ItemRow judged, Step& step) {
  judged.set_released_ms(before.released_ms());
  judged.set_tries(before.tries());
  judged.set_not_before_ms(before.not_before_ms());
  step.batch.PutRow(LaneItem(Table::kReleased, feed, lane, sequence), judged);
  RememberNumber(feed, lane, sequence, judged, step);

  auto row = step.batch.Find<LaneRow>(LaneKey(feed, lane));
  TEARLINE_INVARIANT(row.has_value() && row->outstanding_bytes() >= before.bytes(),
                     "a released item is counted in its lane's window");
  row->set_outstanding_bytes(row->outstanding_bytes() - before.bytes() + judged.bytes());
  step.batch.PutRow(LaneKey(feed, lane), *row);

  if (ToldAlike(before, judged)) return;
  stored::v1::ReleasedDetail& detail = *step.AddDetail().mutable_released();
  detail.set_feed(feed);
  detail.set_lane(lane);
  detail.set_sequence(sequence);
  detail.set_event_id(judged.event_id());
  detail.set_level(judged.level());
  detail.set_again(true);
}

bool IsPartedFrom(const std::string& feed, const EventRow& event, const Step& step) {
  if (step.header.behaviour_version < kPartedUnwishedFrom || IsInbox(feed)) return false;
  const auto wish = step.batch.See<stored::v1::SubscriptionRow>(
      SubscriptionKey(PostOfFeed(feed), SubscriptionOfFeed(feed)));
  return wish && !IsOfWhomItNames(*wish, event, step.batch);
}

bool StillTold(const std::string& feed, const EventRow& event, ItemRow& item, Step& step) {
  if (!IsStale(feed, event, item, step)) return true;
  const std::string post = PostOfFeed(feed);
  const std::string& event_id = event.publish().event_id();
  const bool was_told_less = IsToldLess(event_id, post, step.batch);
  const policy::Decision decision =
      WithoutWhatWasRead(Judge(event, FactsOf(event, step.batch), feed, Judging::kAgain, step),
                         feed, event_id, step.batch);
  // Duties are due in the inbox, and looked at there.
  if (IsInbox(feed)) {
    if (decision.level == v1::LEVEL_WITHHELD) TakeAwayFrom(post, event, step);
    OpenObligations(event, post, decision, item.late(), step);
    RelieveOf(event, was_told_less, step);
  }
  const bool owed = decision.duty != v1::LEVEL_UNSPECIFIED;
  const bool parted = !owed && IsPartedFrom(feed, event, step);
  if (decision.level == v1::LEVEL_WITHHELD || parted) {
    const auto entry = EntryOf(post, event_id, step.batch);
    if (entry && entry->feed == feed) step.batch.Erase(ItemOfKey(post, event_id));
    EndLetGo(feed, event_id, step);
    EndRead(feed, event_id, step);  // nobody can read what is not told
    if (decision.level != v1::LEVEL_WITHHELD) OfferElsewhere(post, event, step);
    return false;
  }
  ItemRow judged = ItemOf(event, decision, step);
  judged.set_queued_ms(item.queued_ms());
  judged.set_late(item.late());
  judged.set_superseding(item.superseding());
  judged.set_superseded_sequence(item.superseded_sequence());
  item = std::move(judged);
  return true;
}

void JudgeWaiting(const Entry& entry, const EventRow& event, ItemRow item, Step& step) {
  const bool superseding = item.superseding();
  const std::uint64_t superseded = item.superseded_sequence();
  if (StillTold(entry.feed, event, item, step)) {
    step.batch.PutRow(LaneItem(Table::kWaiting, entry.feed, entry.lane, entry.place), item);
    return;
  }
  LeaveQueue(entry.feed, entry.lane, entry.place, step);
  if (superseding) TellTakenBack(entry.feed, entry.lane, superseded, event, step);
}

void JudgeWhatItSpeaksOf(const std::string& feed, const ItemRow& notice, Step& step) {
  const auto obligation =
      step.batch.Find<stored::v1::ObligationRow>(ObligationKey(notice.obligation_id()));
  if (!obligation) return;
  for (const std::string& event_id : obligation->event_ids()) {
    const auto entry = EntryOf(feed, event_id, step.batch);
    if (!entry || entry->feed != feed) continue;
    const state::Key key = LaneItem(Table::kWaiting, feed, entry->lane, entry->place);
    auto item = step.batch.Find<ItemRow>(key);
    if (!item) continue;
    const EventRow event = EventOf(*item, step);
    if (!IsStale(feed, event, *item, step)) continue;
    --step.rows_left;
    if (step.header.behaviour_version >= kMovedWaitingFrom &&
        MovedSince(event, item->judged_position())) {
      Supersede(feed, event, FactsOf(event, step.batch), step);
      continue;
    }
    if (StillTold(feed, event, *item, step)) {
      step.batch.PutRow(key, *item);
    } else {
      LeaveQueue(feed, entry->lane, entry->place, step);
      if (item->superseding() && step.header.behaviour_version >= kReachFrom) {
        TellTakenBack(feed, entry->lane, item->superseded_sequence(), event, step);
      }
    }
  }
}

void JudgeReleased(const std::string& feed, v1::Urgency lane, std::uint64_t sequence, Step& step) {
  const auto item = step.batch.Find<ItemRow>(LaneItem(Table::kReleased, feed, lane, sequence));
  TEARLINE_INVARIANT(item.has_value(), "what is judged again was let go and is not settled");
  if (item->kind() != stored::v1::ITEM_KIND_EVENT) return;
  // Of a post out of reach nothing goes out; it is judged when the post is back.
  if (IsOutOfReach(PostOfFeed(feed), step.batch)) return;
  const EventRow event = EventOf(*item, step);
  if (!IsStale(feed, event, *item, step)) return;
  --step.rows_left;
  // Kept under its number, its post would go on taking it for the other nominal's.
  if (MovedSince(event, item->judged_position()) &&
      Supersede(PostOfFeed(feed), event, FactsOf(event, step.batch), step)) {
    return;
  }
  ItemRow judged = *item;
  if (StillTold(feed, event, judged, step)) {
    KeepAs(feed, lane, sequence, *item, std::move(judged), step);
  } else {
    TakeOut(feed, lane, sequence, step);
    TellTakenBack(feed, lane, sequence, event, step);
  }
}

void BeginLookingAgain(const std::string& feed, Step& step) {
  for (const v1::Urgency lane : kLanes) {
    auto row = step.batch.Find<LaneRow>(LaneKey(feed, lane));
    if (!row || row->outstanding() == 0) continue;
    row->set_look_again_from(1);
    step.batch.PutRow(LaneKey(feed, lane), *row);
  }
  step.to_release.insert(feed);
}

void BeginLookingAgainFor(const std::string& post, Step& step) {
  BeginLookingAgain(post, step);
  const state::Key all = state::Key(Table::kSubscription).Name(post);
  for (const auto& [key, bytes] : step.batch.Scan(all, model::kSubscriptionsPerPostMax)) {
    BeginLookingAgain(SubscriptionFeed(post, key.substr(all.bytes().size())), step);
  }
}

bool GoOnLookingAgain(const std::string& feed, v1::Urgency lane, Step& step) {
  const auto before = step.batch.Find<LaneRow>(LaneKey(feed, lane));
  if (!before || before->look_again_from() == 0) return true;
  step.applied.feeds.insert(feed);
  std::uint64_t from = before->look_again_from();
  const auto end_at = [&](std::uint64_t next) {
    LaneRow row = *step.batch.Find<LaneRow>(LaneKey(feed, lane));
    row.set_look_again_from(next);
    step.batch.PutRow(LaneKey(feed, lane), row);
  };
  const state::Key rows = LaneRows(Table::kReleased, feed, lane);
  while (true) {
    const auto released =
        step.batch.Scan(rows, LaneItem(Table::kReleased, feed, lane, from), kScanRows);
    for (const auto& [key, bytes] : released) {
      if (step.rows_left <= 0 || step.looks_left <= 0) {
        end_at(from);
        step.applied.unfinished.insert(feed);
        return false;
      }
      --step.looks_left;
      const std::uint64_t sequence = state::ReadBigEndian(key, key.size() - 8, 8);
      JudgeReleased(feed, lane, sequence, step);
      from = sequence + 1;
    }
    if (released.size() < kScanRows) break;
  }
  end_at(0);
  return true;
}

}  // namespace tearline::machine
