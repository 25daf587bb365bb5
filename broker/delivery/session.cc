#include "broker/delivery/session.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>

#include "broker/delivery/build_delivery.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/judge.h"
#include "broker/machine/lane.h"
#include "broker/machine/rows.h"
#include "broker/sequencer/open_content.h"
#include "broker/status/invariant.h"
#include "broker/telemetry/log.h"

namespace tearline::delivery {
namespace {

using google::protobuf::util::TimeUtil;
using state::Table;
using stored::v1::ItemRow;

/// Rows read at once from a lane: more than a frame of small items seldom holds.
constexpr std::size_t kScanRows = 64;

std::size_t PlaceOf(v1::Urgency lane) {
  return static_cast<std::size_t>(lane) - static_cast<std::size_t>(v1::URGENCY_IMMEDIATE);
}

stored::v1::LedgerRow BrokersRow(const state::Reader& view) {
  auto row = view.Find<stored::v1::LedgerRow>(state::Key(Table::kLedger));
  TEARLINE_INVARIANT(row.has_value(), "a ledger with events has its genesis");
  return *std::move(row);
}

}  // namespace

Session::Session(std::string feed, std::int64_t opened_ms, const ledger::Ledger& ledger,
                 const vault::Vault& vault)
    : feed_(std::move(feed)), opened_ms_(opened_ms), ledger_(ledger), vault_(vault) {}

std::vector<v1::Delivery> Session::Next(const state::Reader& view, std::size_t bytes_max) {
  before_ = sent_;
  must_look_again_ = false;
  Frame frame{.deliveries = {}, .bytes_left = bytes_max};
  AddRetried(view, frame);
  for (const v1::Urgency lane : machine::kLanes) AddReleased(view, lane, frame);
  return std::move(frame.deliveries);
}

void Session::TakeBack() { sent_ = before_; }

void Session::SendAgain(v1::Urgency lane, std::uint64_t sequence) {
  sent_.again.emplace(lane, sequence);
}

std::optional<v1::Progress> Session::ProgressOf(const state::Reader& view,
                                                std::int64_t now_ms) const {
  v1::Progress progress;
  bool caught_up = true;
  for (const v1::Urgency lane : machine::kLanes) {
    const stored::v1::LaneRow row = machine::ReadLane(feed_, lane, view);
    if (row.going_on()) return std::nullopt;
    const std::uint64_t released = row.next_sequence() - 1;
    progress.add_released(released);
    caught_up = caught_up && row.waiting() == 0 && row.catch_up_from() == 0 &&
                sent_.highest[PlaceOf(lane)] >= released;
  }
  progress.set_caught_up(caught_up);
  *progress.mutable_broker_time() = TimeUtil::MillisecondsToTimestamp(now_ms);
  return progress;
}

void Session::AddRetried(const state::Reader& view, Frame& frame) {
  auto& again = sent_.again;
  for (auto each = again.begin(); each != again.end() && !frame.full;) {
    const auto [lane, sequence] = *each;
    const auto item =
        view.Find<ItemRow>(machine::LaneItem(Table::kReleased, feed_, lane, sequence));
    if (!item) {
      each = again.erase(each);
      continue;
    }
    if (item->not_before_ms() != 0 || IsStale(view, lane, *item)) {
      ++each;
      continue;
    }
    Add(view, lane, sequence, *item, item->tries(), frame);
    each = again.erase(each);
  }
}

void Session::AddReleased(const state::Reader& view, v1::Urgency lane, Frame& frame) {
  std::uint64_t& sent = sent_.highest[PlaceOf(lane)];
  const stored::v1::LaneRow lane_row = machine::ReadLane(feed_, lane, view);
  if (lane_row.going_on()) return;
  const std::uint64_t last = lane_row.next_sequence() - 1;
  const state::Key rows = machine::LaneRows(Table::kReleased, feed_, lane);
  while (sent < last && !frame.full) {
    const state::Key from = machine::LaneItem(Table::kReleased, feed_, lane, sent + 1);
    const auto released = view.Scan(rows, from, kScanRows);
    for (const auto& [key, bytes] : released) {
      if (frame.full) return;
      const std::uint64_t sequence = state::ReadBigEndian(key, key.size() - 8, 8);
      ItemRow item;
      TEARLINE_INVARIANT(item.ParseFromString(bytes), "a released row parses");
      if (item.not_before_ms() != 0) {
        sent = sequence;
        SendAgain(lane, sequence);
        continue;
      }
      if (IsStale(view, lane, item)) return;
      sent = sequence;
      const std::uint32_t sent_before = item.released_ms() < opened_ms_ ? 1 : 0;
      Add(view, lane, sequence, item, item.tries() + sent_before, frame);
    }
    if (released.size() < kScanRows && !frame.full) sent = last;
  }
}

/// Whether an item was judged before the last change of what it was judged by.
bool Session::IsStale(const state::Reader& view, v1::Urgency lane, const ItemRow& item) {
  if (item.kind() != stored::v1::ITEM_KIND_EVENT) return false;
  const auto event = view.Find<stored::v1::EventRow>(machine::EventKey(item.event_id()));
  TEARLINE_INVARIANT(event.has_value(), "a released item's event is kept");
  const model::Position last_change =
      machine::LastChange(*event, machine::PostOfFeed(feed_), BrokersRow(view), view);
  if (item.judged_position() >= last_change) return false;
  const auto row = view.Find<stored::v1::LaneRow>(machine::LaneKey(feed_, lane));
  must_look_again_ = must_look_again_ || !row || row->look_again_from() == 0;
  return true;
}

void Session::Add(const state::Reader& view, v1::Urgency lane, std::uint64_t sequence,
                  const ItemRow& item, std::uint32_t attempt, Frame& frame) {
  v1::Delivery delivery = BuildEnvelope(lane, sequence, attempt, item);
  switch (item.kind()) {
    case stored::v1::ITEM_KIND_EVENT:
      if (!AddEvent(view, item, *delivery.mutable_event())) return;  // set aside: it stays owed
      break;
    case stored::v1::ITEM_KIND_OBLIGATION: {
      const auto row =
          view.Find<stored::v1::ObligationRow>(machine::ObligationKey(item.obligation_id()));
      TEARLINE_INVARIANT(row.has_value(), "an obligation that is told of is kept");
      *delivery.mutable_obligation() = BuildObligation(item, *row);
      break;
    }
    case stored::v1::ITEM_KIND_ACCESS_CHANGED:
      *delivery.mutable_access_change() = BuildAccessChange(item);
      break;
    case stored::v1::ITEM_KIND_ACCESS_WITHDRAWN: {
      const auto event = view.Find<stored::v1::EventRow>(machine::EventKey(item.event_id()));
      TEARLINE_INVARIANT(event.has_value(), "an event that was let go is kept");
      *delivery.mutable_access_withdrawn() = BuildAccessWithdrawn(item, *event);
      break;
    }
    case stored::v1::ITEM_KIND_PENDING_ENDED:
      *delivery.mutable_pending_end() = BuildPendingEnd(item);
      break;
    case stored::v1::ITEM_KIND_ERASED:
      *delivery.mutable_erasure() = BuildErasure(item);
      break;
    case stored::v1::ITEM_KIND_DISCLOSED:
      *delivery.mutable_disclosure() = BuildDisclosure(item);
      break;
    case stored::v1::ITEM_KIND_CONTROL_PASSED:
      *delivery.mutable_control_passed() = BuildControlPassed(item);
      break;
    default:
      TEARLINE_INVARIANT(false, "an item says what it speaks of");
  }
  const std::size_t bytes = delivery.ByteSizeLong();
  frame.deliveries.push_back(std::move(delivery));
  frame.bytes_left -= std::min(bytes, frame.bytes_left);
  frame.full = frame.bytes_left == 0;
}

/// Opens what may be shown of an event. False if it does not open.
bool Session::AddEvent(const state::Reader& view, const ItemRow& item, v1::DeliveredEvent& shown) {
  const auto event = view.Find<stored::v1::EventRow>(machine::EventKey(item.event_id()));
  TEARLINE_INVARIANT(event.has_value(), "a released item's event is kept");
  if (event->has_composite()) {
    shown = BuildComposite(item, *event, NominalsKnownTo(feed_, *event, view), view);
    return true;
  }
  const Result<model::LedgerId> ledger_id =
      model::LedgerId::FromBytes(BrokersRow(view).ledger_id());
  TEARLINE_INVARIANT(ledger_id.ok(), "a ledger id in a row is 16 bytes");

  Result<sequencer::OpenedContent> content =
      sequencer::OpenContent(*event, item, *ledger_id, view, ledger_, vault_);
  if (!content.ok()) {
    telemetry::Log(telemetry::Event::kContentUnreadable)
        .With(telemetry::Field::kPosition, event->position())
        .With(telemetry::Field::kReason, ReasonOf(content.status()));
    return false;
  }
  shown = BuildEvent(item, *event, *std::move(content), NominalsKnownTo(feed_, *event, view));
  return true;
}

}  // namespace tearline::delivery
