#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "broker/state/reader.h"

namespace tearline::machine {

/// The version from which an un-merge brings in whoever was named for the one of the two whose
/// case, until then, was the other's and named another: what was recorded meanwhile comes late, and
/// two hands are needed where that is a post of the author's agency.
inline constexpr std::uint16_t kPartedSupervisedFrom = 8;

/// Who supervises a person: their case's supervising post; where there is no case, or it names
/// none, the post that was named for the person (SetSupervisor), by the nominal the person goes by
/// if there are several; "" if nobody does. Most people under supervision have no panel, and this
/// post is all that a duty can name.
[[nodiscard]] std::string SupervisorOf(const std::string& nominal_id, const state::Reader& reader);

/// The posts that supervise the person by having been named for them, not by their case: of each of
/// the nominals that are the person, so that a merge takes nobody's work away.
[[nodiscard]] std::set<std::string> SupervisorsWithoutCase(const std::string& nominal_id,
                                                           const state::Reader& reader);

/// The posts that were named for the person, whether a case has another in their place or not.
[[nodiscard]] std::set<std::string> SupervisorsNamed(const std::string& nominal_id,
                                                     const state::Reader& reader);

/// The posts that will supervise by having been named, and do not now, if a nominal is parted from
/// what it was merged into: the case that named another in their place stays with the other side.
/// Said before they are two.
[[nodiscard]] std::set<std::string> SupervisorsIfParted(const std::string& removed_id,
                                                        const state::Reader& reader);

/// Whether `post` supervises the person without a case.
[[nodiscard]] bool SupervisesWithoutCase(const std::string& post, const std::string& nominal_id,
                                         const state::Reader& reader);

}  // namespace tearline::machine
