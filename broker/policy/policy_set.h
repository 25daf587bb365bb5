#pragma once

#include <string>
#include <vector>

#include "broker/crypto/digest.h"
#include "broker/policy/composite.h"
#include "broker/policy/decision.h"
#include "broker/status/status.h"
#include "tearline/v1/policy.pb.h"

namespace tearline::policy {

/// A policy that parsed and checked, with the digest by which decisions cite it. Immutable.
class PolicySet {
 public:
  /// Reads a policy's text, strictly: unknown fields and values, duplicate ids, levels where none
  /// belongs, times that are not a number and a unit, conditions nested deeper than
  /// kConditionDepthMax, and texts over kPolicyBytesMax are all refused; so is what CheckPolicy
  /// (check.h) finds wrong with a rule.
  ///
  /// Refuses: POLICY_INVALID, with "line L, column C" where the text parsed no further, or the
  /// place of the rule (by number, from 1) and what would be right.
  [[nodiscard]] static Result<PolicySet> Parse(const std::string& text);

  /// The same of a policy that was read from `text` before.
  ///
  /// Refuses: what CheckPolicy finds wrong.
  [[nodiscard]] static Result<PolicySet> Of(v1::Policy policy, const std::string& text);

  /// SHA-256 of the text's bytes.
  const crypto::Digest& digest() const { return digest_; }

  const v1::Policy& policy() const { return policy_; }

  /// One rule with its times read.
  struct Rule {
    v1::Rule rule;
    std::vector<OpenedObligation> oblige;
    std::vector<OpenedObligation> oblige_if_unmet;
  };
  const std::vector<Rule>& rules() const { return rules_; }

  /// When several events are one composite.
  const std::vector<CompositeRule>& composites() const { return composites_; }

 private:
  PolicySet() = default;

  crypto::Digest digest_;
  v1::Policy policy_;
  std::vector<Rule> rules_;
  std::vector<CompositeRule> composites_;
};

}  // namespace tearline::policy
