#pragma once

#include <string>

#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/v1/directory.pb.h"

namespace tearline::machine {

/// Whether an agency, member or post may be written into the directory: names, kinds, roles and
/// limits. `path` names the message in a refusal's sentence.
///
/// Refuses: FIELD_INVALID, NAME_INVALID, LIMIT_PASSED, LABEL_INVALID.
[[nodiscard]] Status CheckAgency(const v1::Agency& agency, const std::string& path);
[[nodiscard]] Status CheckMember(const v1::Member& member, const std::string& path);
[[nodiscard]] Status CheckPost(const v1::Post& post, const std::string& path);

/// Whether a post's holder and deputy are people, and its services systems, of its own agency.
///
/// Refuses: NOT_FOUND, PERSON_REQUIRED, FIELD_INVALID.
[[nodiscard]] Status CheckPostMembers(const v1::Post& post, const std::string& agency,
                                      const std::string& path, const state::Reader& reader);

}  // namespace tearline::machine
