#include <optional>
#include <set>
#include <string>
#include <utility>

#include "broker/machine/apply.h"
#include "broker/machine/judge.h"
#include "broker/machine/lane.h"
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
  for (const std::string& nominal_id : event->nominal_ids()) {
    const auto hold = step.batch.Find<stored::v1::HoldRow>(HoldKey(feed, nominal_id));
    if (hold && hold->until_ms() > step.now_ms()) return true;
  }
  return false;
}

/// Judges an item again if something changed since. False if it may no longer be told at all.
bool StillTold(const std::string& feed, const EventRow& event, ItemRow& item, Step& step) {
  if (item.judged_position() >= LastChange(event, feed, step)) return true;
  const policy::Decision decision =
      Judge(event, FactsOf(event, step.batch), feed, /*again=*/true, step);
  OpenObligations(event, feed, decision, step);
  if (decision.level == v1::LEVEL_WITHHELD) {
    step.batch.Erase(ItemOfKey(feed, event.publish().event_id()));
    EndRead(feed, event.publish().event_id(), step);  // nobody can read what is not told
    return false;
  }
  ItemRow judged = ItemOf(event, decision, step);
  judged.set_queued_ms(item.queued_ms());
  item = std::move(judged);
  return true;
}

/// Whether a notice still speaks of something open. Others than obligations' always do.
bool StillOwed(const ItemRow& item, const Step& step) {
  if (item.kind() != stored::v1::ITEM_KIND_OBLIGATION) return true;
  const auto row = step.batch.Find<stored::v1::ObligationRow>(ObligationKey(item.obligation_id()));
  return row && row->ended_ms() == 0;
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

  stored::v1::ReleasedDetail& detail = *step.AddDetail().mutable_released();
  detail.set_feed(feed);
  detail.set_lane(lane);
  detail.set_sequence(sequence);
  detail.set_event_id(item.event_id());
  detail.set_level(item.level());
  detail.set_obligation_id(item.obligation_id());
  step.applied.feeds.insert(feed);
}

/// What became of one waiting row.
enum class Went { kOut, kHeld, kNoRoom };

/// Judges and lets go one waiting row. The lane's row is read anew each time: an obligation opened
/// on the way may have queued behind it.
Went ReleaseRow(const std::string& feed, v1::Urgency lane, std::uint64_t place, ItemRow item,
                const SessionRow& session, Step& step) {
  if (!HasRoom(ReadLane(feed, lane, step.batch), item, session)) return Went::kNoRoom;
  std::optional<EventRow> event;
  if (item.kind() == stored::v1::ITEM_KIND_EVENT) {
    event = step.batch.Find<EventRow>(EventKey(item.event_id()));
    TEARLINE_INVARIANT(event.has_value(), "a waiting item's event is known");
  }
  if (IsHeld(feed, lane, event, step)) return Went::kHeld;
  step.batch.Erase(LaneItem(Table::kWaiting, feed, lane, place));
  const bool told = event ? StillTold(feed, *event, item, step) : StillOwed(item, step);
  if (told) LetGo(feed, lane, std::move(item), step);
  return Went::kOut;
}

/// Lets one lane's next items go; returns how many rows it judged.
int ReleaseLane(const std::string& feed, v1::Urgency lane, const SessionRow& session, int rows_max,
                Step& step) {
  const state::Key rows = LaneRows(Table::kWaiting, feed, lane);
  state::Key from = rows;
  int done = 0;
  while (true) {
    const auto waiting = step.batch.Scan(rows, from, kScanRows);
    for (const auto& [key, bytes] : waiting) {
      if (done == rows_max) {
        step.applied.unfinished.insert(feed);
        return done;
      }
      const std::uint64_t place = state::ReadBigEndian(key, key.size() - 8, 8);
      from = LaneItem(Table::kWaiting, feed, lane, place + 1);
      ItemRow item;
      TEARLINE_INVARIANT(item.ParseFromString(bytes), "a waiting row parses");
      switch (ReleaseRow(feed, lane, place, std::move(item), session, step)) {
        case Went::kOut:
          ++done;
          break;
        case Went::kHeld:
          break;
        case Went::kNoRoom:
          return done;
      }
    }
    if (waiting.size() < kScanRows) return done;
  }
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

void Enqueue(const std::string& feed, v1::Urgency lane, ItemRow item, Step& step) {
  if (!item.event_id().empty()) {
    const state::Key once = ItemOfKey(feed, item.event_id());
    if (step.batch.Get(once)) return;
    step.batch.Put(once, "");
  }
  if (item.queued_ms() == 0) item.set_queued_ms(step.now_ms());
  if (item.bytes() == 0) item.set_bytes(kBareItemBytes);
  LaneRow lane_row = ReadLane(feed, lane, step.batch);
  const std::uint64_t place = lane_row.next_place();
  lane_row.set_next_place(place + 1);
  step.batch.PutRow(LaneKey(feed, lane), lane_row);
  step.batch.PutRow(LaneItem(Table::kWaiting, feed, lane, place), item);
  step.to_release.insert(feed);
}

void ReleaseWhileWindowHasRoom(const std::string& feed, Step& step) {
  const auto session = step.batch.Find<SessionRow>(SessionKey(feed));
  if (!session) return;
  for (const v1::Urgency lane : kLanes) {
    step.rows_left -= ReleaseLane(feed, lane, *session, step.rows_left, step);
  }
}

Status ApplyReleaseRows(const stored::v1::ReleaseRows& command, Step& step) {
  step.to_release.insert(command.feed());
  return {};
}

}  // namespace tearline::machine
