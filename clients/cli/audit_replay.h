#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "clients/verifier/leaf.h"
#include "tearline/stored/v1/leaf.pb.h"

namespace tearline::cli {

/// A leaf and its facts as one JSON object, ids in their text forms.
[[nodiscard]] nlohmann::json ReplayJson(const verifier::LeafEntry& entry);

/// The same as lines for people: the record first, then each fact.
[[nodiscard]] std::vector<std::string> ReplayLines(const verifier::LeafEntry& entry);

/// What became of a record, in words.
[[nodiscard]] std::string OutcomeText(const verifier::Leaf& leaf);

/// What a record did with what is known of people, as a list of words (verifier::OperationsOf).
[[nodiscard]] nlohmann::json OperationsJson(const verifier::Leaf& leaf,
                                            const std::vector<stored::v1::Detail>& facts);

/// One fact in words, and as its proto says it.
[[nodiscard]] std::string FactText(const stored::v1::Detail& fact);
[[nodiscard]] nlohmann::json FactJson(const stored::v1::Detail& fact);

}  // namespace tearline::cli
