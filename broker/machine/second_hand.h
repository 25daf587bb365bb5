#pragma once

#include <cstdint>
#include <string>

#include "broker/machine/step.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// P10: nobody widens their own access alone. A command that would let its author's agency see more
/// is kept, changed nothing yet, until another post gives it the second hand.

/// The version from which a case that is to be supervised by nobody, to end, or to be joined by a
/// merge, waits, too, where a post of the author's agency was named for the person, and would see
/// what comes from then on. An exit that arrives as a fact waits for nobody.
inline constexpr std::uint16_t kLeftToOwnFrom = 7;

/// Whether each command would let the author's agency see more. Admitting or changing an agency
/// always does: whoever chooses an agency's authority can speak as any member of it. Setting a post
/// does where the post is the author's own, where what it leaves undone climbs to the author's own,
/// and where it may confirm what others ask (operator, co-ordinator, information governance). To
/// tell a third party always does, whoever asks: the second hand is its approval.
[[nodiscard]] bool Widens(const stored::v1::AdmitAgency& command, const Step& step);
[[nodiscard]] bool Widens(const stored::v1::SetPost& command, const Step& step);
[[nodiscard]] bool Widens(const stored::v1::SetSuspension& command, const Step& step);
/// Shows nobody more, but whoever holds the key can say things in the agency's name that it cannot
/// deny: it always waits, too.
[[nodiscard]] bool Widens(const stored::v1::EnrolSigningKey& command, const Step& step);
[[nodiscard]] bool Widens(const stored::v1::LinkIdentifier& command, const Step& step);
[[nodiscard]] bool Widens(const stored::v1::MergeNominals& command, const Step& step);
[[nodiscard]] bool Widens(const stored::v1::UnmergeNominals& command, const Step& step);
[[nodiscard]] bool Widens(const stored::v1::MoveBooking& command, const Step& step);
[[nodiscard]] bool Widens(const stored::v1::LimitAccess& command, const Step& step);
[[nodiscard]] bool Widens(const stored::v1::DeclareConflict& command, const Step& step);
/// Erasing shows nobody more, but cannot be undone: it always waits, too.
[[nodiscard]] bool Widens(const stored::v1::EraseNominal& command, const Step& step);
[[nodiscard]] bool Widens(const stored::v1::SetSupervisor& command, const Step& step);
[[nodiscard]] bool Widens(const stored::v1::OpenCase& command, const Step& step);
[[nodiscard]] bool Widens(const stored::v1::SeatPost& command, const Step& step);
[[nodiscard]] bool Widens(const stored::v1::NamePost& command, const Step& step);
[[nodiscard]] bool Widens(const stored::v1::CommissionReport& command, const Step& step);
[[nodiscard]] bool Widens(const stored::v1::NameAccountable& command, const Step& step);
[[nodiscard]] bool Widens(const stored::v1::ChangeCase& command, const Step& step);
[[nodiscard]] bool Widens(const stored::v1::DecideDisclosure& command, const Step& step);

/// Policy judges by category and level: whatever is not a lower level alone may let whom the case
/// brings in see more. What another system says is so already waits for nobody (decision 0034).
[[nodiscard]] bool Widens(const stored::v1::SetLevel& command, const Step& step);
[[nodiscard]] bool Widens(const stored::v1::EndCase& command, const Step& step);

/// Whether one person or system may stand behind both: the same post, the same member, the same
/// certificate, or the same user acted for. Every second hand is held to it, a policy's approval
/// too.
[[nodiscard]] bool IsSameHand(const stored::v1::Actor& first, const stored::v1::Actor& second);

/// The version from which what is asked again by the same post, in the same words, waits once.
inline constexpr std::uint16_t kWaitsOnceFrom = 5;

/// Keeps a command for its second hand, at most kPendingLifetime; `step.applied` says so and names
/// it. What waits already, asked by the same post for the same purpose, goes on waiting: that is
/// named, and nothing is kept.
///
/// Refuses: LIMIT_PASSED if kPendingOfAgencyMax commands of the author's agency wait.
[[nodiscard]] Status KeepForSecondHand(stored::v1::CommandNumber number,
                                       const std::string& command_bytes, Step& step);

/// When a kept command lapses, in milliseconds since 1970; at that time it is gone.
[[nodiscard]] std::int64_t LapsesMs(const stored::v1::PendingRow& row);

/// Removes a kept command and all that leads to it.
void ForgetPending(const std::string& pending_id, const stored::v1::PendingRow& row, Step& step);

/// Tells the first hand's post, if it still is one, what became of its command.
void TellFirstHand(const std::string& pending_id, const stored::v1::PendingRow& row,
                   stored::v1::PendingEnd end, Step& step);

/// A kept command's time has passed: forgotten, and the leaf and its first hand's post are told.
///
/// Requires: it is there.
void Lapse(const std::string& pending_id, Step& step);

}  // namespace tearline::machine
