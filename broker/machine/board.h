#pragma once

#include <string>
#include <vector>

#include "broker/state/reader.h"

namespace tearline::machine {

/// The strategic boards of an agency, of all agencies if it is "", in order of name; without those
/// where nobody is there. Of the first model::kReviewersLookedAtMax posts.
[[nodiscard]] std::vector<std::string> BoardsOf(const std::string& agency,
                                                const state::Reader& reader);

}  // namespace tearline::machine
