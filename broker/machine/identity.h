#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "broker/machine/step.h"
#include "broker/state/reader.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// One person may be known here by several nominals. A merge rewrites nothing: it leads from one
/// nominal to the other, and whoever asks about either is answered here, about all. So taking it
/// back gives each exactly what it had, and what was recorded of it meanwhile.
///
/// Access is not unioned: what keeps a post out of one nominal keeps it out of the person.

/// Which nominal the person goes by: `nominal_id` itself unless it was merged.
[[nodiscard]] std::string SurvivorOf(const std::string& nominal_id, const state::Reader& reader);

/// All nominals that are this person, the surviving one first: at most kSamePersonMax.
[[nodiscard]] std::vector<std::string> SamePerson(const std::string& nominal_id,
                                                  const state::Reader& reader);

/// The nominals that would go with this one, were it parted from what it was merged into: itself
/// first, and all that were merged into it.
[[nodiscard]] std::vector<std::string> GoesWith(const std::string& nominal_id,
                                                const state::Reader& reader);

/// Whether an event is about the person, under whichever of these.
[[nodiscard]] bool IsAbout(const stored::v1::EventRow& event, const std::string& nominal_id,
                           const state::Reader& reader);

/// The nominals that were this person at a time, in ms since 1970: what a merge since then joined
/// is left out, and what an un-merge since then parted is there.
[[nodiscard]] std::set<std::string> SamePersonAt(const std::string& nominal_id, std::int64_t at_ms,
                                                 const state::Reader& reader);

/// The position of the merge by which two nominals became one person, the last of several; 0 if they
/// are the same.
///
/// Requires: they are one person.
[[nodiscard]] model::Position JoinedAt(const std::string& nominal_id, const std::string& other_id,
                                       const state::Reader& reader);

/// Whether `post` is kept out of the person: by the limits of any of the nominals, or in conflict.
[[nodiscard]] bool IsKeptOutOfPerson(const std::string& post, const std::string& nominal_id,
                                     const state::Reader& reader);

/// How a nominal is named to `post`: as the person goes by. To who is kept out of the person it is
/// named as ever: a merge tells it nothing (P6).
[[nodiscard]] std::string NameFor(const std::string& post, const std::string& nominal_id,
                                  const state::Reader& reader);

/// The row of the nominal by which the person has an open case; null if by none.
[[nodiscard]] std::shared_ptr<const stored::v1::NominalRow> NominalWithCase(
    const std::string& nominal_id, const state::Reader& reader);

/// The person's open case; null if there is none.
[[nodiscard]] std::shared_ptr<const stored::v1::CaseRow> CaseOfNominal(
    const std::string& nominal_id, const state::Reader& reader);

/// Has all that is known about the person judged again from this record on, also what is out to
/// `posts`.
void RejudgePerson(const std::string& nominal_id, const std::set<std::string>& posts, Step& step);

}  // namespace tearline::machine
