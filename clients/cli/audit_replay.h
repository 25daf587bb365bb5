#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "clients/verifier/leaf.h"

namespace tearline::cli {

/// A leaf and its facts as one JSON object, ids in their text forms.
[[nodiscard]] nlohmann::json ReplayJson(const verifier::LeafEntry& entry);

/// The same as lines for people: the record first, then each fact.
[[nodiscard]] std::vector<std::string> ReplayLines(const verifier::LeafEntry& entry);

}  // namespace tearline::cli
