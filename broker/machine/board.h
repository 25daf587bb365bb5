#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/machine/step.h"
#include "broker/state/reader.h"

namespace tearline::machine {

/// The version from which nobody who is kept out of a person is chosen to hear of what is owed
/// about them.
inline constexpr std::uint16_t kPassedOverFrom = 7;

/// The strategic boards of an agency, of all agencies if it is "", in order of name; without those
/// where nobody is there. Of the first model::kReviewersLookedAtMax posts.
[[nodiscard]] std::vector<std::string> BoardsOf(const std::string& agency,
                                                const state::Reader& reader);

/// Whether a post is not chosen to hear of what is owed about a person: it is kept out of them, and
/// the next is asked (P6). False of nobody, "".
[[nodiscard]] bool IsPassedOver(const std::string& post, const std::string& nominal_id,
                                const Step& step);

}  // namespace tearline::machine
