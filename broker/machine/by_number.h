#pragma once

#include "broker/machine/step.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::machine {

/// Other systems say who is who by their numbers, and know no ids. Whoever names people so asks
/// who has the numbers: it counts as resolving them (quota.h), whatever comes of it.

template <typename Command>
[[nodiscard]] bool IsByNumber(const Command& command) {
  return command.has_removed() || command.has_surviving();
}

/// Puts ids in the place of the numbers. Of a merge: what the first became, into the second; but
/// into the first if the second alone is provisional. Of an un-merge: whichever of the two was
/// merged into the other.
///
/// Refuses: UNAPPLIABLE     a number is not whole; the broker wrote it, so it should have been;
///          QUOTA_USED;
///          NOT_FOUND       nobody here has one of them;
///          ALREADY_EXISTS  the two are one person already;
///          WRONG_STATE     the two have not been merged, the one into the other.
[[nodiscard]] Status NameByNumber(stored::v1::MergeNominals& command, Step& step);
[[nodiscard]] Status NameByNumber(stored::v1::UnmergeNominals& command, Step& step);

}  // namespace tearline::machine
