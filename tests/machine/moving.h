#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/machine/moved_booking.h"
#include "broker/machine/rows.h"
#include "tests/machine/merging.h"

namespace tearline::machine {

/// Two people, each with a panel: what ct-police/intel told of `from_`, whose panel
/// probation/supervisor chairs, may turn out to be `known_`'s, whose panel probation/chair chairs.
class Moving : public Merging {
 protected:
  static constexpr char kLeft[] = "probation/supervisor";
  static constexpr char kIntel[] = "ct-police/intel";

  /// All that occurred before now.
  stored::v1::MoveBooking Booking(const std::string& from, const std::string& to) const {
    stored::v1::MoveBooking move;
    move.set_from_id(from);
    move.set_to_id(to);
    move.set_until_ms(world_.now_ms);
    move.set_agency("ct-police");
    move.set_reason(v1::BOOKING_MOVE_REASON_WRONG_NUMBER);
    return move;
  }
  Applied Move(const stored::v1::MoveBooking& move, const std::string& post = kIntel) {
    return world_.Say(Why(World::System(post)), stored::v1::COMMAND_NUMBER_MOVE_BOOKING, move);
  }
  Applied Move() { return Move(Booking(from_, known_)); }

  stored::v1::EventRow RowOf(const std::string& event_id) const {
    return *world_.state.Find<stored::v1::EventRow>(EventKey(event_id));
  }
  std::vector<std::string> NominalsOf(const std::string& event_id) const {
    const stored::v1::EventRow row = RowOf(event_id);
    return {row.nominal_ids().begin(), row.nominal_ids().end()};
  }
  bool IsIndexedUnder(const std::string& event_id, const std::string& nominal_id) const {
    return world_.state
        .Get(state::Key(state::Table::kEventOfNominal)
                 .Fixed(nominal_id)
                 .U64(RowOf(event_id).position()))
        .has_value();
  }

  std::string from_ = other_;
  std::string from_case_ = world_.OpenCase(other_, {{kLeft, v1::SEAT_KIND_CHAIR}});
};

}  // namespace tearline::machine
