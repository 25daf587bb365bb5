#include "broker/machine/event_change.h"

#include <limits>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "broker/machine/composite_view.h"
#include "broker/machine/event_obligation.h"
#include "broker/machine/event_terms.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/identity.h"
#include "broker/machine/judge.h"
#include "broker/machine/lane.h"
#include "broker/machine/moved_booking.h"
#include "broker/machine/obligation.h"
#include "broker/machine/offer.h"
#include "broker/machine/rows.h"
#include "broker/machine/selector.h"
#include "broker/machine/supersede.h"
#include "broker/machine/take_back.h"
#include "broker/machine/tell_late.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using state::Key;
using state::Table;
using stored::v1::EventChangeRow;
using stored::v1::EventRow;
using stored::v1::LetGoRow;

using Posts = std::set<std::string>;

/// The posts that have a row below an event in a table keyed by event and post.
void AddPosts(Table table, const std::string& event_id, const state::Reader& reader, Posts& posts) {
  constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();  // whom it was judged for
  const Key all = Key(table).Fixed(event_id);
  const std::size_t name_at = all.bytes().size();
  for (const auto& [key, value] : reader.Scan(all, kAll)) {
    posts.insert(key.substr(name_at, key.size() - name_at - 1));  // no closing zero
  }
}

/// Nobody is told of it any more; whoever received it is told that, and owes that it be deleted.
void TakeFrom(const std::string& post, const EventRow& event, Step& step) {
  const std::string& event_id = event.publish().event_id();
  const auto entry = EntryOf(post, event_id, step.batch);
  RememberDecision(Decide(event, {}, post, step), event, entry ? entry->feed : post,
                   Judging::kAgain, step);
  if (entry) {
    if (step.batch.Get(LaneItem(Table::kWaiting, entry->feed, entry->lane, entry->place))) {
      LeaveQueue(entry->feed, entry->lane, entry->place, step);
    }
    step.batch.Erase(ItemOfKey(post, event_id));
  }
  EndRead(post, event_id, step);
  const auto let_go = step.batch.Find<LetGoRow>(LetGoKey(post, event_id));
  if (!let_go) return;
  const bool was_told = let_go->ended() && let_go->judged_position() >= event.changed_position();
  if (!was_told) {
    TakeOut(let_go->feed(), let_go->lane(), let_go->sequence(), step);
    TellTakenBack(let_go->feed(), let_go->lane(), let_go->sequence(), event, step);
    EndLetGo(let_go->feed(), event_id, step);
  }
  // Nobody is chased for what was erased.
  if (event.withdrawn() != v1::WITHDRAWAL_REASON_ERASED) OpenConfirmDeletion(event, post, step);
}

/// Subscriptions that name one of the nominals an event was moved to and wish for it, by post; only
/// those that stood as it was recorded.
std::map<std::string, std::vector<std::string>> FeedsThatNameIt(const EventRow& event,
                                                                const state::Reader& reader) {
  std::map<std::string, std::vector<std::string>> feeds;
  for (const std::string& to : MovedTo(event)) {
    for (const std::string& id : SamePerson(to, reader)) {
      for (const std::string& feed : FeedsThatName(id, reader)) {
        const auto wish = reader.Find<stored::v1::SubscriptionRow>(
            SubscriptionKey(PostOfFeed(feed), SubscriptionOfFeed(feed)));
        TEARLINE_INVARIANT(wish.has_value(), "a subscription in the index has its row");
        if (wish->created_position() <= event.position() && Wishes(*wish, event, reader)) {
          feeds[PostOfFeed(feed)].push_back(feed);
        }
      }
    }
  }
  return feeds;
}

/// One event being judged again for everybody it concerns.
class Rejudging {
 public:
  Rejudging(const EventRow& event, const EventChangeRow& row, Step& step)
      : event_(event), row_(row), step_(step), moved_(WasMovedLast(event)) {
    const std::string& event_id = event.publish().event_id();
    AddPosts(Table::kItemOf, event_id, step.batch, posts_);
    AddPosts(Table::kLetGo, event_id, step.batch, posts_);
    if (!IsWithdrawn(event)) {
      facts_ = FactsOf(event, step.batch);
      brought_in_ = PostsToJudge(event, step.now_ms(), step.batch);
      AddPosts(Table::kToldLess, event_id, step.batch, told_less_);
      wishing_ = moved_ ? FeedsThatNameIt(event, step.batch) : FeedsThatWish(event, step.batch);
      posts_.insert(brought_in_.begin(), brought_in_.end());
      posts_.insert(told_less_.begin(), told_less_.end());
      for (const auto& [post, feeds] : wishing_) posts_.insert(post);
    }
    posts_.erase(event.publish().originating_post());
  }

  /// False if this record has no room left; `from` is then where to go on.
  bool From(std::string& from) {
    for (auto post = posts_.lower_bound(from); post != posts_.end(); ++post) {
      if (step_.rows_left <= 0) {
        from = *post;
        return false;
      }
      --step_.rows_left;
      if (IsWithdrawn(event_)) {
        TakeFrom(*post, event_, step_);
      } else if (row_.has_composite_before() && IsAtRest(*post) && IsAlike(*post)) {
        continue;
      } else if (!Supersede(*post, event_, facts_, step_)) {
        OfferTo(*post);
      }
    }
    return true;
  }

 private:
  /// Whether a post was told nothing of it, or has settled what it was told.
  bool IsAtRest(const std::string& post) const {
    const std::string& event_id = event_.publish().event_id();
    const auto entry = EntryOf(post, event_id, step_.batch);
    if (!entry) return true;
    const auto lies = [&](Table table, std::uint64_t number) {
      return step_.batch.Get(LaneItem(table, entry->feed, entry->lane, number)).has_value();
    };
    const auto let_go = step_.batch.Find<LetGoRow>(LetGoKey(post, event_id));
    return !lies(Table::kWaiting, entry->place) && let_go &&
           !lies(Table::kReleased, let_go->sequence());
  }

  /// Whether the policy says the same to a post of the composite as it was and as it is.
  bool IsAlike(const std::string& post) {
    const stored::v1::CompositeRow& before = row_.composite_before();
    return MakesOne(before) && SayOfComposite(event_, before, post, step_) ==
                                   SayOfComposite(event_, event_.composite(), post, step_);
  }

  /// To a post that was not told of it so far: into the inbox what is owed, else into what wishes.
  void OfferTo(const std::string& post) {
    const bool brought_in = brought_in_.contains(post);
    if ((brought_in || told_less_.contains(post)) && JudgeForInbox(post, brought_in)) return;
    const auto wishes = wishing_.find(post);
    if (wishes == wishing_.end()) return;
    for (const std::string& feed : wishes->second) {
      const std::uint64_t from =
          ReadLane(feed, event_.publish().urgency(), step_.batch).catch_up_from();
      if (from != 0 && from <= event_.position()) continue;  // it will come to it
      if (moved_) {
        OfferByMerge(feed, event_, step_);
      } else {
        OfferAgain(feed, event_, facts_, step_);
      }
      return;
    }
  }

  /// False if the inbox has nothing to do with it any more.
  bool JudgeForInbox(const std::string& post, bool brought_in) {
    const Late late = {.judging = moved_ ? Judging::kLate : Judging::kAgain,
                       .marked = moved_,
                       .reads_late = moved_,
                       .read_once = false,
                       .takes_away = false,
                       .ends_read = false};
    policy::Decision weighed = Weigh(event_, facts_, post, step_);
    if (!brought_in && weighed.duty == v1::LEVEL_UNSPECIFIED) {
      JudgeAs(std::move(weighed), event_, post, late.judging, step_);
      return false;
    }
    JudgeAndTell(post, event_, std::move(weighed), late, step_);
    return true;
  }

  const EventRow& event_;
  const EventChangeRow& row_;
  Step& step_;
  const bool moved_;  ///< By its last change: what comes of that is late.
  policy::EventFacts facts_;
  Posts brought_in_;                                         ///< By its nominals' cases.
  Posts told_less_;                                          ///< Than all that could be owed.
  std::map<std::string, std::vector<std::string>> wishing_;  ///< Subscriptions, by post.
  Posts posts_;                                              ///< All of them, and whoever has it.
};

void LeaveToPulses(const std::string& event_id, EventChangeRow row, Step& step) {
  if (row.due_ms() == 0) row.set_due_ms(step.now_ms());
  step.batch.PutRow(EventChangeKey(event_id), row);
  step.batch.Put(DeadlineKey(row.due_ms(), DeadlineKind::kEventChange, event_id), "");
}

void GoOn(const EventRow& event, EventChangeRow row, Step& step) {
  const std::string& event_id = event.publish().event_id();
  step.applied.telling_changed = true;
  std::string from = row.from_post();
  if (!Rejudging(event, row, step).From(from)) {
    row.set_from_post(from);
    LeaveToPulses(event_id, std::move(row), step);
    return;
  }
  if (row.due_ms() != 0) {
    step.batch.Erase(EventChangeKey(event_id));
    step.batch.Erase(DeadlineKey(row.due_ms(), DeadlineKind::kEventChange, event_id));
  }
  Relieve(event, step);
}

}  // namespace

void BeginEventChange(const EventRow& event, Step& step) {
  // What was owed about a withdrawn event, or a composite that is none any more, is nobody's to
  // chase from this record on.
  if (IsWithdrawn(event) || IsNone(event)) Relieve(event, step);
  EventChangeRow row;
  // What an earlier change had not come to is judged as the event is now.
  const auto before = step.batch.Find<EventChangeRow>(EventChangeKey(event.publish().event_id()));
  if (before) row.set_due_ms(before->due_ms());
  GoOn(event, std::move(row), step);
}

void BeginEventJoin(const EventRow& event, const stored::v1::CompositeRow& before, Step& step) {
  const std::string& event_id = event.publish().event_id();
  const auto unfinished = step.batch.Find<EventChangeRow>(EventChangeKey(event_id));
  if (step.header.behaviour_version < kJoinedUnseenFrom ||
      (unfinished && !unfinished->has_composite_before())) {
    BeginEventChange(event, step);
    return;
  }
  EventChangeRow row;
  // Whoever an earlier joining had not come to is judged for both.
  *row.mutable_composite_before() = unfinished ? unfinished->composite_before() : before;
  if (unfinished) row.set_due_ms(unfinished->due_ms());
  GoOn(event, std::move(row), step);
}

void BeginEventMove(const EventRow& event, Step& step) {
  if (IsWithdrawn(event)) return;  // told to nobody, as before
  if (step.rows_left > 0) {
    BeginEventChange(event, step);
    return;
  }
  EventChangeRow row;
  const std::string& event_id = event.publish().event_id();
  if (const auto before = step.batch.Find<EventChangeRow>(EventChangeKey(event_id))) {
    row.set_due_ms(before->due_ms());
  }
  LeaveToPulses(event_id, std::move(row), step);
}

void GoOnWithEventChange(const std::string& event_id, Step& step) {
  const auto event = step.batch.Find<EventRow>(EventKey(event_id));
  const auto row = step.batch.Find<EventChangeRow>(EventChangeKey(event_id));
  TEARLINE_INVARIANT(event && row, "an event's change ends with its deadline");
  if (step.rows_left <= 0) return;  // others took this record's room: the next pulse's turn
  GoOn(*event, *row, step);
}

}  // namespace tearline::machine
