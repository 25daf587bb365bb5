#include "broker/machine/supersede.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "broker/machine/composite_view.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/judge.h"
#include "broker/machine/lane.h"
#include "broker/machine/look_again.h"
#include "broker/machine/moved_booking.h"
#include "broker/machine/obligation.h"
#include "broker/machine/offer.h"
#include "broker/machine/rows.h"
#include "broker/machine/selector.h"
#include "broker/machine/settle.h"
#include "broker/machine/silence.h"
#include "broker/machine/subscription.h"
#include "broker/machine/take_back.h"

namespace tearline::machine {
namespace {

using state::Table;
using stored::v1::EventRow;
using stored::v1::ItemRow;
using stored::v1::LetGoRow;

void ForgetReads(const std::string& feed, const std::string& event_id, Step& step) {
  constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();  // a post's people
  for (const auto& [key, row] :
       step.batch.Scan(state::Key(Table::kRead).Name(feed).Fixed(event_id), kAll)) {
    const std::size_t reader_at = 1 + feed.size() + 1 + event_id.size();
    step.batch.Erase(
        state::Key(Table::kRead).Name(feed).Fixed(event_id).Fixed(key.substr(reader_at)));
  }
}

/// What a post was told is taken back, whatever was to take its place.
void TakeBackTold(const LetGoRow& told, const EventRow& event, Step& step) {
  TakeOut(told.feed(), told.lane(), told.sequence(), step);
  EndLetGo(told.feed(), event.publish().event_id(), step);
  TellTakenBack(told.feed(), told.lane(), told.sequence(), event, step);
}

/// What waits is not for its feed any more: it leaves the queue, and the event may enter the post's
/// feeds anew. What the post had been told before, under whichever number, is taken back.
void GiveUpWaiting(const Entry& entry, const EventRow& event, const ItemRow& item, Step& step) {
  const std::string& event_id = event.publish().event_id();
  const std::string post = PostOfFeed(entry.feed);
  LeaveQueue(entry.feed, entry.lane, entry.place, step);
  step.batch.Erase(ItemOfKey(post, event_id));
  const auto told = step.batch.Find<LetGoRow>(LetGoKey(post, event_id));
  if (told && (!told->ended() || item.superseding())) TakeBackTold(*told, event, step);
}

/// An event that a post was told of, or that waits for it.
class Had {
 public:
  Had(const EventRow& event, const policy::EventFacts& facts, const Entry& entry, Step& step)
      : event_(event), facts_(facts), entry_(entry), post_(PostOfFeed(entry.feed)), step_(step) {}

  /// `moved` says that it was told as another nominal's; `late`, that what is told of it now is;
  /// `reads_late`, that so is what must be read.
  void JudgeTold(const LetGoRow& let_go, policy::Decision weighed, bool moved, bool late,
                 bool reads_late) {
    const policy::Decision decision =
        JudgeAs(std::move(weighed), event_, entry_.feed, Judging::kAgain, step_);
    const bool owed = decision.duty != v1::LEVEL_UNSPECIFIED;
    if (owed) NoteOwed(decision);
    if (moved) EndRead(post_, EventId(), step_);  // it is owed of the other, or not at all
    const ItemRow before = ToldBy(let_go);
    ItemRow item = ItemOf(event_, decision, step_);
    const bool withheld = decision.level == v1::LEVEL_WITHHELD;
    const bool apart = !moved && IsPartedFrom(entry_.feed, event_, step_);
    const bool inbox = owed || (apart && IsWished(post_));
    const bool alike = ToldAlike(before, item);
    const bool leaves = apart && !owed && (IsOut(let_go) || !alike);
    if (withheld || (leaves && !inbox) || (moved && !owed && !IsWished(entry_.feed))) {
      if (IsInbox(entry_.feed)) TakeAwayFrom(post_, event_, step_);
      EndRead(entry_.feed, EventId(), step_);
      Owe(decision);
      End(let_go);
      TellTakenBack(entry_.feed, entry_.lane, let_go.sequence(), event_, step_);
      if (leaves && !withheld) OfferElsewhere(post_, event_, step_);
      return;
    }
    if (!moved && alike && !leaves) {
      Owe(WithoutWhatWasRead(decision, entry_.feed, EventId(), step_.batch));
      Keep(let_go, std::move(item));
      return;
    }
    const std::string feed = FeedFor(inbox);
    if (!moved && feed.empty() && !TellsLess(item, before) &&
        step_.header.behaviour_version >= kGoneFeedsFrom) {
      return Stand(let_go);
    }
    if (IsInbox(entry_.feed)) ForgetReads(post_, EventId(), step_);
    End(let_go);
    if (TellsLess(item, before)) {
      TellTakenBack(entry_.feed, entry_.lane, let_go.sequence(), event_, step_);
    }
    item.set_late(late);
    if (!feed.empty()) SendAnew(feed, let_go.sequence(), std::move(item));
    Owe(decision, reads_late);
  }

  /// Of what waits and was moved. False if another of the post's feeds may be offered it.
  bool JudgeMovedWaiting(const ItemRow& item) {
    const policy::Decision decision = Judge(event_, facts_, entry_.feed, Judging::kAgain, step_);
    const bool owed = decision.duty != v1::LEVEL_UNSPECIFIED;
    if (owed) NoteOwed(decision);
    const bool withheld = decision.level == v1::LEVEL_WITHHELD;
    EndRead(post_, EventId(), step_);  // it is owed of the other, or not at all
    if (withheld || (!owed && !IsWished(entry_.feed))) {
      if (IsInbox(entry_.feed)) TakeAwayFrom(post_, event_, step_);
      Owe(decision);
      GiveUpWaiting(entry_, event_, item, step_);
      return withheld;
    }
    ItemRow judged = ItemOf(event_, decision, step_);
    judged.set_queued_ms(item.queued_ms());
    judged.set_late(true);
    judged.set_superseding(item.superseding());
    if (owed && !IsInbox(entry_.feed)) {
      Enqueue(post_, event_.publish().urgency(), std::move(judged), step_);
    } else {
      judged.set_superseded_sequence(item.superseded_sequence());
      step_.batch.PutRow(LaneItem(Table::kWaiting, entry_.feed, entry_.lane, entry_.place), judged);
    }
    Owe(decision, /*late=*/true);
    return true;
  }

  /// Whether the event, as it is now, brings the inbox's post in, or the subscription wishes for
  /// it.
  bool IsWished(const std::string& feed) const {
    if (IsInbox(feed)) {
      return PostsToJudge(event_, step_.now_ms(), step_.batch).contains(feed);
    }
    const auto wish = step_.batch.Find<stored::v1::SubscriptionRow>(
        SubscriptionKey(PostOfFeed(feed), SubscriptionOfFeed(feed)));
    return wish && Wishes(*wish, event_, step_.batch);
  }

 private:
  const std::string& EventId() const { return event_.publish().event_id(); }

  /// What is owed is told, or not, in the inbox, whichever feed it was judged for.
  void NoteOwed(const policy::Decision& decision) {
    if (IsInbox(entry_.feed) || step_.header.behaviour_version < kOwedNotedFrom) return;
    NoteDecision(EventId(), post_, decision, step_);
  }

  /// Where it comes anew: what is owed in the inbox, whichever feed had it before, and so does what
  /// that was parted from, where the post is brought in; else in that one. If that was deleted since,
  /// in another of the post's that wishes for it, and has not to go through it yet, or in none: then
  /// what it told stands, unless it may be told less.
  std::string FeedFor(bool inbox) const {
    if (inbox) return post_;
    if (FeedExists(entry_.feed, step_.batch)) return entry_.feed;
    if (step_.header.behaviour_version < kGoneFeedsFrom) return {};
    return FeedThatTakes(post_, event_, step_.batch);
  }

  void SendAnew(const std::string& feed, std::uint64_t superseded, ItemRow item) {
    item.set_superseding(true);
    item.set_superseded_sequence(feed == entry_.feed ? superseded : 0);
    Enqueue(feed, event_.publish().urgency(), std::move(item), step_);
  }

  /// Duties are due in the inbox.
  void Owe(const policy::Decision& decision, bool late = false) {
    const bool due = IsInbox(entry_.feed) || decision.duty != v1::LEVEL_UNSPECIFIED;
    if (due) OpenObligations(event_, post_, decision, late, step_);
  }

  /// Whether it was told and is not settled.
  bool IsOut(const LetGoRow& let_go) const {
    return step_.batch
        .Get(LaneItem(Table::kReleased, entry_.feed, entry_.lane, let_go.sequence()))
        .has_value();
  }

  /// What was told goes no more under its number, and the event may enter the post's feeds anew.
  void End(const LetGoRow& let_go) {
    TakeOut(entry_.feed, entry_.lane, let_go.sequence(), step_);
    EndLetGo(entry_.feed, EventId(), step_);
    step_.batch.Erase(ItemOfKey(post_, EventId()));
  }

  /// What was told is what may be told.
  void Keep(LetGoRow let_go, ItemRow judged) {
    const auto released = step_.batch.Find<ItemRow>(
        LaneItem(Table::kReleased, entry_.feed, entry_.lane, let_go.sequence()));
    if (released) {
      judged.set_queued_ms(released->queued_ms());
      judged.set_late(released->late());
      judged.set_superseding(released->superseding());
      judged.set_superseded_sequence(released->superseded_sequence());
      KeepAs(entry_.feed, entry_.lane, let_go.sequence(), *released, std::move(judged), step_);
      return;
    }
    Stand(std::move(let_go));
  }

  /// What was told stands, whatever is said now: no feed would bring that.
  void Stand(LetGoRow let_go) {
    let_go.set_judged_position(step_.header.position);
    step_.batch.PutRow(LetGoKey(post_, EventId()), std::move(let_go));
  }

  const EventRow& event_;
  const policy::EventFacts& facts_;
  const Entry entry_;
  const std::string post_;
  Step& step_;
};

}  // namespace

bool TellsLess(const ItemRow& now, const ItemRow& before) {
  if (now.level() != before.level()) return now.level() < before.level();
  if (ShowsLess(now.members(), before.members())) return true;
  const auto& left = now.segments();
  return !std::all_of(before.segments().begin(), before.segments().end(),
                      [&left](std::uint32_t segment) {
                        return std::find(left.begin(), left.end(), segment) != left.end();
                      });
}

bool TellsMore(const ItemRow& now, const ItemRow& before) {
  if (now.level() != before.level()) return now.level() > before.level();
  return !TellsLess(now, before) && TellsLess(before, now);
}

bool Supersede(const std::string& post, const EventRow& event, const policy::EventFacts& facts,
               Step& step) {
  const std::string& event_id = event.publish().event_id();
  const auto entry = EntryOf(post, event_id, step.batch);
  if (!entry) return false;
  const state::Key waits = LaneItem(Table::kWaiting, entry->feed, entry->lane, entry->place);
  if (auto item = step.batch.Find<ItemRow>(waits)) {
    const bool moved = MovedSince(event, item->judged_position());
    if (moved && step.header.behaviour_version >= kMovedWaitingFrom) {
      return Had(event, facts, *entry, step).JudgeMovedWaiting(*item);
    }
    if (!FeedExists(entry->feed, step.batch)) return false;  // given up with its subscription
    if (moved) {
      if (!Had(event, facts, *entry, step).IsWished(entry->feed)) {
        LeaveQueue(entry->feed, entry->lane, entry->place, step);
        step.batch.Erase(ItemOfKey(post, event_id));
        return false;  // it may be owed all the same
      }
      EndRead(post, event_id, step);  // that was owed of the other
      item->set_late(true);
    }
    JudgeWaiting(*entry, event, *std::move(item), step);
    return true;
  }
  const auto let_go = step.batch.Find<LetGoRow>(LetGoKey(post, event_id));
  // What was to take its place was given up with its subscription.
  if (let_go && let_go->ended() && step.header.behaviour_version >= kMovedWaitingFrom &&
      MovedSince(event, let_go->judged_position())) {
    step.batch.Erase(ItemOfKey(post, event_id));
    TakeBackTold(*let_go, event, step);
    return false;
  }
  if (!let_go || let_go->ended() || let_go->feed() != entry->feed) return false;
  // Let go since the event changed, or judged again since: as it may be told now.
  if (let_go->judged_position() < event.changed_position()) {
    const bool moved = MovedSince(event, let_go->judged_position());
    Had(event, facts, *entry, step)
        .JudgeTold(*let_go, Weigh(event, facts, entry->feed, step), moved, moved, moved);
  }
  return true;
}

bool SupersedeIfMore(const std::string& post, const EventRow& event,
                     const policy::EventFacts& facts, const policy::Decision& decision,
                     bool reads_late, Step& step) {
  if (decision.level == v1::LEVEL_WITHHELD) return false;
  const std::string& event_id = event.publish().event_id();
  const auto entry = EntryOf(post, event_id, step.batch);
  const auto let_go = step.batch.Find<LetGoRow>(LetGoKey(post, event_id));
  if (!entry || !let_go || let_go->ended() || let_go->feed() != entry->feed ||
      step.batch.Get(LaneItem(Table::kWaiting, entry->feed, entry->lane, entry->place)) ||
      !TellsMore(ItemOf(event, decision, step), ToldBy(*let_go))) {
    return false;
  }
  if (step.header.behaviour_version >= kGoneFeedsFrom && !FeedExists(entry->feed, step.batch)) {
    return false;
  }
  Had(event, facts, *entry, step)
      .JudgeTold(*let_go, decision, /*moved=*/false, /*late=*/true, reads_late);
  return true;
}

}  // namespace tearline::machine
