#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/machine/step.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// Two open cases of one person. The panel of one agrees that it is joined into the other; as their
/// nominals are merged it ends, and the other goes on. Nobody is seated by that: the chair of the
/// one that goes on seats whoever is needed.
/// docs/decisions/0050-a-case-is-joined-into-another.md.

/// The version from which cases are joined.
inline constexpr std::uint16_t kCasesJoinedFrom = 5;
/// The version from which a parting opens cases again that were joined further up than where it is
/// (machine.h).
inline constexpr std::uint16_t kReopenedDeepFrom = 6;

/// A panel agrees, or takes that back. `row` is the case as FindManaged found it.
///
/// Refuses: FIELD_INVALID  as a fact;
///          NOT_FOUND      no such other case that is open;
///          WRONG_STATE    nothing to take back; agreed already, this way or the other way round;
///          as CheckGate.
[[nodiscard]] Status AgreeToJoin(const stored::v1::EndCase& command, stored::v1::CaseRow row,
                                 Step& step);

/// The cases of two nominals that are to be merged. Ids are 16 bytes, empty if there is none.
struct TwoCases {
  std::string joined;  ///< The one that ends.
  std::string goes_on;
};

/// Which of two open cases is joined into the other; none is if not both have one.
///
/// Refuses: TWO_OPEN_CASES if neither agreed; before kCasesJoinedFrom WRONG_STATE.
[[nodiscard]] Result<TwoCases> CasesOf(const std::string& removed_id,
                                       const std::string& surviving_id, const Step& step);

/// The case ends as the nominals are merged. Said before they are one.
void EndJoined(const TwoCases& cases, Step& step);

/// Its posts are told, and what the chair of the other owes opens. Said when they are one.
void TellOfJoined(const TwoCases& cases, Step& step);

/// A case that was joined, and the nominal by whose merge it was: 16 bytes each.
struct JoinedBy {
  std::string nominal_id;
  std::string case_id;
};

/// What is to open again if a nominal is parted from what it was merged into: the case that was
/// joined by that merge; from kReopenedDeepFrom on also any other whose nominal would be another
/// person than that of the case it was joined into, and without a case. Said before they are two.
[[nodiscard]] std::vector<JoinedBy> JoinedCasesParted(const std::string& removed_id,
                                                      const Step& step);

/// Each of them opens again as the nominals are parted, unless its nominal has another by now. Said
/// when they are two; whom it brings in gets, late, what came meanwhile.
void ReopenJoined(const std::vector<JoinedBy>& joined, Step& step);

/// Whether `post` chairs the case that goes on in the place of an ended one, and is not kept out of
/// whom that was about.
[[nodiscard]] bool ChairsWhatGoesOn(const std::string& post, const stored::v1::CaseRow& ended,
                                    const state::Reader& reader);

}  // namespace tearline::machine
