#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "broker/state/reader.h"

namespace tearline::machine {

/// The posts that what is recorded about a person is judged for at a time, in ms since 1970: those
/// that the case, a supervision without one, or broken glass brings in.
[[nodiscard]] std::set<std::string> PostsOfPerson(const std::string& nominal_id,
                                                  std::int64_t now_ms, const state::Reader& reader);

/// Whether a post is one of these, or stands in for one that is out of reach (reach.h).
[[nodiscard]] bool IsJudgedFor(const std::string& nominal_id, const std::string& post,
                               std::int64_t now_ms, const state::Reader& reader);

}  // namespace tearline::machine
