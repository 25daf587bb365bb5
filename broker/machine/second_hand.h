#pragma once

#include <string>

#include "broker/machine/step.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::machine {

/// P10: nobody widens their own access alone. A command that would let its author's agency see more
/// is kept, changed nothing yet, until another post gives it the second hand.

/// Whether each command would let the author's agency see more. Admitting or changing an agency
/// always does: whoever chooses an agency's authority can speak as any member of it. Setting a post
/// does where the post is the author's own, or where what it leaves undone climbs to the author's
/// own.
[[nodiscard]] bool Widens(const stored::v1::AdmitAgency& command, const Step& step);
[[nodiscard]] bool Widens(const stored::v1::SetPost& command, const Step& step);
[[nodiscard]] bool Widens(const stored::v1::SetSuspension& command, const Step& step);
[[nodiscard]] bool Widens(const stored::v1::LinkIdentifier& command, const Step& step);
[[nodiscard]] bool Widens(const stored::v1::OpenCase& command, const Step& step);
[[nodiscard]] bool Widens(const stored::v1::SeatPost& command, const Step& step);
[[nodiscard]] bool Widens(const stored::v1::NameAccountable& command, const Step& step);

/// Keeps a command for its second hand; `step.applied` says so and names it.
void KeepForSecondHand(stored::v1::CommandNumber number, const std::string& command_bytes,
                       Step& step);

/// Tells the originators of what is known about a nominal that a post's access to it has changed.
/// Its first 1,000 events are looked at; each originating post is told once.
void TellOriginators(const std::string& nominal_id, const std::string& post, Step& step);

}  // namespace tearline::machine
