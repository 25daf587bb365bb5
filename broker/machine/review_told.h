#pragma once

#include <string>

#include "broker/machine/step.h"
#include "tearline/v1/policy.pb.h"

namespace tearline::machine {

/// What was told was told about somebody else: two nominals were wrongly taken for one person, or
/// events of one for another's. Somebody looks at what, and to whom, within 24 hours: whoever
/// answers for the case of the other or supervises, else of this one, unless kept out of either;
/// else who answers for the data of the actor's agency.
///
/// It is about `nominal_id`; where the case of that one is to be named, `case_id`, else empty.
void OpenReviewOfTold(const std::string& nominal_id, const std::string& other_id,
                      v1::RuleReason reason, Step& step, const std::string& case_id = "");

/// Numbers given for one person led to both: somebody finds out what is wrong, within 72 hours. As
/// above, but whoever answers for `nominal_id` is asked before whoever answers for the other, and
/// the actor's post only if it is kept out of neither. False if nobody is left: nothing opens.
[[nodiscard]] bool OpenReviewOfNumbers(const std::string& nominal_id, const std::string& other_id,
                                       Step& step);

/// Of an event about the person all known numbers did not hold when it occurred: the same of the
/// one nominal, but who answers for data is looked for in the agency that asserted the number.
/// Nobody of the actor's agency who has nothing to do with the person is asked, unless it asserted
/// it (P6): it would hear that the number is known. False if nobody is left: nothing opens.
[[nodiscard]] bool OpenReviewOfNumberOutOfItsTime(const std::string& nominal_id,
                                                  const std::string& asserted_by, Step& step);

/// One hand of the agency that asserted a number said that it is in error: from then on nothing
/// that is told under it reaches whoever has to do with the person. Somebody else than the actor's
/// post finds out whether that is right, within 72 hours: the accountable officer, whoever
/// supervises or answers for the case; where each is kept out or is the actor, who answers for
/// data. Nothing where nobody has to do with the person, or nobody is left.
void OpenReviewOfNumberInError(const std::string& nominal_id, Step& step);

}  // namespace tearline::machine
