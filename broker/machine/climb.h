#pragma once

#include <cstdint>
#include <string>

#include "broker/machine/step.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// How what is owed is chased: whom it is told to next, and when.

/// The version from which a step that was taken or put off in a pulse is not taken in it once more,
/// and whoever comes to have charge of a post as the last step of its hand-over falls due is
/// chased.
inline constexpr std::uint16_t kStepTakenOnceFrom = 7;

/// Takes an open obligation one step up: the debtor's deputy, then the post it escalates to, and so
/// on to the end of the line; from there, where no board stands in it, to a strategic board (from
/// kDutiesKeptFrom on). There it stays, open and past due. Each step counts from this one. A
/// post that may not hear of it is passed over. Where nobody acts for the post that was told, the
/// next step does not wait (from kPostsHandedOverFrom on).
void Escalate(const std::string& obligation_id, Step& step);

/// The withholding stands: due again at `review_ms`, from the first step.
void Uphold(const std::string& obligation_id, std::int64_t review_ms, Step& step);

/// Something joined that is due at `due_ms`, counted from now. What had come to the end of its line
/// is chased anew, from the first step, in the time of what joined; what is on its way takes its
/// next step no later than that, and a step's time from now. True if it begins anew. The row is the
/// caller's to write. (From kDutiesKeptFrom on: before, neither was so. A hand-over goes on by
/// itself: hand_over.h.)
[[nodiscard]] bool ChaseWhatJoined(const std::string& id, std::int64_t due_ms,
                                   stored::v1::ObligationRow& open, Step& step);

/// Whoever was told and may not hear of it now hears no more of it: the next up the line is told
/// instead, at the same step; at the end of the line, the debtor has it. The row is the caller's to
/// write.
void PassOverTold(const std::string& id, stored::v1::ObligationRow& open, Step& step);

}  // namespace tearline::machine
