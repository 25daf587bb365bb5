#pragma once

#include <string>

#include "broker/machine/step.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// Who is accountable for a case, and who supervises, changes; what is owed does not begin anew.
/// What the one owed by its office is the other's from that record on, with the time that is left
/// of it; what the one must still read the other must, and gets it at once; and the other takes it
/// over in person (hand_over.h). From behaviour version kOfficesHandedOnFrom on.
/// docs/decisions/0053-offices-are-handed-on.md.
///
/// One record judges so many events for who comes (Step.rows_left); what is beyond them stays owed
/// by who goes, and climbs. Nobody is handed what is withheld from them (P6): that is somebody
/// else's to see to, as ever.

/// Another post is accountable: `after` in place of `before`. Nothing if nobody was.
///
/// Requires: `after` is written.
void HandOnAccountable(const std::string& case_id, const stored::v1::CaseRow& before,
                       const stored::v1::CaseRow& after, Step& step);

/// The same of the post that supervises by the case. Nothing if none does from now on.
///
/// Requires: `after` is written.
void HandOnSupervision(const stored::v1::CaseRow& before, const stored::v1::CaseRow& after,
                       Step& step);

}  // namespace tearline::machine
