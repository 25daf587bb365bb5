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

}  // namespace tearline::machine
