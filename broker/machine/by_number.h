#pragma once

#include <cstdint>
#include <string>

#include "broker/machine/step.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::machine {

/// Other systems say who is who by their numbers, and know no ids. Whoever names people so asks
/// who has the numbers: it counts as resolving them (quota.h), whatever comes of it.

/// The version from which two that became one by way of others are parted by their numbers.
inline constexpr std::uint16_t kPartedByWayFrom = 5;

/// Whose the two numbers are, 16 bytes each: whom the actor has looked at. Of a moved booking,
/// whose it was and whose it is.
struct Looked {
  std::string removed;
  std::string surviving;
};
/// So that whoever asks who looked at them finds it, once the command has done what it does.
void IndexLooks(const Looked& looked, Step& step);

template <typename Command>
[[nodiscard]] bool IsByNumber(const Command& command) {
  return command.has_removed() || command.has_surviving();
}
[[nodiscard]] inline bool IsByNumber(const stored::v1::MoveBooking& command) {
  return command.has_from() || command.has_to();
}

/// The nominal that has a number, whatever it was merged into.
///
/// Refuses: NOT_FOUND.
[[nodiscard]] Result<std::string> OwnerOf(const stored::v1::StoredIdentifier& identifier,
                                          const state::Reader& reader);

/// Puts ids in the place of the numbers. Of a merge: what the first became, as far as the actor may
/// know, into what the second became; but the other way round if the latter alone is provisional.
/// Of an un-merge: whichever of the two was merged into the other, or by way of others became it:
/// it leaves the first of those.
///
/// Refuses: UNAPPLIABLE     a number is not whole; the broker wrote it, so it should have been;
///          QUOTA_USED;
///          NOT_FOUND       nobody here has one of them;
///          ALREADY_EXISTS  the two are one person already;
///          WRONG_STATE     the two have not been merged, the one into the other.
[[nodiscard]] Status NameByNumber(stored::v1::MergeNominals& command, Looked& looked, Step& step);
[[nodiscard]] Status NameByNumber(stored::v1::UnmergeNominals& command, Looked& looked, Step& step);
/// Of a moved booking: the very nominals that have the numbers.
[[nodiscard]] Status NameByNumber(stored::v1::MoveBooking& command, Looked& looked, Step& step);

}  // namespace tearline::machine
