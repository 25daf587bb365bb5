#include <chrono>
#include <cstdint>

#include "broker/machine/apply.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/rows.h"
#include "broker/machine/settle.h"
#include "broker/machine/theme.h"
#include "broker/model/limits.h"

namespace tearline::machine {
namespace {

using state::Table;
using stored::v1::ItemRow;
using stored::v1::LaneRow;

Status CheckLane(v1::Urgency lane) {
  if (v1::Urgency_IsValid(lane) && lane != v1::URGENCY_UNSPECIFIED) return {};
  return Refuse(v1::ERROR_REASON_FIELD_INVALID, "`lane` must be immediate, urgent or routine");
}

Status CheckReleased(const std::string& feed, v1::Urgency lane, std::uint64_t sequence,
                     const Step& step) {
  const auto row = step.batch.Find<LaneRow>(LaneKey(feed, lane));
  if (row && sequence > 0 && sequence < row->next_sequence()) return {};
  return Refuse(v1::ERROR_REASON_SEQUENCE_AHEAD, "`sequence` must be a number that was released");
}

void Remember(const std::string& feed, v1::Urgency lane, std::uint64_t sequence, Step& step) {
  stored::v1::SettledDetail& detail = *step.AddDetail().mutable_settled();
  detail.set_feed(feed);
  detail.set_lane(lane);
  detail.add_sequences(sequence);
}

/// Adds the record to the trail of an item's event, so that "who was told" finds it.
void Trail(const ItemRow& item, Step& step) {
  if (!item.event_id().empty()) step.trail.insert(item.event_id());
}

}  // namespace

Status ApplyAcknowledge(const stored::v1::Acknowledge& command, Step& step) {
  TEARLINE_RETURN_IF_REFUSED(CheckSession(command.feed(), command.session_id(), step));
  TEARLINE_RETURN_IF_REFUSED(CheckLane(command.lane()));
  if (command.sequences_size() > model::kAcknowledgeMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "an acknowledgement has at most 256 numbers");
  }
  for (const std::uint64_t sequence : command.sequences()) {
    TEARLINE_RETURN_IF_REFUSED(CheckReleased(command.feed(), command.lane(), sequence, step));
  }

  stored::v1::SettledDetail settled;
  settled.set_feed(command.feed());
  settled.set_lane(command.lane());
  for (const std::uint64_t sequence : command.sequences()) {
    const state::Key key = LaneItem(Table::kReleased, command.feed(), command.lane(), sequence);
    auto item = step.batch.Find<ItemRow>(key);
    if (!item) continue;  // acknowledged or set aside before: changes nothing
    EndHold(command.feed(), command.lane(), sequence, *item, step);
    LeaveWindow(command.feed(), command.lane(), *item, step);
    if (IsInbox(command.feed())) CountAcknowledged(command.lane(), *item, step);
    CountOutNoMore(command.feed(), command.lane(), *item, step);
    step.batch.Erase(key);
    // Among the acknowledged lies what no person has read yet; what must be read is in the inbox.
    if (IsInbox(command.feed()) && item->kind() == stored::v1::ITEM_KIND_EVENT &&
        !WasRead(command.feed(), item->event_id(), step.batch)) {
      item->set_acknowledged_ms(step.now_ms());
      step.batch.PutRow(LaneItem(Table::kAcknowledged, command.feed(), command.lane(), sequence),
                        *item);
    }
    settled.add_sequences(sequence);
    Trail(*item, step);
  }
  *step.AddDetail().mutable_settled() = settled;
  step.to_release.insert(command.feed());
  return {};
}

Status ApplyRetry(const stored::v1::Retry& command, Step& step) {
  TEARLINE_RETURN_IF_REFUSED(CheckSession(command.feed(), command.session_id(), step));
  TEARLINE_RETURN_IF_REFUSED(CheckLane(command.lane()));
  TEARLINE_RETURN_IF_REFUSED(
      CheckReleased(command.feed(), command.lane(), command.sequence(), step));
  if (std::chrono::milliseconds(command.delay_ms()) > model::kRetryDelayMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "`delay` must be at most 10 minutes");
  }
  const state::Key key =
      LaneItem(Table::kReleased, command.feed(), command.lane(), command.sequence());
  auto item = step.batch.Find<ItemRow>(key);
  if (!item) return {};  // settled before: changes nothing

  EndHold(command.feed(), command.lane(), command.sequence(), *item, step);
  Remember(command.feed(), command.lane(), command.sequence(), step);
  Trail(*item, step);
  if (item->tries() >= model::kTriesMax) {
    item->set_not_before_ms(0);
    SetAside(command.feed(), command.lane(), command.sequence(), *item, step);
    step.to_release.insert(command.feed());
    return {};
  }
  item->set_not_before_ms(step.now_ms() + command.delay_ms());
  step.batch.PutRow(key, *item);
  Hold(command.feed(), command.lane(), command.sequence(), *item, step);
  return {};
}

Status ApplyPark(const stored::v1::Park& command, Step& step) {
  TEARLINE_RETURN_IF_REFUSED(CheckSession(command.feed(), command.session_id(), step));
  TEARLINE_RETURN_IF_REFUSED(CheckLane(command.lane()));
  TEARLINE_RETURN_IF_REFUSED(
      CheckReleased(command.feed(), command.lane(), command.sequence(), step));
  const auto item = step.batch.Find<ItemRow>(
      LaneItem(Table::kReleased, command.feed(), command.lane(), command.sequence()));
  if (!item) return {};  // settled before: changes nothing

  Remember(command.feed(), command.lane(), command.sequence(), step);
  Trail(*item, step);
  SetAside(command.feed(), command.lane(), command.sequence(), *item, step);
  step.to_release.insert(command.feed());
  return {};
}

}  // namespace tearline::machine
