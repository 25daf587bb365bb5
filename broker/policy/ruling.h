#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "broker/model/limits.h"
#include "broker/policy/compiled_policy.h"
#include "broker/policy/decision.h"
#include "broker/policy/facts.h"

namespace tearline::policy {

/// A Decision as the fast engine makes it: the same, in bits and of fixed size, so that making one
/// allocates nothing.
struct Ruling {
  v1::Level level = v1::LEVEL_WITHHELD;
  v1::Level duty = v1::LEVEL_UNSPECIFIED;
  v1::RuleReason shortfall = v1::RULE_REASON_UNSPECIFIED;
  bool duty_unmet = false;
  std::optional<std::uint32_t> tear_line;
  std::uint32_t segments = 0;        ///< By place.
  std::uint32_t unmet_nominals = 0;  ///< By place.
  std::uint32_t opened = 0;          ///< Types of obligations that are opened.
  std::array<OpenedObligation, v1::ObligationType_ARRAYSIZE> obligations{};  ///< By type.
  std::array<std::uint64_t, WordsFor(model::kPolicyRulesMax)> cited{};  ///< Rules, by rank of id.
};

/// The Decision that a ruling is. Uses of break-glass are cited here: posts that are judged alike do
/// not share them.
[[nodiscard]] Decision DecisionOf(const Ruling& ruling, const CompiledPolicy& policy,
                                  std::span<const NominalFacts> nominals = {});

/// What the terms that survived say about one nominal: Judgement (judgement.h), in bits.
struct Weighed {
  const std::uint64_t* spoke = nullptr;
  v1::Level grant = v1::LEVEL_WITHHELD;
  v1::Level absolute = v1::LEVEL_FULL;
  v1::Level qualified = v1::LEVEL_FULL;
  v1::Level duty = v1::LEVEL_UNSPECIFIED;
  v1::Level level = v1::LEVEL_WITHHELD;
  bool by_duty = false;
  bool glass_broken = false;
};

/// Requires: `spoke` has the policy's words, and outlives what is made of it.
[[nodiscard]] Weighed Weigh(const CompiledPolicy& policy, const std::uint64_t* spoke,
                            bool glass_broken = false);

/// Rules as Evaluate (evaluate.h) decides. `tear_line` is the one for the recipient, if there is
/// one.
///
/// Requires: one in `weighed` for each nominal, or one for an event about nobody; the facts do not
/// contradict themselves.
[[nodiscard]] Ruling Rule(const CompiledPolicy& policy, const EventFacts& event,
                          std::span<const Weighed> weighed, bool about_nobody,
                          std::optional<std::uint32_t> tear_line);

/// Nothing is told, whatever the rules say; what was owed stays owed.
[[nodiscard]] Ruling Deny(const CompiledPolicy& policy, std::span<const Weighed> weighed,
                          bool about_nobody, v1::RuleReason reason);

}  // namespace tearline::policy
