#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "broker/machine/apply.h"
#include "broker/machine/lane.h"
#include "broker/machine/look_again.h"
#include "broker/machine/obligation.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using state::Table;
using stored::v1::EventRow;
using stored::v1::ItemRow;
using stored::v1::LaneRow;
using stored::v1::SessionRow;

/// What an item without content weighs in a window, in bytes.
constexpr std::uint64_t kBareItemBytes = 256;
/// Rows looked at in one reading of a lane.
constexpr std::size_t kScanRows = 64;

LaneRow ReadLane(const std::string& feed, v1::Urgency lane, const state::Reader& reader) {
  auto row = reader.Find<LaneRow>(LaneKey(feed, lane));
  if (row) return *std::move(row);
  LaneRow fresh;
  fresh.set_next_sequence(1);
  fresh.set_next_place(1);
  return fresh;
}

bool HasRoom(const LaneRow& lane, const ItemRow& item, const SessionRow& session) {
  if (lane.outstanding() == 0) return true;  // the largest item fits an empty window
  return lane.outstanding() < session.window_messages() &&
         lane.outstanding_bytes() + item.bytes() <= session.window_bytes();
}

bool IsHeld(const std::string& feed, v1::Urgency lane, const std::optional<EventRow>& event,
            const Step& step) {
  if (lane == v1::URGENCY_IMMEDIATE || !event) return false;
  const auto& nominals = event->nominal_ids();
  return std::any_of(nominals.begin(), nominals.end(), [&](const std::string& nominal_id) {
    return step.batch.Get(HoldKey(feed, nominal_id)).has_value();
  });
}

/// Whether a notice still speaks of something open that its feed may hear of. Others than
/// obligations' always do.
bool StillOwed(const std::string& feed, const ItemRow& item, Step& step) {
  if (item.kind() != stored::v1::ITEM_KIND_OBLIGATION) return true;
  JudgeWhatItSpeaksOf(feed, item, step);
  const auto row = step.batch.Find<stored::v1::ObligationRow>(ObligationKey(item.obligation_id()));
  return row && row->ended_ms() == 0 && MayHearOf(item.obligation_id(), *row, feed, step.batch);
}

void LetGo(const std::string& feed, v1::Urgency lane, ItemRow item, Step& step) {
  LaneRow lane_row = ReadLane(feed, lane, step.batch);
  const std::uint64_t sequence = lane_row.next_sequence();
  item.set_released_ms(step.now_ms());
  item.set_tries(1);
  lane_row.set_next_sequence(sequence + 1);
  lane_row.set_outstanding(lane_row.outstanding() + 1);
  lane_row.set_outstanding_bytes(lane_row.outstanding_bytes() + item.bytes());
  step.batch.PutRow(LaneKey(feed, lane), lane_row);
  step.batch.PutRow(LaneItem(Table::kReleased, feed, lane, sequence), item);
  if (item.kind() == stored::v1::ITEM_KIND_EVENT) {
    RememberNumber(feed, lane, sequence, item, step);
  }

  stored::v1::ReleasedDetail& detail = *step.AddDetail().mutable_released();
  detail.set_feed(feed);
  detail.set_lane(lane);
  detail.set_sequence(sequence);
  const bool withdrawn = item.kind() == stored::v1::ITEM_KIND_ACCESS_WITHDRAWN;
  (withdrawn ? detail.mutable_withdrawn_event_id() : detail.mutable_event_id())
      ->assign(item.event_id());
  detail.set_level(item.level());
  detail.set_obligation_id(item.obligation_id());
  step.applied.feeds.insert(feed);
}

/// What became of one waiting row.
enum class Went { kOut, kHeld, kNoRoom };

/// Judges and lets go one waiting row. It and the lane's row are read anew each time: what was let
/// go before it may have judged it, or have queued an obligation behind it.
Went ReleaseRow(const std::string& feed, v1::Urgency lane, std::uint64_t place,
                const SessionRow& session, Step& step) {
  const state::Key key = LaneItem(Table::kWaiting, feed, lane, place);
  auto found = step.batch.Find<ItemRow>(key);
  if (!found) return Went::kOut;  // judged with a notice that went out before it
  ItemRow item = *std::move(found);
  if (!HasRoom(ReadLane(feed, lane, step.batch), item, session)) return Went::kNoRoom;
  std::optional<EventRow> event;
  if (item.kind() == stored::v1::ITEM_KIND_EVENT) {
    event = step.batch.Find<EventRow>(EventKey(item.event_id()));
    TEARLINE_INVARIANT(event.has_value(), "a waiting item's event is known");
  }
  if (IsHeld(feed, lane, event, step)) return Went::kHeld;
  --step.rows_left;
  step.batch.Erase(key);
  const bool told = event ? StillTold(feed, *event, item, step) : StillOwed(feed, item, step);
  if (told) LetGo(feed, lane, std::move(item), step);
  return Went::kOut;
}

/// Remembers up to which place all that waits in a lane is held back, so that no record looks at it
/// in vain before a hold ends.
void HeldBelow(const std::string& feed, v1::Urgency lane, std::uint64_t place, Step& step) {
  LaneRow row = ReadLane(feed, lane, step.batch);
  row.set_held_below(place);
  step.batch.PutRow(LaneKey(feed, lane), row);
}

/// Lets one lane's next items go. What is held back is passed over, in the order of the lane: what
/// concerns the same person never overtakes it.
void ReleaseLane(const std::string& feed, v1::Urgency lane, const SessionRow& session, Step& step) {
  const state::Key rows = LaneRows(Table::kWaiting, feed, lane);
  std::uint64_t from = ReadLane(feed, lane, step.batch).held_below();
  bool more = true;
  bool passed_over = false;
  while (more) {
    const auto waiting =
        step.batch.Scan(rows, LaneItem(Table::kWaiting, feed, lane, from), kScanRows);
    more = waiting.size() == kScanRows;
    for (const auto& [key, bytes] : waiting) {
      const bool spent = step.rows_left <= 0 || step.looks_left <= 0;
      if (spent) step.applied.unfinished.insert(feed);
      const std::uint64_t place = state::ReadBigEndian(key, key.size() - 8, 8);
      const Went went = spent ? Went::kNoRoom : ReleaseRow(feed, lane, place, session, step);
      if (went == Went::kNoRoom) {
        more = false;
        break;
      }
      from = place + 1;
      if (went == Went::kOut) continue;
      passed_over = true;
      --step.looks_left;
    }
  }
  if (passed_over) HeldBelow(feed, lane, from, step);
}

}  // namespace

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
    const auto place = static_cast<int>(*decision.tear_line);
    bytes += event.publish().tear_lines(place).text().ciphertext().size();
  }
  item.set_bytes(bytes);
  return item;
}

void RememberNumber(const std::string& feed, v1::Urgency lane, std::uint64_t sequence,
                    const ItemRow& item, Step& step) {
  stored::v1::ItemPlaceRow where;
  where.set_lane(lane);
  where.set_sequence(sequence);
  where.set_released_ms(item.released_ms());
  where.set_judged_position(item.judged_position());
  step.batch.PutRow(ItemOfKey(feed, item.event_id()), where);
}

void Enqueue(const std::string& feed, v1::Urgency lane, ItemRow item, Step& step) {
  const bool is_event = item.kind() == stored::v1::ITEM_KIND_EVENT;
  if (is_event && step.batch.Get(ItemOfKey(feed, item.event_id()))) return;
  if (item.queued_ms() == 0) item.set_queued_ms(step.now_ms());
  if (item.bytes() == 0) item.set_bytes(kBareItemBytes);
  LaneRow lane_row = ReadLane(feed, lane, step.batch);
  const std::uint64_t place = lane_row.next_place();
  lane_row.set_next_place(place + 1);
  step.batch.PutRow(LaneKey(feed, lane), lane_row);
  const state::Key key = LaneItem(Table::kWaiting, feed, lane, place);
  step.batch.PutRow(key, item);
  if (is_event) {
    stored::v1::ItemPlaceRow where;
    where.set_lane(lane);
    where.set_place(place);
    step.batch.PutRow(ItemOfKey(feed, item.event_id()), where);
  }
  step.to_release.insert(feed);
}

void ReleaseWhileWindowHasRoom(const std::string& feed, Step& step) {
  const auto session = step.batch.Find<SessionRow>(SessionKey(feed));
  if (!session) return;
  // All lanes first: a notice in one may speak of an event in another.
  for (const v1::Urgency lane : kLanes) {
    if (!GoOnLookingAgain(feed, lane, step)) return;
  }
  for (const v1::Urgency lane : kLanes) ReleaseLane(feed, lane, *session, step);
}

Status ApplyReleaseRows(const stored::v1::ReleaseRows& command, Step& step) {
  if (command.look_again()) BeginLookingAgain(command.feed(), step);
  step.to_release.insert(command.feed());
  return {};
}

}  // namespace tearline::machine
