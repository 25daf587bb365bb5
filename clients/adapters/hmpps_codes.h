#pragma once

#include <string>
#include <string_view>

#include "clients/adapters/hmpps_people.h"
#include "nlohmann/json.hpp"

namespace tearline::adapters {

/// A JSON object that says what a message is in codes alone: its type, what became of whom
/// ("MERGED"), and the coded members of `additionalInformation` that are known to hold no free
/// text. A value is taken only if it is 1 to 40 of A-Z, 0-9, - and _, with no run of four digits,
/// so that a sentence or a person's number in the wrong place stays behind, in the original bytes.
[[nodiscard]] std::string CodesOf(std::string_view event_type, const nlohmann::json& body,
                                  const People& people);

}  // namespace tearline::adapters
