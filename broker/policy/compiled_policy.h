#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "broker/policy/answer.h"
#include "broker/policy/bits.h"
#include "broker/policy/normal_form.h"
#include "broker/policy/policy_set.h"

namespace tearline::policy {

/// A policy as the fast engine reads it: every rule's condition as terms, every term a bit. Bits
/// are ordered by kind of rule, and within a kind by how far its level decides (grants and duties
/// from the highest, caps from the lowest), then by id: the first bit of a region is the word that
/// wins.
///
/// Immutable. The times and reasons stay in the PolicySet.
class CompiledPolicy {
 public:
  /// Requires: `policy` outlives it.
  explicit CompiledPolicy(const PolicySet& policy);

  /// A rule, in the order of its bits.
  struct CompiledRule {
    const PolicySet::Rule* rule = nullptr;
    std::uint16_t rank = 0;   ///< Its place in the byte order of all ids.
    std::uint32_t hides = 0;  ///< For masks: its content flags, a bit each.
  };

  /// An atom, and for each want the terms that need it so.
  struct AskedAtom {
    v1::Condition asked;
    std::array<Bits, kWants> needs;
  };

  std::size_t words() const { return words_; }
  std::size_t rules() const { return rules_.size(); }
  const CompiledRule& RuleOf(std::uint32_t term) const { return rules_[rule_of_[term]]; }
  v1::Level LevelOf(std::uint32_t term) const { return RuleOf(term).rule->rule.level(); }

  /// The terms of a kind, and those of one level in it.
  Region Of(v1::RuleKind kind) const { return kinds_[kind]; }
  Region Of(v1::RuleKind kind, v1::Level level) const { return levels_[kind][level]; }

  /// Every term's bit, and the bits of terms that say only what their rule needs: where one of
  /// these survives, its rule's condition is asked plainly.
  const Bits& all() const { return all_; }
  const Bits& to_be_asked() const { return to_be_asked_; }

  /// The questions the policy asks, rising, also those of rules that are asked plainly; and of each
  /// the atoms by which terms fall.
  const std::vector<std::size_t>& Questions(About about) const {
    return questions_[static_cast<std::size_t>(about)];
  }
  const std::vector<AskedAtom>& AtomsOf(std::size_t question) const { return asked_[question]; }

  /// The ids of all rules, in byte order.
  const std::string& IdOf(std::size_t rank) const { return *ids_[rank]; }

 private:
  void Order(const PolicySet& policy);
  void AddTerms(const std::vector<Terms>& terms_of_rules);
  void AddAtoms(const std::vector<Terms>& terms_of_rules, const std::vector<Atom>& atoms);

  std::vector<CompiledRule> rules_;
  std::vector<const std::string*> ids_;
  std::vector<std::uint16_t> rule_of_;  ///< By term.
  std::size_t words_ = 0;
  Bits all_;
  Bits to_be_asked_;
  std::array<Region, v1::RuleKind_ARRAYSIZE> kinds_{};
  std::array<std::array<Region, v1::Level_ARRAYSIZE>, v1::RuleKind_ARRAYSIZE> levels_{};
  std::array<std::vector<std::size_t>, 3> questions_;  ///< By what they are about.
  std::array<std::vector<AskedAtom>, kQuestions> asked_;
};

}  // namespace tearline::policy
