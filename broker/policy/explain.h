#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "broker/policy/decision.h"
#include "broker/policy/facts.h"
#include "broker/policy/policy_set.h"

namespace tearline::policy {

/// Why a decision is what it is, in sentences that a practitioner can dispute: what is told; each
/// rule that decided, with what it says; why it is less; what was owed; what must now happen.
///
/// Says only what the decision holds, so it serves a recorded one as well as a fresh one. `post` is
/// named as whom it is about, `segments` is how many the event has. A rule the policy does not have
/// is named and no more.
///
/// Requires: `policy` is the one that decided, or the rules' words are another's.
[[nodiscard]] std::vector<std::string> ExplainDecision(const PolicySet& policy,
                                                       const Decision& decision,
                                                       const std::string& post,
                                                       std::size_t segments);

/// The same, and then which rules spoke and lost, and to which; and those that asked for no more
/// than was told.
///
/// Requires: `decision` is what Evaluate says of the same facts under `policy`.
[[nodiscard]] std::vector<std::string> Explain(const PolicySet& policy, const EventFacts& event,
                                               std::span<const NominalFacts> nominals,
                                               const RecipientFacts& recipient,
                                               const Decision& decision);

}  // namespace tearline::policy
