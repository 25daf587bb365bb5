#pragma once

#include <cstdint>
#include <string>

#include "broker/status/status.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// Who is kept out of a person's information whatever their work: a limited-access offender's
/// record names who is excluded from it, or who alone is let see it; and a post may be in conflict
/// with the person. What that means for a judgement is policy's to say.
///
/// A list names posts, "AGENCY/NAME", and agencies, "AGENCY", which stand for all their posts.
/// Where two nominals are merged, whoever was kept out of either is kept out of both.

/// The version from which whoever is kept out is refused alike, whether the person has a case or
/// not.
inline constexpr std::uint16_t kRefusedAlikeFrom = 7;

/// Whether anybody is.
[[nodiscard]] bool IsLimited(const stored::v1::NominalRow& nominal);

/// Whether the limits keep `post` out: excluded, or not among those let see it.
[[nodiscard]] bool IsKeptOut(const std::string& post, const stored::v1::NominalRow& nominal);

/// Whether `post` was declared in conflict with the person.
[[nodiscard]] bool IsInConflict(const std::string& post, const stored::v1::NominalRow& nominal);

/// Whether an agency, as `agency`, may see more under `after` than under `before`: it, or a post of
/// it, is excluded no longer, or is let see what only others were. Errs towards yes.
[[nodiscard]] bool LetsSeeMore(const std::string& agency, const stored::v1::NominalRow& before,
                               const stored::v1::NominalRow& after);

}  // namespace tearline::machine
