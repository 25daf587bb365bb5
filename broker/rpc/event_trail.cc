#include "broker/rpc/event_trail.h"

#include <algorithm>

#include "broker/audit/audit_log.h"
#include "broker/machine/feed_name.h"
#include "broker/state/each_row.h"
#include "broker/status/invariant.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
void ReadDetails(model::Position position, const state::Reader& view, const DetailVisitor& visit) {
  const stored::v1::LeafRow row = audit::LeafRowAt(position, view);
  const Result<audit::Leaf> leaf = audit::DecodeLeaf(row.leaf());
  TEARLINE_INVARIANT(leaf.ok(), "a leaf of our own decodes");
  for (const stored::v1::Detail& detail : audit::DetailsOf(row)) visit(detail, *leaf);
}

void ReadTrail(const state::Key& trail, const state::Reader& view, const DetailVisitor& visit) {
  state::ForEachRow(view, trail, [&](const std::string& key, const auto&) {
    ReadDetails(state::ReadBigEndian(key, key.size() - 8, 8), view, visit);
    return true;
  });
}

void ReadTrail(const std::string& event_id, const state::Reader& view, const DetailVisitor& visit) {
  ReadTrail(state::Key(state::Table::kEventTrail).Fixed(event_id), view, visit);
}

void PostTimes::Visit(const stored::v1::Detail& detail, const audit::Leaf& leaf) {
  const stored::v1::ReleasedDetail& released = detail.released();
  if (detail.has_released() && machine::PostOfFeed(released.feed()) == post_) {
    if (released.event_id() == event_id_) LetGo(released, leaf.stamp_ms);
    if (released.withdrawn_event_id() == event_id_) taken_back_ms_ = leaf.stamp_ms;
  } else if (detail.has_settled() && leaf.kind == stored::v1::COMMAND_NUMBER_ACKNOWLEDGE) {
    Settle(detail.settled(), leaf.stamp_ms);
  } else if (detail.has_read() && machine::PostOfFeed(detail.read().feed()) == post_ &&
             detail.read().event_id() == event_id_) {
    if (read_ms == 0) {
      read_ms = leaf.stamp_ms;
      read_in_turn_ = all_.size() - 1;
    }
    if (last().read_ms == 0) all_.back().read_ms = leaf.stamp_ms;
  }
}

/// What goes out again as it was, after a seek or into another feed, is nothing new.
void PostTimes::LetGo(const stored::v1::ReleasedDetail& released, std::int64_t ms) {
  if (released_ms == 0) released_ms = ms;
  if (all_.size() == 1 || released.superseding() || released.again() || taken_back_ms_ != 0 ||
      released.level() != last().level) {
    all_.push_back({.level = released.level(), .released_ms = ms});
  } else {
    replayed_ms = ms;
  }
  most_ = std::max(most_, released.level());
  taken_back_ms_ = 0;
  places_[released.feed()] = {released.lane(), released.sequence(), all_.size() - 1};
}

/// An acknowledgement names numbers, not events.
void PostTimes::Settle(const stored::v1::SettledDetail& settled, std::int64_t ms) {
  const auto found = places_.find(settled.feed());
  if (found == places_.end() || found->second.lane != settled.lane()) return;
  const Place& place = found->second;
  const auto& numbers = settled.sequences();
  if (std::find(numbers.begin(), numbers.end(), place.sequence) == numbers.end()) return;
  acknowledged_ms = ms;
  LettingGo& its = all_[place.turn];
  if (its.acknowledged_ms == 0) its.acknowledged_ms = ms;
}

}  // namespace tearline::rpc
