#include "broker/machine/raise.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broker/machine/brought_in.h"
#include "broker/machine/composite_view.h"
#include "broker/machine/event_obligation.h"
#include "broker/machine/event_terms.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/history.h"
#include "broker/machine/identity.h"
#include "broker/machine/judge.h"
#include "broker/machine/lane.h"
#include "broker/machine/missed.h"
#include "broker/machine/obligation.h"
#include "broker/machine/offer.h"
#include "broker/machine/past.h"
#include "broker/machine/reach.h"
#include "broker/machine/rows.h"
#include "broker/machine/selector.h"
#include "broker/machine/silence.h"
#include "broker/machine/subscription.h"
#include "broker/machine/supersede.h"
#include "broker/machine/taken_up.h"
#include "broker/machine/tell_late.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using state::Key;
using state::Table;
using stored::v1::EventRow;
using stored::v1::RaiseRow;

Key RaiseKey() { return Key(Table::kRaise); }

bool WaitsAt(const Entry& entry, const Step& step) {
  return step.batch.Get(LaneItem(Table::kWaiting, entry.feed, entry.lane, entry.place)).has_value();
}

bool OwedMore(const std::string& event_id, const std::string& post, const Step& step) {
  const std::vector<std::string> owed = StillOwedTo(event_id, step.batch);
  return std::binary_search(owed.begin(), owed.end(), post);
}

/// One event, weighed for everybody it concerns.
class Raising {
 public:
  Raising(const EventRow& event, Step& step)
      : event_(event),
        event_id_(event.publish().event_id()),
        step_(step),
        facts_(FactsOf(event, step.batch)),
        brought_in_(PostsToJudge(event, step.now_ms(), step.batch)) {}

  /// False if this record has no room left; `row` then says with whom to go on.
  bool Run(RaiseRow& row) {
    const bool through = RunFrom(row);
    if (through) {
      row.clear_within();
      row.clear_from_post();
      row.clear_from_wishes();
    } else {
      row.set_within(event_.position());
    }
    if (relieves_) Relieve(event_, step_);
    return through;
  }

 private:
  bool RunFrom(RaiseRow& row) {
    const bool goes_on = row.within() == event_.position();
    const std::string from = goes_on ? row.from_post() : std::string();
    const bool in_wishes = goes_on && row.from_wishes();
    if (!in_wishes) {
      for (auto post = brought_in_.lower_bound(from); post != brought_in_.end(); ++post) {
        if (IsFull(*post, /*in_wishes=*/false, row)) return false;
        WeighForInbox(*post);
      }
    }
    const auto wishing = FeedsThatWish(event_, step_.batch);
    auto wish = in_wishes ? wishing.lower_bound(from) : wishing.begin();
    for (; wish != wishing.end(); ++wish) {
      const auto& [post, feeds] = *wish;
      if (brought_in_.contains(post) || post == event_.publish().originating_post()) continue;
      if (IsFull(post, /*in_wishes=*/true, row)) return false;
      WeighForWishes(post, feeds);
    }
    return true;
  }

  /// Whether this record has no room for one more; `row` then says that it is next. (Before
  /// kRaisesBoundedFrom one record weighed an event for all.)
  bool IsFull(const std::string& post, bool in_wishes, RaiseRow& row) const {
    if (step_.header.behaviour_version < kRaisesBoundedFrom ||
        (step_.rows_left > 0 && step_.looks_left > 0)) {
      return false;
    }
    row.set_from_post(post);
    row.set_from_wishes(in_wishes);
    return true;
  }

  void WeighForInbox(const std::string& post) {
    --step_.looks_left;
    if (IsOutOfReach(post, step_.batch)) {
      // It is judged when the post is back.
      if (HadLess(post, event_, step_.batch)) NoteMissed(event_, post, step_);
      return;
    }
    const bool stands = step_.header.behaviour_version >= kReceivedStandsFrom;
    const auto entry = EntryOf(post, event_id_, step_.batch);
    // What came by a subscription that was deleted since comes into the inbox, if there is more.
    const bool gone = entry && stands && !FeedExists(entry->feed, step_.batch);
    if (entry && !gone && WaitsAt(*entry, step_)) return;
    const policy::Decision weighed = Weigh(event_, facts_, post, step_);
    const bool owed_more = OwedMore(event_id_, post, step_);
    const Late late = {.takes_away = stands, .ends_read = stands};
    const HadBefore had = SeeToWhatWasTold(post, event_, facts_, weighed, late, step_);
    if (had == HadBefore::kEnough && !owed_more) return;
    if (had != HadBefore::kNothing) {
      --step_.rows_left;
      relieves_ = true;
      return;
    }
    const bool comes = weighed.level != v1::LEVEL_WITHHELD &&
                       (!entry || (gone && !HasAsMuch(post, event_, weighed, step_)));
    // What was taken from who was kept out (tell_late.h), and may be told again, is not withheld.
    const bool known_again = stands && weighed.level != v1::LEVEL_WITHHELD &&
                             IsWithheld(event_id_, post, step_.batch);
    if (!comes && weighed.duty_unmet == owed_more && !known_again) return;
    --step_.rows_left;
    Late judged = late;
    judged.comes = comes;
    JudgeAndTell(post, event_, weighed, judged, step_);
    relieves_ = true;
  }

  void WeighForWishes(const std::string& post, const std::vector<std::string>& feeds) {
    --step_.looks_left;
    if (const auto entry = EntryOf(post, event_id_, step_.batch)) {
      // What came by a subscription that is gone, or wishes for other things now, is not followed.
      const bool follows =
          IsInbox(entry->feed) || std::find(feeds.begin(), feeds.end(), entry->feed) != feeds.end();
      if (!follows || WaitsAt(*entry, step_)) return;
      const policy::Decision decision = Weigh(event_, facts_, entry->feed, step_);
      if (SupersedeIfMore(post, event_, facts_, decision, /*reads_late=*/true, step_)) {
        --step_.rows_left;
      }
      return;
    }
    for (const std::string& feed : feeds) {
      if (!Asked(feed)) continue;
      if (Weigh(event_, facts_, feed, step_).level == v1::LEVEL_WITHHELD) return;
      --step_.rows_left;
      OfferByMerge(feed, event_, step_);
      return;
    }
  }

  /// Whether a subscription stood when the event was recorded, and does not come to it by itself.
  bool Asked(const std::string& feed) const {
    const auto wish = step_.batch.Find<stored::v1::SubscriptionRow>(
        SubscriptionKey(PostOfFeed(feed), SubscriptionOfFeed(feed)));
    if (!wish || wish->created_position() > event_.position()) return false;
    const model::Position from =
        ReadLane(feed, event_.publish().urgency(), step_.batch).catch_up_from();
    return from == 0 || event_.position() < from;
  }

  const EventRow& event_;
  const std::string& event_id_;
  Step& step_;
  const policy::EventFacts facts_;
  const std::set<std::string> brought_in_;
  bool relieves_ = false;
};

/// False if this record has no room left; `row` then says where to go on.
bool RunLane(v1::Urgency lane, RaiseRow& row, Step& step) {
  const Key index = Key(Table::kEventAt).U8(static_cast<std::uint8_t>(lane));
  return ForEachOfThePast(index, row, step, [&row, &step](const EventRow& event) {
    return IsWithdrawn(event) || IsNone(event) || Raising(event, step).Run(row);
  });
}

bool RunAll(RaiseRow& row, Step& step) {
  for (const v1::Urgency lane : kLanes) {
    if (lane < static_cast<v1::Urgency>(row.lane())) continue;  // through
    if (lane != static_cast<v1::Urgency>(row.lane())) row.set_from(1);
    row.set_lane(lane);
    if (!RunLane(lane, row, step)) return false;
  }
  return true;
}

}  // namespace

void BeginRaise(Step& step) {
  if (step.header.behaviour_version < kRaisesReachFrom) return;
  if (const auto before = step.batch.Find<RaiseRow>(RaiseKey())) {
    step.batch.Erase(DeadlineKey(before->due_ms(), DeadlineKind::kRaise, ""));
  }
  RaiseRow row;
  row.set_lane(kLanes.front());
  row.set_from(1);
  row.set_until(step.header.position);
  row.set_due_ms(step.now_ms());
  step.batch.PutRow(RaiseKey(), row);
  step.batch.Put(DeadlineKey(row.due_ms(), DeadlineKind::kRaise, ""), "");
}

bool IsRaiseDue(const Step& step) {
  const auto row = step.batch.See<RaiseRow>(RaiseKey());
  return row && row->due_ms() <= step.now_ms();
}

void GoOnWithRaise(Step& step) {
  auto row = step.batch.Find<RaiseRow>(RaiseKey());
  TEARLINE_INVARIANT(row.has_value(), "a raise's deadline ends with it");
  if (!RunAll(*row, step)) {
    step.batch.PutRow(RaiseKey(), *row);
    return;
  }
  step.AddChanged("raise-through", std::to_string(row->until()));
  step.batch.Erase(RaiseKey());
  step.batch.Erase(DeadlineKey(row->due_ms(), DeadlineKind::kRaise, ""));
}

void BeginRaiseFor(const std::string& post, Step& step) {
  if (step.header.behaviour_version < kRaisesReachFrom) return;
  std::set<std::string> people = PeopleOfPost(post, step.batch);
  for (const std::string& other : WhoseWorkItDoes(post, step.batch)) {
    people.merge(PeopleOfPost(other, step.batch));
  }
  for (const std::string& nominal_id : people) BeginHistory(nominal_id, post, step);
}

}  // namespace tearline::machine
