#pragma once

#include <optional>
#include <string>

#include "broker/machine/step.h"
#include "broker/state/key.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/row.pb.h"
#include "tearline/v1/nominal.pb.h"

namespace tearline::machine {

/// A case's row: what it may say, how it is written, and who has a say in how it is managed.

/// Refuses: FIELD_INVALID  a category or level that there is not; category 3 has no level 1. The
/// fields are named "PATHcategory" and "PATHlevel".
[[nodiscard]] Status CheckCategoryAndLevel(v1::MappaCategory category, v1::MappaLevel level,
                                           const std::string& path);

/// Whether all that changes from what a case is managed at is that the level is lower, or nothing:
/// nobody sees more by that.
[[nodiscard]] bool OnlyLowers(const v1::Case& before, v1::MappaCategory category,
                              v1::MappaLevel level);

/// A case that has not ended.
///
/// Refuses: NOT_FOUND; WRONG_STATE.
[[nodiscard]] Result<stored::v1::CaseRow> FindOpenCase(const std::string& case_id,
                                                       const state::Reader& reader);

/// The same, if whoever asks, and whoever confirms it, co-ordinates its area (from kCoordinatedFrom
/// on). To others there is none.
///
/// Refuses: NOT_FOUND; WRONG_STATE.
[[nodiscard]] Result<stored::v1::CaseRow> FindCoordinated(const std::string& case_id,
                                                          const Step& step);

/// Whether whoever asks, and whoever confirms it, co-ordinates the case's area.
[[nodiscard]] bool IsCoordinated(const v1::Case& its_case, const Step& step);

/// Writes a case, whom it brings in, and that everything judged for its nominal is to be judged
/// again. One that has ended leaves its nominal without a case, and is found by it as having ended.
void WriteCase(const std::string& case_id, const stored::v1::CaseRow& before,
               stored::v1::CaseRow& row, Step& step);

/// Whom it is about, 16 bytes.
[[nodiscard]] std::string NominalOf(const stored::v1::CaseRow& row);

/// The nominal's cases that have ended, by the position of the record that ended them.
[[nodiscard]] state::Key EndedCasesOf(const std::string& nominal_id);

/// The person's open case; else the one that ended last; nothing if there never was one.
[[nodiscard]] std::optional<stored::v1::CaseRow> LastCaseOf(const std::string& nominal_id,
                                                            const state::Reader& reader);

/// Whether the post chairs the panel.
[[nodiscard]] bool IsChair(const v1::Case& its_case, const std::string& post);
[[nodiscard]] bool HasChair(const v1::Case& its_case);

/// Whether the actor is a co-ordinator whose agency works in the case's area.
[[nodiscard]] bool IsCoordinatorOf(const v1::Case& its_case, const stored::v1::Actor& actor,
                                   const state::Reader& reader);

/// Whether the actor speaks for the panel: its chair, and the co-ordinators of its area.
[[nodiscard]] bool SpeaksForPanel(const v1::Case& its_case, const stored::v1::Actor& actor,
                                  const state::Reader& reader);

/// Whether the actor works with the case: its seats, its accountable and supervising posts, and its
/// co-ordinators. Whoever does may ask others about it, and is shown what they say.
[[nodiscard]] bool WorksWithCase(const v1::Case& its_case, const stored::v1::Actor& actor,
                                 const state::Reader& reader);

/// Whether the actor may be shown the case: while it is open its lead agency, its seats, its
/// accountable and supervising posts and its co-ordinators; from then on its co-ordinators,
/// auditors who may ask of its area, and the chair of the case that goes on in its place.
[[nodiscard]] bool MaySeeCase(const stored::v1::CaseRow& row, const stored::v1::Actor& actor,
                              const state::Reader& reader);

}  // namespace tearline::machine
