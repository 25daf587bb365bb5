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

}  // namespace tearline::machine
