#include "broker/machine/offer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "broker/machine/feed_name.h"
#include "broker/machine/judge.h"
#include "broker/machine/lane.h"
#include "broker/machine/obligation.h"
#include "broker/machine/rows.h"
#include "broker/machine/selector.h"
#include "broker/machine/silence.h"

namespace tearline::machine {
namespace {

using stored::v1::EventRow;
using stored::v1::LaneRow;

/// Judges an event for the post of a subscription, and queues what may be told: in the inbox what
/// is owed, else in the subscription. What comes by catching up is late where it is owed, or
/// `by_merge`.
policy::Decision Offer(const std::string& feed, const EventRow& event,
                       const policy::EventFacts& facts, Judging judging, bool by_merge,
                       Step& step) {
  const std::string post = PostOfFeed(feed);
  policy::Decision decision = Judge(event, facts, feed, judging, step);
  const bool owed = decision.duty != v1::LEVEL_UNSPECIFIED;
  if (decision.level != v1::LEVEL_WITHHELD) {
    stored::v1::ItemRow item = ItemOf(event, decision, step);
    item.set_late((owed || by_merge) && judging == Judging::kLate);
    Enqueue(owed ? post : feed, event.publish().urgency(), std::move(item), step);
  }
  if (owed && step.header.behaviour_version >= kWishesOwedFrom) {
    NoteDecision(event.publish().event_id(), post, decision, step);
  }
  if (owed) OpenObligations(event, post, decision, judging == Judging::kLate, step);
  return decision;
}

/// From here on the lane finds by itself what is recorded.
void FallBack(const std::string& feed, v1::Urgency lane, LaneRow row, Step& step) {
  row.set_catch_up_from(step.header.position);
  step.batch.PutRow(LaneKey(feed, lane), row);
  // In a record of its own, so that nobody else's releases wait for it.
  if (step.batch.Get(SessionKey(feed))) step.applied.unfinished.insert(feed);
}

}  // namespace

void OfferPublished(const EventRow& event, const policy::EventFacts& facts,
                    const std::set<std::string>& judged, Step& step) {
  const v1::Urgency lane = event.publish().urgency();
  for (const auto& [post, feeds] : FeedsThatWish(event, step.batch)) {
    if (judged.contains(post) || post == event.publish().originating_post()) continue;
    for (const std::string& feed : feeds) {
      const LaneRow row = ReadLane(feed, lane, step.batch);
      if (row.catch_up_from() != 0) continue;
      if (step.offers_left <= 0 || row.waiting() >= model::kSubscriptionWaitingMax) {
        FallBack(feed, lane, row, step);
        continue;
      }
      --step.offers_left;
      Offer(feed, event, facts, Judging::kFirst, /*by_merge=*/false, step);
      break;
    }
  }
}

void OfferAgain(const std::string& feed, const EventRow& event, const policy::EventFacts& facts,
                Step& step) {
  Offer(feed, event, facts, Judging::kAgain, /*by_merge=*/false, step);
}

bool OfferLate(const std::string& feed, const EventRow& event, Step& step) {
  const std::string post = PostOfFeed(feed);
  if (post == event.publish().originating_post()) return false;
  if (IsTaken(feed, event.publish().event_id(), step.batch)) return false;
  --step.rows_left;
  const policy::Decision decision =
      Offer(feed, event, FactsOf(event, step.batch), Judging::kLate, /*by_merge=*/false, step);
  return decision.duty == v1::LEVEL_UNSPECIFIED && decision.level != v1::LEVEL_WITHHELD;
}

void OfferByMerge(const std::string& feed, const EventRow& event, Step& step) {
  Offer(feed, event, FactsOf(event, step.batch), Judging::kLate, /*by_merge=*/true, step);
}

std::string FeedThatTakes(const std::string& post, const EventRow& event,
                          const state::Reader& reader) {
  const auto wishing = FeedsThatWish(event, reader);
  const auto its = wishing.find(post);
  if (its == wishing.end()) return {};
  const auto& feeds = its->second;
  const auto live = std::find_if(feeds.begin(), feeds.end(), [&](const std::string& feed) {
    const auto from = ReadLane(feed, event.publish().urgency(), reader).catch_up_from();
    return from == 0 || from > event.position();
  });
  return live == feeds.end() ? std::string() : *live;
}

void OfferElsewhere(const std::string& post, const EventRow& event, Step& step) {
  if (EntryOf(post, event.publish().event_id(), step.batch)) return;
  const bool brought_in = PostsToJudge(event, step.now_ms(), step.batch).contains(post);
  const std::string feed = brought_in ? post : FeedThatTakes(post, event, step.batch);
  if (feed.empty()) return;
  --step.rows_left;
  OfferByMerge(feed, event, step);
}

bool OfferAsked(const std::string& post, const EventRow& event, Step& step) {
  const std::string& event_id = event.publish().event_id();
  if (KnowsOf(event_id, post, step.batch)) return true;
  const auto told = step.batch.Find<stored::v1::LetGoRow>(LetGoKey(post, event_id));
  if (told && !told->ended()) return false;  // about to be taken back
  const policy::EventFacts facts = FactsOf(event, step.batch);
  // What waits in the inbox is judged again as it goes out, and what is owed with it.
  const policy::Decision decision =
      IsTaken(post, event_id, step.batch)
          ? Judge(event, facts, post, Judging::kAgain, step)
          : Offer(post, event, facts, Judging::kLate, /*by_merge=*/false, step);
  return decision.level != v1::LEVEL_WITHHELD;
}

}  // namespace tearline::machine
