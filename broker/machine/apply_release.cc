#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "broker/machine/apply.h"
#include "broker/machine/asked.h"
#include "broker/machine/catch_up.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/judge.h"
#include "broker/machine/lane.h"
#include "broker/machine/look_again.h"
#include "broker/machine/moved_booking.h"
#include "broker/machine/reach.h"
#include "broker/machine/rows.h"
#include "broker/machine/silence.h"
#include "broker/machine/supersede.h"
#include "broker/machine/take_back.h"
#include "broker/model/limits.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using state::Table;
using stored::v1::EventRow;
using stored::v1::ItemRow;
using stored::v1::LaneRow;
using stored::v1::SessionRow;

/// Rows looked at in one reading of a lane.
constexpr std::size_t kScanRows = 64;

bool HasRoom(const LaneRow& lane, const ItemRow& item, const SessionRow& session) {
  if (lane.outstanding() == 0) return true;  // the largest item fits an empty window
  return lane.outstanding() < session.window_messages() &&
         lane.outstanding_bytes() + item.bytes() <= session.window_bytes();
}

bool IsHeld(const std::string& feed, v1::Urgency lane, const EventRow* event, const Step& step) {
  if (lane == v1::URGENCY_IMMEDIATE || event == nullptr) return false;
  for (int place = 0; place < event->nominal_ids_size(); ++place) {
    if (step.batch.Get(HoldKey(feed, RecordedAt(*event, place)))) return true;
  }
  return false;
}

/// Whether a notice still speaks of something open that its feed may hear of. Others than
/// obligations' always do. What one of an obligation says is what holds as it is let go, for good:
/// under its number it says the same whenever it goes out.
bool StillOwed(const std::string& feed, ItemRow& item, Step& step) {
  if (item.kind() != stored::v1::ITEM_KIND_OBLIGATION) return true;
  JudgeWhatItSpeaksOf(feed, item, step);
  const auto row = step.batch.See<stored::v1::ObligationRow>(ObligationKey(item.obligation_id()));
  if (!row || row->ended_ms() != 0) return false;
  if (!item.event_id().empty()) return IsStillAsked(feed, *row, item, step.batch);
  item.set_obligation_events(row->count());
  item.set_obligation_due_ms(row->due_ms());
  return MayHearOf(item.obligation_id(), *row, feed, step.batch);
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
  if (item.kind() == stored::v1::ITEM_KIND_EVENT) detail.set_event_id(item.event_id());
  if (item.kind() == stored::v1::ITEM_KIND_ACCESS_WITHDRAWN) {
    detail.set_withdrawn_event_id(item.event_id());
  }
  detail.set_level(item.level());
  detail.set_obligation_id(item.obligation_id());
  detail.set_superseding(item.superseding());
  step.applied.feeds.insert(feed);
}

/// Whether whoever opened the session may be told nothing now, not even a notice: it waits.
bool IsSuspended(const SessionRow& session, const state::Reader& reader) {
  const std::string agency = AgencyOfPost(session.member());
  const std::string member = session.member().substr(agency.size() + 1);
  const auto agency_row = reader.See<stored::v1::AgencyRow>(AgencyKey(agency));
  const auto member_row = reader.See<stored::v1::MemberRow>(MemberKey(agency, member));
  return !agency_row || !member_row || agency_row->suspended() || member_row->suspended();
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
  std::shared_ptr<const EventRow> event;
  if (item.kind() == stored::v1::ITEM_KIND_EVENT) {
    event = step.batch.See<EventRow>(EventKey(item.event_id()));
    TEARLINE_INVARIANT(event != nullptr, "a waiting item's event is known");
  }
  if (IsHeld(feed, lane, event.get(), step)) return Went::kHeld;
  if (event && MovedSince(*event, item.judged_position())) {
    Supersede(PostOfFeed(feed), *event, FactsOf(*event, step.batch), step);
    found = step.batch.Find<ItemRow>(key);
    if (!found) return Went::kOut;  // as another nominal's it is not for this feed
    item = *std::move(found);
  }
  --step.rows_left;
  LeaveQueue(feed, lane, place, step);
  const bool told = event ? StillTold(feed, *event, item, step) : StillOwed(feed, item, step);
  if (told && event && WasToldAlike(feed, *event, item, step)) return Went::kOut;
  if (told) {
    LetGo(feed, lane, std::move(item), step);
  } else if (item.superseding()) {  // what it was to take the place of had been told
    TellTakenBack(feed, lane, item.superseded_sequence(), *event, step);
  }
  return Went::kOut;
}

/// Remembers below which place nothing waits, or only what is held back, so that no record looks
/// there in vain before a hold ends: also not for the traces of what has gone out.
void HeldBelow(const std::string& feed, v1::Urgency lane, std::uint64_t place, Step& step) {
  LaneRow row = ReadLane(feed, lane, step.batch);
  row.set_held_below(place);
  step.batch.PutRow(LaneKey(feed, lane), row);
}

/// How far a lane came.
enum class Came { kThrough, kNoRoom, kSpent };

/// Lets one lane's next items go. What is held back is passed over, in the order of the lane: what
/// concerns the same person never overtakes it.
Came ReleaseWaiting(const std::string& feed, v1::Urgency lane, const SessionRow& session,
                    Step& step) {
  const state::Key rows = LaneRows(Table::kWaiting, feed, lane);
  const std::uint64_t first = ReadLane(feed, lane, step.batch).held_below();
  std::uint64_t from = first;
  Came came = Came::kThrough;
  bool more = true;
  while (more) {
    const auto waiting =
        step.batch.Scan(rows, LaneItem(Table::kWaiting, feed, lane, from), kScanRows);
    more = waiting.size() == kScanRows;
    for (const auto& [key, bytes] : waiting) {
      const bool spent = step.rows_left <= 0 || step.looks_left <= 0;
      const std::uint64_t place = state::ReadBigEndian(key, key.size() - 8, 8);
      const Went went = spent ? Went::kNoRoom : ReleaseRow(feed, lane, place, session, step);
      if (went == Went::kNoRoom) {
        came = spent ? Came::kSpent : Came::kNoRoom;
        more = false;
        break;
      }
      from = place + 1;
      if (went == Went::kHeld) --step.looks_left;
    }
  }
  if (from != first) HeldBelow(feed, lane, from, step);
  if (came == Came::kSpent) step.applied.unfinished.insert(feed);
  return came;
}

/// Erases what a seek gave up, a look each. False if there is more than this record may look at.
bool EraseGivenUp(const std::string& feed, v1::Urgency lane, Step& step) {
  LaneRow row = ReadLane(feed, lane, step.batch);
  if (row.given_up_below() == 0) return true;
  const state::Key rows = LaneRows(Table::kWaiting, feed, lane);
  while (true) {
    const auto waiting = step.batch.Scan(rows, kScanRows);
    for (const auto& [key, bytes] : waiting) {
      const std::uint64_t place = state::ReadBigEndian(key, key.size() - 8, 8);
      if (place >= row.given_up_below()) break;
      if (step.looks_left <= 0) {
        step.applied.unfinished.insert(feed);
        return false;
      }
      --step.looks_left;
      step.batch.Erase(LaneItem(Table::kWaiting, feed, lane, place));
    }
    const bool through = waiting.empty() ||
                         state::ReadBigEndian(waiting.back().first, waiting.back().first.size() - 8,
                                              8) >= row.given_up_below();
    if (through) break;
  }
  row.set_given_up_below(0);
  step.batch.PutRow(LaneKey(feed, lane), row);
  return true;
}

/// How many items catching up may queue: what the window has room for; not much more where what
/// waits is held back.
std::uint64_t WantedOf(const LaneRow& lane, const SessionRow& session) {
  const std::uint64_t out_and_waiting = lane.outstanding() + lane.waiting();
  const std::uint64_t max = std::min<std::uint64_t>(session.window_messages(),
                                                    lane.outstanding() + model::kCatchUpAheadMax);
  return max > out_and_waiting ? max - out_and_waiting : 0;
}

/// Lets the next items of a subscription's lane go, and goes on catching up while there is room for
/// what that finds. True if it has come to rest: not if a further record is to go on.
bool GoOnInSubscription(const std::string& feed, v1::Urgency lane, const SessionRow& session,
                        Step& step) {
  if (!EraseGivenUp(feed, lane, step)) return false;
  while (true) {
    const Came came = ReleaseWaiting(feed, lane, session, step);
    if (came != Came::kThrough) return came == Came::kNoRoom;
    const LaneRow row = ReadLane(feed, lane, step.batch);
    if (row.catch_up_from() == 0) return true;
    const std::uint64_t wanted = WantedOf(row, session);
    if (wanted == 0) return true;
    if (!CatchUp(feed, lane, wanted, step)) return !step.applied.unfinished.contains(feed);
  }
}

/// P6. While a lane goes through history, record by record, its reader is told nothing of it:
/// otherwise how the items came, and when it had caught up, would tell of what was passed over.
void RememberRest(const std::string& feed, v1::Urgency lane, const LaneRow& before, bool at_rest,
                  Step& step) {
  LaneRow row = ReadLane(feed, lane, step.batch);
  if (row.catch_up_from() != before.catch_up_from() || at_rest == before.going_on()) {
    step.applied.feeds.insert(feed);
  }
  if (row.going_on() == !at_rest) return;
  row.set_going_on(!at_rest);
  step.batch.PutRow(LaneKey(feed, lane), row);
}

}  // namespace

void ReleaseWhileWindowHasRoom(const std::string& feed, Step& step) {
  const auto session = step.batch.See<SessionRow>(SessionKey(feed));
  if (!session) return;
  // What lies in the feed of a post out of reach is judged where it lies (missed.h), and stays.
  if (IsOutOfReach(PostOfFeed(feed), step.batch)) return;
  // All lanes first: a notice in one may speak of an event in another.
  for (const v1::Urgency lane : kLanes) {
    if (!GoOnLookingAgain(feed, lane, step)) return;
  }
  if (IsSuspended(*session, step.batch)) return;
  for (const v1::Urgency lane : kLanes) {
    if (IsInbox(feed)) {
      ReleaseWaiting(feed, lane, *session, step);
      continue;
    }
    const LaneRow before = ReadLane(feed, lane, step.batch);
    RememberRest(feed, lane, before, GoOnInSubscription(feed, lane, *session, step), step);
  }
}

Status ApplyReleaseRows(const stored::v1::ReleaseRows& command, Step& step) {
  if (command.look_again()) BeginLookingAgain(command.feed(), step);
  step.to_release.insert(command.feed());
  return {};
}

}  // namespace tearline::machine
