#include "broker/machine/lane.h"

#include <algorithm>
#include <utility>

#include "broker/machine/composite_view.h"
#include "broker/machine/event_terms.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/rows.h"
#include "broker/machine/tell_originators.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using state::Table;
using stored::v1::EventRow;
using stored::v1::ItemRow;
using stored::v1::LaneRow;
using stored::v1::LetGoRow;

/// What an item without content weighs in a window, in bytes.
constexpr std::uint64_t kBareItemBytes = 256;
/// What each member of a composite adds, in bytes: ids, names and times.
constexpr std::uint64_t kMemberBytes = 256;
/// An entry: lane, place, and of a subscription its id.
constexpr std::size_t kInboxEntryBytes = 9;

void Enter(const std::string& feed, v1::Urgency lane, std::uint64_t place, const std::string& event,
           Step& step) {
  const std::string post = PostOfFeed(feed);
  // The place is the waiting row's key without table and feed.
  std::string entry = LaneItem(Table::kWaiting, feed, lane, place).bytes().substr(feed.size() + 2);
  step.batch.Put(ItemOfKey(post, event), entry + SubscriptionOfFeed(feed));
}

/// Whether an event that entered there is not to enter this feed of the same post.
bool Keeps(const Entry& entry, const std::string& feed, const state::Reader& reader) {
  const std::string post = PostOfFeed(feed);
  if (entry.feed == post) return true;
  if (feed == post || entry.feed == feed) return false;
  return reader.Get(SubscriptionKey(post, SubscriptionOfFeed(entry.feed))).has_value();
}

/// Whether a post had been let have all of an event, and all that `item` tells now. From
/// kControlToldOnceFrom on it had, too, where that was ended since, to be sent anew.
bool HadAll(const LetGoRow& before, const ItemRow& item, const Step& step) {
  if (before.level() != v1::LEVEL_FULL) return false;
  if (step.header.behaviour_version < kControlToldOnceFrom) return !before.ended();
  const auto& had = before.segments();
  return std::all_of(item.segments().begin(), item.segments().end(), [&had](std::uint32_t each) {
    return std::find(had.begin(), had.end(), each) != had.end();
  });
}

/// An event that waits in a subscription leaves it: it is in the inbox now.
void GiveUpToInbox(const Entry& entry, Step& step) {
  if (step.batch.Get(LaneItem(Table::kWaiting, entry.feed, entry.lane, entry.place))) {
    LeaveQueue(entry.feed, entry.lane, entry.place, step);
  }
}

}  // namespace

LaneRow ReadLane(const std::string& feed, v1::Urgency lane, const state::Reader& reader) {
  if (const auto row = reader.See<LaneRow>(LaneKey(feed, lane))) return *row;
  LaneRow fresh;
  fresh.set_next_sequence(1);
  fresh.set_next_place(1);
  return fresh;
}

ItemRow ItemOf(const EventRow& event, const policy::Decision& decision, const Step& step) {
  ItemRow item;
  item.set_kind(stored::v1::ITEM_KIND_EVENT);
  item.set_event_id(event.publish().event_id());
  item.set_level(decision.level);
  item.mutable_segments()->Add(decision.segments.begin(), decision.segments.end());
  for (const std::string& rule : decision.rules) item.add_rules(rule);
  item.set_policy_digest(step.ledger.policy_digest());
  item.set_judged_position(step.header.position);
  item.set_queued_ms(step.now_ms());

  std::uint64_t bytes = kBareItemBytes;
  for (const std::uint32_t segment : decision.segments) {
    bytes += event.publish().segments(static_cast<int>(segment)).length();
  }
  if (decision.tear_line) {
    item.set_tear_line(*decision.tear_line);
    bytes += TearLineAt(event, *decision.tear_line).text().ciphertext().size();
  }
  *item.mutable_members() = RowsOf(decision.members);
  bytes += decision.members.size() * kMemberBytes;
  item.set_bytes(bytes);
  return item;
}

std::optional<Entry> EntryOf(const std::string& post, const std::string& event_id,
                             const state::Reader& reader) {
  const auto bytes = reader.Get(ItemOfKey(post, event_id));
  if (!bytes) return std::nullopt;
  TEARLINE_INVARIANT(bytes->size() >= kInboxEntryBytes, "an entry has its lane and place");
  Entry entry{post, static_cast<v1::Urgency>(state::ReadBigEndian(*bytes, 0, 1)),
              state::ReadBigEndian(*bytes, 1, 8)};
  if (bytes->size() > kInboxEntryBytes) {
    entry.feed = SubscriptionFeed(post, bytes->substr(kInboxEntryBytes));
  }
  return entry;
}

bool IsTaken(const std::string& feed, const std::string& event_id, const state::Reader& reader) {
  const auto entry = EntryOf(PostOfFeed(feed), event_id, reader);
  return entry && Keeps(*entry, feed, reader);
}

void Enqueue(const std::string& feed, v1::Urgency lane, ItemRow item, Step& step) {
  const bool is_event = item.kind() == stored::v1::ITEM_KIND_EVENT;
  if (is_event && item.event_id() != step.published) {
    const auto entry = EntryOf(PostOfFeed(feed), item.event_id(), step.batch);
    if (entry && Keeps(*entry, feed, step.batch)) return;
    if (entry && IsInbox(feed)) GiveUpToInbox(*entry, step);
  }
  if (item.queued_ms() == 0) item.set_queued_ms(step.now_ms());
  if (item.bytes() == 0) item.set_bytes(kBareItemBytes);
  LaneRow lane_row = ReadLane(feed, lane, step.batch);
  const std::uint64_t place = lane_row.next_place();
  lane_row.set_next_place(place + 1);
  lane_row.set_waiting(lane_row.waiting() + 1);
  step.batch.PutRow(LaneKey(feed, lane), std::move(lane_row));
  if (is_event) Enter(feed, lane, place, item.event_id(), step);
  step.batch.PutRow(LaneItem(Table::kWaiting, feed, lane, place), std::move(item));
  step.to_release.insert(feed);
}

void LeaveQueue(const std::string& feed, v1::Urgency lane, std::uint64_t place, Step& step) {
  step.batch.Erase(LaneItem(Table::kWaiting, feed, lane, place));
  LaneRow row = ReadLane(feed, lane, step.batch);
  if (place < row.given_up_below()) return;  // not counted any more
  TEARLINE_INVARIANT(row.waiting() > 0, "what waits is counted");
  row.set_waiting(row.waiting() - 1);
  step.batch.PutRow(LaneKey(feed, lane), row);
}

void RememberNumber(const std::string& feed, v1::Urgency lane, std::uint64_t sequence,
                    const stored::v1::ItemRow& item, Step& step) {
  const state::Key key = LetGoKey(PostOfFeed(feed), item.event_id());
  const auto before = step.batch.Find<LetGoRow>(key);
  LetGoRow row;
  row.set_feed(feed);
  row.set_lane(lane);
  row.set_sequence(sequence);
  row.set_released_ms(item.released_ms());
  row.set_judged_position(item.judged_position());
  row.set_level(item.level());
  *row.mutable_segments() = item.segments();
  if (item.has_tear_line()) row.set_tear_line(item.tear_line());
  *row.mutable_members() = item.members();
  row.set_late(item.late() || (before && before->late()));
  row.set_first_released_ms(before ? before->first_released_ms() : item.released_ms());
  step.batch.PutRow(key, row);
  if (!before || !HadAll(*before, item, step)) {
    TellOfControlPassed(PostOfFeed(feed), item, step);
  }
}

void EndLetGo(const std::string& feed, const std::string& event_id, Step& step) {
  const state::Key key = LetGoKey(PostOfFeed(feed), event_id);
  auto row = step.batch.Find<LetGoRow>(key);
  if (!row || row->feed() != feed) return;
  row->set_ended(true);
  row->set_judged_position(step.header.position);
  step.batch.PutRow(key, *row);
}

}  // namespace tearline::machine
