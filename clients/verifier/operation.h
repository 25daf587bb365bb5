#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tearline/stored/v1/leaf.pb.h"

namespace tearline::verifier {

/// What a record did with what is known of people: the six operations that have to be logged, in
/// the order of the Act, and administration, which is none of them.
///
/// Source: Data Protection Act 2018, s.62(1).
enum class Operation : std::uint8_t {
  kCollection,
  kAlteration,
  kConsultation,
  kDisclosure,
  kCombination,
  kErasure,
  kAdministration,
};

/// "collection", "alteration" …
[[nodiscard]] std::string_view NameOf(Operation operation);

/// What a record asked for, by its `kind` (stored.v1.CommandNumber, as in its leaf), and what it
/// did beside that, by its facts: each once, in the order of the enum; administration only if it is
/// all. Facts that are not at hand are not counted; whether it was done, its outcome says. Empty
/// for a kind that this program does not know.
///
/// Source: docs/verifying.md, "Operations".
[[nodiscard]] std::vector<Operation> OperationsOf(std::uint16_t kind,
                                                  const std::vector<stored::v1::Detail>& facts);

}  // namespace tearline::verifier
