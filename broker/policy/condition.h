#pragma once

#include "broker/policy/facts.h"
#include "tearline/v1/policy.pb.h"

namespace tearline::policy {

/// Kleene's three values. Unknown is what cannot be decided because a fact is not known.
enum class Truth { kNo = 0, kUnknown = 1, kYes = 2 };

[[nodiscard]] constexpr Truth And(Truth a, Truth b) { return a < b ? a : b; }
[[nodiscard]] constexpr Truth Or(Truth a, Truth b) { return a < b ? b : a; }
[[nodiscard]] constexpr Truth Not(Truth a) {
  return a == Truth::kUnknown ? a : a == Truth::kYes ? Truth::kNo : Truth::kYes;
}

/// What one condition is asked about.
struct Situation {
  const EventFacts& event;
  const NominalFacts& nominal;
  const RecipientFacts& recipient;
};

/// Whether `condition` holds. All its parts must; an absent part, an empty list and an empty
/// condition ask nothing. A list holds if the fact is one of its values.
///
/// Unknown, besides empty optionals: an empty event type; no originating or recipient agency;
/// MAPPA_CATEGORY_UNKNOWN, unless the list names it; category and level without a case; a value of
/// an enum that this broker does not know; source, information, handling, action and sanitisation
/// of what was graded by another scheme than 3x5x2. That a risk was not said, an event not graded,
/// custody not changed, no seat held, no purpose or legal basis given is known: no list holds then.
///
/// Source: docs/policy.md, "Three values".
[[nodiscard]] Truth Holds(const v1::Condition& condition, const Situation& situation);

}  // namespace tearline::policy
