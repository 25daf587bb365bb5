#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "broker/state/reader.h"

namespace tearline::machine {

/// The newest rows of what is indexed about a nominal, by position: at most `most`, and at least
/// `least` if there are so many. Found by halving, because rows are read forwards only. Each is a
/// key, which ends in the position (8), and an event id.
///
/// Requires: `least` is less than `most`.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> NewestEventsOf(
    const std::string& nominal_id, std::size_t least, std::size_t most,
    const state::Reader& reader);

}  // namespace tearline::machine
