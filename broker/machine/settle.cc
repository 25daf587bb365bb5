#include "broker/machine/settle.h"

#include <utility>
#include <vector>

#include "broker/machine/feed_name.h"
#include "broker/machine/lane.h"
#include "broker/machine/moved_booking.h"
#include "broker/machine/obligation.h"
#include "broker/machine/rows.h"
#include "broker/machine/theme.h"
#include "broker/status/invariant.h"

namespace tearline::machine {

using state::Table;
using stored::v1::HoldRow;
using stored::v1::ItemRow;

Status CheckSession(const std::string& feed, const std::string& session_id, const Step& step) {
  const auto session = step.batch.Find<stored::v1::SessionRow>(SessionKey(feed));
  if (!session || session->session_id() != session_id) {
    return Refuse(v1::ERROR_REASON_SESSION_SUPERSEDED,
                  "the session was superseded or closed; open a new one");
  }
  if (PostOfFeed(feed) != step.actor.post()) {
    return Refuse(v1::ERROR_REASON_NOT_YOUR_POST, "a feed is settled by its own post");
  }
  return {};
}

void LeaveWindow(const std::string& feed, v1::Urgency lane, const ItemRow& item, Step& step) {
  auto row = step.batch.Find<stored::v1::LaneRow>(LaneKey(feed, lane));
  TEARLINE_INVARIANT(
      row.has_value() && row->outstanding() > 0 && row->outstanding_bytes() >= item.bytes(),
      "a released item is counted in its lane's window");
  row->set_outstanding(row->outstanding() - 1);
  row->set_outstanding_bytes(row->outstanding_bytes() - item.bytes());
  step.batch.PutRow(LaneKey(feed, lane), *row);
}

void SetAside(const std::string& feed, v1::Urgency lane, std::uint64_t sequence,
              const ItemRow& item, Step& step) {
  EndHold(feed, lane, sequence, item, step);
  CountOutNoMore(feed, lane, item, step);
  step.batch.Erase(LaneItem(Table::kReleased, feed, lane, sequence));
  step.batch.PutRow(LaneItem(Table::kParked, feed, lane, sequence), item);
  LeaveWindow(feed, lane, item, step);
  OpenParked(feed, lane, sequence, item, step);
}

bool WasRead(const std::string& feed, const std::string& event_id, const state::Reader& reader) {
  return !reader.Scan(state::Key(Table::kRead).Name(feed).Fixed(event_id), 1).empty();
}

policy::Decision WithoutWhatWasRead(policy::Decision decision, const std::string& feed,
                                    const std::string& event_id, const state::Reader& reader) {
  if (WasRead(feed, event_id, reader)) {
    std::erase_if(decision.obligations, [](const policy::OpenedObligation& terms) {
      return terms.type == v1::OBLIGATION_TYPE_READ;
    });
  }
  return decision;
}

void Hold(const std::string& feed, v1::Urgency lane, std::uint64_t sequence, const ItemRow& item,
          Step& step) {
  step.batch.Put(DeadlineKey(item.not_before_ms(), DeadlineKind::kRetry,
                             RetryDeadlineId(feed, lane, sequence)),
                 "");
  if (lane == v1::URGENCY_IMMEDIATE || item.kind() != stored::v1::ITEM_KIND_EVENT) return;
  const auto event = step.batch.Find<stored::v1::EventRow>(EventKey(item.event_id()));
  TEARLINE_INVARIANT(event.has_value(), "a released item's event is kept");
  for (int place = 0; place < event->nominal_ids_size(); ++place) {
    const std::string& nominal_id = RecordedAt(*event, place);
    HoldRow hold = step.batch.Find<HoldRow>(HoldKey(feed, nominal_id)).value_or(HoldRow());
    hold.set_items(hold.items() + 1);
    step.batch.PutRow(HoldKey(feed, nominal_id), hold);
  }
}

void EndHold(const std::string& feed, v1::Urgency lane, std::uint64_t sequence, const ItemRow& item,
             Step& step) {
  if (item.not_before_ms() == 0) return;
  step.batch.Erase(DeadlineKey(item.not_before_ms(), DeadlineKind::kRetry,
                               RetryDeadlineId(feed, lane, sequence)));
  if (lane == v1::URGENCY_IMMEDIATE || item.kind() != stored::v1::ITEM_KIND_EVENT) return;
  const auto event = step.batch.Find<stored::v1::EventRow>(EventKey(item.event_id()));
  TEARLINE_INVARIANT(event.has_value(), "a released item's event is kept");
  for (int place = 0; place < event->nominal_ids_size(); ++place) {
    const std::string& nominal_id = RecordedAt(*event, place);
    auto hold = step.batch.Find<HoldRow>(HoldKey(feed, nominal_id));
    TEARLINE_INVARIANT(hold.has_value() && hold->items() > 0, "an item under RETRY is counted");
    hold->set_items(hold->items() - 1);
    if (hold->items() == 0) {
      step.batch.Erase(HoldKey(feed, nominal_id));
    } else {
      step.batch.PutRow(HoldKey(feed, nominal_id), *hold);
    }
  }
  // What was passed over may go now: each lane is looked at from its first row.
  for (const v1::Urgency each : kLanes) {
    auto row = step.batch.Find<stored::v1::LaneRow>(LaneKey(feed, each));
    if (!row || row->held_below() == 0) continue;
    row->set_held_below(0);
    step.batch.PutRow(LaneKey(feed, each), *row);
  }
}

std::string RetryDeadlineId(const std::string& feed, v1::Urgency lane, std::uint64_t sequence) {
  const state::Key id = LaneItem(Table::kReleased, feed, lane, sequence);
  return id.bytes().substr(1);  // without the table's byte
}

}  // namespace tearline::machine
