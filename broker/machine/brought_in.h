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

/// The other way: everybody whose case brings a post in, or for whom it was named as supervisor, with
/// a case or without.
[[nodiscard]] std::set<std::string> PeopleOfPost(const std::string& post,
                                                 const state::Reader& reader);

/// Whether a post is one of those, or stands in for one that is out of reach (reach.h).
[[nodiscard]] bool IsJudgedFor(const std::string& nominal_id, const std::string& post,
                               std::int64_t now_ms, const state::Reader& reader);

}  // namespace tearline::machine
