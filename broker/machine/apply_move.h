#pragma once

#include "broker/machine/step.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::machine {

/// A booking is moved. What moves is judged again for everybody who had it, as whose it is now, and
/// comes late to whom the other nominal brings in; what had been told of it to others is listed to
/// whoever must review it (review_told.h).
///
/// Refuses: as CheckMove and EventsOfBooking (moved_booking.h), CheckMoved (subject_key.h).
Status ApplyMoveBooking(const stored::v1::MoveBooking& command, Step& step);

}  // namespace tearline::machine
