#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "broker/machine/step.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// A moved booking makes events another nominal's. Their records stay; their rows say whose they
/// are, and remember whose they were. An event stays in the index of every nominal it ever was of,
/// so whoever reads that index asks here whether it still is.
/// docs/decisions/0049-a-moved-booking-is-an-alteration.md.

/// The time that a question names which is about moved bookings and so of no one time, ms since
/// 1970: nothing was known at it.
inline constexpr std::int64_t kOfMovesMs = 1;

/// Whether an event is of this very nominal now, not of another that is the same person.
[[nodiscard]] bool IsUnder(const stored::v1::EventRow& event, const std::string& nominal_id);

/// Whose an event was at a time, in ms since 1970, place by place.
[[nodiscard]] std::vector<std::string> NominalsAt(const stored::v1::EventRow& event,
                                                  std::int64_t at_ms);

/// Whose it was at a place as it was recorded: what is counted by nominal and must come out even
/// goes by this.
[[nodiscard]] const std::string& RecordedAt(const stored::v1::EventRow& event, int place);

/// Whose it ever was, and is.
[[nodiscard]] std::set<std::string> EverOf(const stored::v1::EventRow& event);

/// Whether it was moved by a record after `position`.
[[nodiscard]] bool MovedSince(const stored::v1::EventRow& event, model::Position position);

/// Whether a move was the last that changed it.
[[nodiscard]] bool WasMovedLast(const stored::v1::EventRow& event);

/// The nominals it became by the last record that moved it.
[[nodiscard]] std::set<std::string> MovedTo(const stored::v1::EventRow& event);

/// Whether a move says whom and what it moves: two that there are, an agency the actor may speak
/// for, a range that has begun, a reason.
///
/// Refuses: NOT_FOUND, WRONG_STATE, TIME_INVALID, FIELD_INVALID; as CheckMaySpeakFor.
[[nodiscard]] Status CheckMove(const stored::v1::MoveBooking& command,
                               const stored::v1::Actor& actor, std::int64_t now_ms,
                               const state::Reader& reader);

/// The events that a booking has, in the order of the ledger, up to `tip`.
///
/// Requires: CheckMove refuses nothing; every record up to `tip` is applied.
/// Refuses:  LIMIT_PASSED      more than kMovedEventsMax, or more than kMoveLookedAtMax that it may
///                             be among, or one that was moved kMovesOfEventMax times;
///           WRONG_STATE       one that is about both: moved, it could not be moved back;
///           NOTHING_TO_MOVE   none.
[[nodiscard]] Result<std::vector<stored::v1::EventRow>> EventsOfBooking(
    const stored::v1::MoveBooking& command, model::Position tip, const state::Reader& reader);

}  // namespace tearline::machine
