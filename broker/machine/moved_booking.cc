#include "broker/machine/moved_booking.h"

#include <algorithm>
#include <utility>

#include "broker/machine/origin.h"
#include "broker/machine/rows.h"
#include "broker/machine/since.h"
#include "broker/model/limits.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using state::Key;
using stored::v1::EventRow;
using stored::v1::MoveBooking;

/// Rows read at once from an index.
constexpr std::size_t kScanRows = 64;
/// An event is recorded after it occurred, but for a clock that is ahead: by less than this.
constexpr std::int64_t kClocksApartMs = 24 * 60 * 60 * 1000;

bool IsOfBooking(const EventRow& event, const MoveBooking& command) {
  const stored::v1::Publish& publish = event.publish();
  return publish.originating_agency() == command.agency() &&
         command.from_ms() <= publish.occurred_ms() && publish.occurred_ms() < command.until_ms() &&
         IsUnder(event, command.from_id());
}

Status TooMany(int most, const std::string& what) {
  return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "one move is of at most " + std::to_string(most) +
                                                   " " + what + "; move a shorter range first");
}

}  // namespace

bool IsUnder(const EventRow& event, const std::string& nominal_id) {
  const auto& ids = event.nominal_ids();
  return std::find(ids.begin(), ids.end(), nominal_id) != ids.end();
}

std::vector<std::string> NominalsAt(const EventRow& event, std::int64_t at_ms) {
  std::vector<std::string> ids(event.nominal_ids().begin(), event.nominal_ids().end());
  for (auto move = event.moves().rbegin(); move != event.moves().rend(); ++move) {
    if (move->moved_ms() > at_ms) ids.at(move->place()) = move->from_id();
  }
  return ids;
}

const std::string& RecordedAt(const EventRow& event, int place) {
  const auto first = std::find_if(
      event.moves().begin(), event.moves().end(),
      [place](const auto& move) { return move.place() == static_cast<std::uint32_t>(place); });
  return first == event.moves().end() ? event.nominal_ids(place) : first->from_id();
}

std::set<std::string> EverOf(const EventRow& event) {
  std::set<std::string> ids(event.nominal_ids().begin(), event.nominal_ids().end());
  for (const stored::v1::EventMove& move : event.moves()) ids.insert(move.from_id());
  return ids;
}

bool MovedSince(const EventRow& event, model::Position position) {
  return !event.moves().empty() && event.moves().rbegin()->position() > position;
}

bool WasMovedLast(const EventRow& event) {
  return !event.moves().empty() && event.moves().rbegin()->position() == event.changed_position();
}

std::set<std::string> MovedTo(const EventRow& event) {
  std::set<std::string> ids;
  for (const stored::v1::EventMove& move : event.moves()) {
    if (move.position() == event.moves().rbegin()->position()) {
      ids.insert(event.nominal_ids(static_cast<int>(move.place())));
    }
  }
  return ids;
}

Status CheckMove(const MoveBooking& command, const stored::v1::Actor& actor, std::int64_t now_ms,
                 const state::Reader& reader) {
  if (!reader.Get(NominalKey(command.from_id())) || !reader.Get(NominalKey(command.to_id()))) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such nominal");
  }
  if (command.from_id() == command.to_id()) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE, "a booking must move from one nominal to another");
  }
  TEARLINE_RETURN_IF_REFUSED(CheckMaySpeakFor(command.agency(), actor, reader));
  if (command.from_ms() < 0 || command.until_ms() <= command.from_ms() ||
      command.until_ms() > now_ms) {
    return Refuse(v1::ERROR_REASON_TIME_INVALID,
                  "the range must end after it begins, and not after the broker's time");
  }
  if (!v1::BookingMoveReason_IsValid(command.reason()) ||
      command.reason() == v1::BOOKING_MOVE_REASON_UNSPECIFIED) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID, "`reason` must be a known reason for a move");
  }
  return {};
}

Result<std::vector<EventRow>> EventsOfBooking(const MoveBooking& command, model::Position tip,
                                              const state::Reader& reader) {
  const Key index = Key(state::Table::kEventOfNominal).Fixed(command.from_id());
  model::Position next =
      command.from_ms() == 0 ? 1 : FirstSince(command.from_ms() - kClocksApartMs, tip, reader);
  std::vector<EventRow> events;
  int looked_at = 0;
  while (true) {
    const auto rows = reader.Scan(index, Key(index).U64(next), kScanRows);
    for (const auto& [key, event_id] : rows) {
      next = state::ReadBigEndian(key, key.size() - 8, 8) + 1;
      if (++looked_at > model::kMoveLookedAtMax) {
        return TooMany(model::kMoveLookedAtMax, "events recorded since its beginning");
      }
      auto event = reader.Find<EventRow>(EventKey(event_id));
      TEARLINE_INVARIANT(event.has_value(), "an event in an index is kept");
      if (!IsOfBooking(*event, command)) continue;
      if (IsUnder(*event, command.to_id())) {
        return Refuse(v1::ERROR_REASON_WRONG_STATE,
                      "an event in the range is about both: moved, it could not be moved back; "
                      "move a range without it, and withdraw it if it names the wrong one");
      }
      if (event->moves_size() >= model::kMovesOfEventMax) {
        return Refuse(
            v1::ERROR_REASON_LIMIT_PASSED,
            "one event is moved at most " + std::to_string(model::kMovesOfEventMax) + " times");
      }
      if (events.size() == static_cast<std::size_t>(model::kMovedEventsMax)) {
        return TooMany(model::kMovedEventsMax, "events");
      }
      events.push_back(*std::move(event));
    }
    if (rows.size() < kScanRows) break;
  }
  if (events.empty()) {
    return Refuse(v1::ERROR_REASON_NOTHING_TO_MOVE,
                  "nothing that the agency published of the nominal occurred within the range");
  }
  return events;
}

}  // namespace tearline::machine
