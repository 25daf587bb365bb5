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
  if (detail.has_released() && machine::PostOfFeed(released.feed()) == post_ &&
      released.event_id() == event_id_) {
    if (released_ms == 0) released_ms = leaf.stamp_ms;
    places_[released.feed()] = {released.lane(), released.sequence()};
  } else if (detail.has_settled() && leaf.kind == stored::v1::COMMAND_NUMBER_ACKNOWLEDGE) {
    if (Settles(detail.settled())) acknowledged_ms = leaf.stamp_ms;
  } else if (detail.has_read() && machine::PostOfFeed(detail.read().feed()) == post_ &&
             detail.read().event_id() == event_id_ && read_ms == 0) {
    read_ms = leaf.stamp_ms;
  }
}

/// An acknowledgement names numbers, not events.
bool PostTimes::Settles(const stored::v1::SettledDetail& settled) const {
  const auto place = places_.find(settled.feed());
  if (place == places_.end() || place->second.first != settled.lane()) return false;
  const auto& numbers = settled.sequences();
  return std::find(numbers.begin(), numbers.end(), place->second.second) != numbers.end();
}

}  // namespace tearline::rpc
