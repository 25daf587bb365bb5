#include "broker/machine/catch_up.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "broker/machine/feed_name.h"
#include "broker/machine/identity.h"
#include "broker/machine/lane.h"
#include "broker/machine/offer.h"
#include "broker/machine/rows.h"
#include "broker/machine/selector.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using state::Key;
using state::Table;
using stored::v1::EventRow;
using stored::v1::LaneRow;
using stored::v1::SubscriptionRow;

/// Rows read at once from an index.
constexpr std::size_t kScanRows = 64;

/// Events by position.
using Events = std::map<model::Position, std::string>;

/// The next events from `from` on that may be wished for; none if there are none.
Events NextEvents(const SubscriptionRow& subscription, v1::Urgency lane, model::Position from,
                  const state::Reader& reader) {
  std::set<std::string> nominals;
  for (const std::string& nominal_id : subscription.nominal_ids()) {
    for (const std::string& id : SamePerson(nominal_id, reader)) nominals.insert(id);
  }
  std::vector<Key> indexes;
  for (const std::string& id : nominals) {
    indexes.push_back(Key(Table::kEventOfNominal).Fixed(id));
  }
  if (indexes.empty()) {
    indexes.push_back(Key(Table::kEventAt).U8(static_cast<std::uint8_t>(lane)));
  }
  Events events;
  for (const Key& index : indexes) {
    const auto rows = reader.Scan(index, Key(index).U64(from), kScanRows);
    for (const auto& [key, event_id] : rows) {
      events.emplace(state::ReadBigEndian(key, key.size() - 8, 8), event_id);
    }
  }
  // Of each index no more than that was read: what lies beyond the first of them comes later.
  while (events.size() > kScanRows) events.erase(std::prev(events.end()));
  return events;
}

}  // namespace

bool CatchUp(const std::string& feed, v1::Urgency lane, std::uint64_t wanted, Step& step) {
  const LaneRow before = ReadLane(feed, lane, step.batch);
  const auto subscription =
      step.batch.Find<SubscriptionRow>(SubscriptionKey(PostOfFeed(feed), SubscriptionOfFeed(feed)));
  TEARLINE_INVARIANT(subscription.has_value(), "a lane that catches up is a subscription's");

  model::Position from = before.catch_up_from();
  bool through = false;
  bool spent = false;
  std::uint64_t queued = 0;
  while (queued < wanted && !through && !spent) {
    const Events events = NextEvents(*subscription, lane, from, step.batch);
    through = events.empty();
    for (const auto& [position, event_id] : events) {
      spent = step.rows_left <= 0 || step.looks_left <= 0;
      if (spent || queued == wanted) break;
      from = position + 1;
      --step.looks_left;
      const auto event = step.batch.Find<EventRow>(EventKey(event_id));
      TEARLINE_INVARIANT(event.has_value(), "an event in an index is kept");
      if (event->publish().urgency() != lane || !Wishes(*subscription, *event, step.batch))
        continue;
      if (OfferLate(feed, *event, step)) ++queued;
    }
  }
  if (spent) step.applied.unfinished.insert(feed);
  LaneRow after = ReadLane(feed, lane, step.batch);
  after.set_catch_up_from(through ? 0 : from);
  step.batch.PutRow(LaneKey(feed, lane), after);
  return queued != 0;
}

}  // namespace tearline::machine
