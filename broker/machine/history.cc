#include "broker/machine/history.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "broker/machine/erased_reads.h"
#include "broker/machine/event_obligation.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/glass.h"
#include "broker/machine/identity.h"
#include "broker/machine/judge.h"
#include "broker/machine/lane.h"
#include "broker/machine/look_again.h"
#include "broker/machine/moved_booking.h"
#include "broker/machine/obligation.h"
#include "broker/machine/offer.h"
#include "broker/machine/past.h"
#include "broker/machine/rows.h"
#include "broker/machine/selector.h"
#include "broker/machine/settle.h"
#include "broker/machine/silence.h"
#include "broker/machine/supervisor.h"
#include "broker/machine/taken_up.h"
#include "broker/machine/tell_late.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using state::Key;
using state::Table;
using stored::v1::EventRow;
using stored::v1::HistoryRow;
using stored::v1::SubscriptionRow;

Key Deadline(const std::string& nominal_id, const std::string& feed, const HistoryRow& row) {
  return DeadlineKey(row.due_ms(), DeadlineKind::kHistory, nominal_id + feed);
}

std::optional<SubscriptionRow> WishOf(const std::string& feed, const Step& step) {
  return step.batch.Find<SubscriptionRow>(
      SubscriptionKey(PostOfFeed(feed), SubscriptionOfFeed(feed)));
}

bool IsBroughtIn(const std::string& nominal_id, const std::string& post, const Step& step) {
  if (!IsInbox(post)) return WishOf(post, step).has_value();
  if (!DeadBehind(nominal_id, post, step.batch).empty()) return true;
  if (PostsWithGlass(nominal_id, step.now_ms(), step.batch).contains(post)) return true;
  if (SupervisesWithoutCase(post, nominal_id, step.batch)) return true;
  const auto its_case = CaseOfNominal(nominal_id, step.batch);
  return its_case && PostsOfCase(*its_case).contains(post);
}

/// A decision without the duty to read, if the post owes that already: nobody else need look at its
/// having come (from kOfficesHandedOnFrom on; from kReadOnceFrom on, wherever it comes late).
policy::Decision WithoutWhatIsInHand(policy::Decision decision, const std::string& post,
                                     const std::string& event_id, const Step& step) {
  if (step.header.behaviour_version >= kOfficesHandedOnFrom &&
      MustStillRead(post, event_id, step.batch)) {
    std::erase_if(decision.obligations, [](const policy::OpenedObligation& each) {
      return each.type == v1::OBLIGATION_TYPE_READ;
    });
  }
  return decision;
}

/// `opened` says that the post has broken the glass for the nominal.
void JudgeLate(const EventRow& event, const std::string& post, bool opened, Step& step) {
  const std::string& event_id = event.publish().event_id();
  const std::uint16_t version = step.header.behaviour_version;
  const bool was_told_less = IsToldLess(event_id, post, step.batch);
  const policy::EventFacts facts = FactsOf(event, step.batch);
  policy::Decision weighed = Weigh(event, facts, post, step);
  // What came by a subscription comes into the inbox, too, as it does to a seat.
  const Late late = {.comes_again = opened,
                     .read_once = version >= kOfficesHandedOnFrom,
                     .ends_read = version >= kReceivedStandsFrom};
  if (opened || version < kRaisesReachFrom ||
      SeeToWhatWasTold(post, event, facts, weighed, late, step) == HadBefore::kNothing) {
    weighed = WithoutWhatIsInHand(std::move(weighed), post, event_id, step);
    JudgeAndTell(post, event, std::move(weighed), late, step);
  }
  RelieveOf(event, was_told_less, step);
}

/// What a wish gets by a merge: an event that it wishes for now and that none of the post's feeds
/// ever had. What a lane that catches up still has before it comes by that.
void OfferPast(const EventRow& event, const std::string& feed, Step& step) {
  const auto wish = WishOf(feed, step);
  const model::Position from =
      ReadLane(feed, event.publish().urgency(), step.batch).catch_up_from();
  const std::string& event_id = event.publish().event_id();
  if (!wish || !Wishes(*wish, event, step.batch) || (from != 0 && event.position() >= from) ||
      EntryOf(PostOfFeed(feed), event_id, step.batch)) {
    return;
  }
  OfferByMerge(feed, event, step);
}

/// What the end of a commission leaves of one event. Whoever has it by something else is served as
/// that says (from kReceivedStandsFrom on).
void JudgeAfterwards(const EventRow& event, const std::string& post, bool opened, Step& step) {
  const std::string& event_id = event.publish().event_id();
  const auto entry = EntryOf(post, event_id, step.batch);
  const auto waits = entry && entry->feed == post
                         ? step.batch.Find<stored::v1::ItemRow>(
                               LaneItem(Table::kWaiting, entry->feed, entry->lane, entry->place))
                         : std::nullopt;
  if (waits) {
    JudgeWaiting(*entry, event, *waits, step);
  } else if (step.header.behaviour_version >= kReceivedStandsFrom &&
             PostsToJudge(event, step.now_ms(), step.batch).contains(post)) {
    JudgeLate(event, post, opened, step);
  } else if (IsToldLess(event_id, post, step.batch) || MustStillRead(post, event_id, step.batch)) {
    JudgeAndTell(post, event, Weigh(event, FactsOf(event, step.batch), post, step),
                 {.judging = Judging::kAgain, .comes = false, .read_once = false}, step);
  }
  Relieve(event, step);
}

/// True if it has come to its end, false if more is left than this record may judge.
bool JudgeRest(const std::string& nominal_id, const std::string& feed, HistoryRow& row,
               Step& step) {
  const Key index = Key(Table::kEventOfNominal).Fixed(nominal_id);
  const std::string post = PostOfFeed(feed);
  const bool opened = PostsWithGlass(nominal_id, step.now_ms(), step.batch).contains(post);
  const std::vector<std::string> dead =
      IsInbox(feed) ? DeadBehind(nominal_id, post, step.batch) : std::vector<std::string>();
  return ForEachOfThePast(index, row, step, [&](const EventRow& event) {
    if (event.publish().originating_post() == post || !IsUnder(event, nominal_id)) return true;
    // What was read where it does the work is not handed on.
    if (!row.commission_ended() && !opened &&
        std::any_of(dead.begin(), dead.end(), [&](const std::string& other) {
          return WasRead(other, event.publish().event_id(), step.batch);
        })) {
      return true;
    }
    --step.rows_left;
    if (row.commission_ended()) {
      JudgeAfterwards(event, post, opened, step);
    } else if (IsInbox(feed)) {
      JudgeLate(event, post, opened, step);
    } else {
      OfferPast(event, feed, step);
    }
    return true;
  });
}

/// Has what was recorded from `from` on, before this record, judged for a feed. What a commission's
/// end leaves is judged with what something else brings, whichever began first (from
/// kReceivedStandsFrom on).
void Begin(const std::string& nominal_id, const std::string& feed, model::Position from, Step& step,
           bool commission_ended = false) {
  if (const auto before = step.batch.Find<HistoryRow>(HistoryKey(nominal_id, feed))) {
    step.batch.Erase(Deadline(nominal_id, feed, *before));
    const bool both = step.header.behaviour_version >= kReceivedStandsFrom;
    commission_ended = commission_ended || (both && before->commission_ended());
  }
  HistoryRow row;
  row.set_from(from);
  row.set_until(step.header.position);
  row.set_due_ms(step.now_ms());
  row.set_commission_ended(commission_ended);
  step.batch.PutRow(HistoryKey(nominal_id, feed), row);
  step.batch.Put(Deadline(nominal_id, feed, row), "");
}

}  // namespace

void BeginHistory(const std::string& nominal_id, const std::string& post, Step& step) {
  std::set<std::string> posts = {post};
  if (const std::string other = WhoDoesTheWorkOf(post, step.batch); !other.empty()) {
    posts.insert(other);
  }
  for (const std::string& id : SamePerson(nominal_id, step.batch)) {
    for (const std::string& each : posts) Begin(id, each, 1, step);
  }
}

void BeginHistoryOfWish(const std::string& nominal_id, const std::string& feed, Step& step) {
  const auto wish = WishOf(feed, step);
  TEARLINE_INVARIANT(wish.has_value(), "a subscription in the index has its row");
  for (const std::string& id : SamePerson(nominal_id, step.batch)) {
    Begin(id, feed, wish->created_position(), step);
  }
}

void EndHistory(const std::string& nominal_id, const std::string& post, Step& step) {
  const std::string does_its_work = WhoDoesTheWorkOf(post, step.batch);
  for (const std::string& id : SamePerson(nominal_id, step.batch)) {
    Begin(id, post, 1, step, /*commission_ended=*/true);
    if (!does_its_work.empty()) Begin(id, does_its_work, 1, step, /*commission_ended=*/true);
  }
}

void JudgeOfThePast(const EventRow& event, const std::string& post, Step& step) {
  JudgeLate(event, post, /*opened=*/false, step);
}

void GoOnWithHistory(const std::string& id, Step& step) {
  const std::string nominal_id = id.substr(0, model::NominalId::kBytes);
  const std::string feed = id.substr(model::NominalId::kBytes);
  auto row = step.batch.Find<HistoryRow>(HistoryKey(nominal_id, feed));
  TEARLINE_INVARIANT(row.has_value(), "a history's deadline ends with it");
  const auto is_through = [&] {
    if (feed.empty()) return EndMoreErasedReads(nominal_id, *row, step);
    const bool goes_on = row->commission_ended() || IsBroughtIn(nominal_id, feed, step);
    return !goes_on || JudgeRest(nominal_id, feed, *row, step);
  };
  if (!is_through()) {
    step.batch.PutRow(HistoryKey(nominal_id, feed), *row);
    return;
  }
  step.batch.Erase(HistoryKey(nominal_id, feed));
  step.batch.Erase(Deadline(nominal_id, feed, *row));
}

}  // namespace tearline::machine
