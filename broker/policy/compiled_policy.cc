#include "broker/policy/compiled_policy.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace tearline::policy {
namespace {

bool IsCap(v1::RuleKind kind) {
  return kind == v1::RULE_KIND_CAP_ABSOLUTE || kind == v1::RULE_KIND_CAP_QUALIFIED;
}

/// Where a rule stands within its kind: the sooner, the more its level decides.
int StandingOf(const v1::Rule& rule) { return IsCap(rule.kind()) ? rule.level() : -rule.level(); }

/// When a rule speaks: a grant where its condition holds, any other where it does not fail.
Want WantOf(const v1::Rule& rule) {
  return rule.kind() == v1::RULE_KIND_GRANT ? Want::kYes : Want::kNotNo;
}

std::uint32_t BitsOf(const google::protobuf::RepeatedField<int>& flags) {
  static_assert(v1::ContentFlag_MAX < 32);
  std::uint32_t bits = 0;
  for (const int flag : flags) bits |= std::uint32_t{1} << flag;
  return bits;
}

}  // namespace

void CompiledPolicy::Order(const PolicySet& policy) {
  for (const PolicySet::Rule& rule : policy.rules()) {
    rules_.push_back({&rule, 0, BitsOf(rule.rule.hides())});
  }
  const auto by_id = [](const CompiledRule& a, const CompiledRule& b) {
    return a.rule->rule.id() < b.rule->rule.id();
  };
  std::sort(rules_.begin(), rules_.end(), by_id);
  for (CompiledRule& each : rules_) {
    each.rank = static_cast<std::uint16_t>(ids_.size());
    ids_.push_back(&each.rule->rule.id());
  }
  std::sort(rules_.begin(), rules_.end(), [](const CompiledRule& a, const CompiledRule& b) {
    const v1::Rule& one = a.rule->rule;
    const v1::Rule& other = b.rule->rule;
    return std::tuple(one.kind(), StandingOf(one), a.rank) <
           std::tuple(other.kind(), StandingOf(other), b.rank);
  });
}

void CompiledPolicy::AddTerms(const std::vector<Terms>& terms_of_rules) {
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const v1::Rule& rule = rules_[i].rule->rule;
    const auto begin = static_cast<std::uint32_t>(rule_of_.size());
    rule_of_.insert(rule_of_.end(), terms_of_rules[i].size(), static_cast<std::uint16_t>(i));
    const auto end = static_cast<std::uint32_t>(rule_of_.size());
    for (Region* region : {&kinds_[rule.kind()], &levels_[rule.kind()][rule.level()]}) {
      if (region->begin == region->end) region->begin = begin;
      region->end = end;
    }
  }
  words_ = WordsFor(rule_of_.size());
  all_.resize(words_);
  for (std::size_t term = 0; term < rule_of_.size(); ++term) Set(all_.data(), term);
}

void CompiledPolicy::AddAtoms(const std::vector<Terms>& terms_of_rules,
                              const std::vector<Atom>& atoms) {
  std::vector<AskedAtom> needed(atoms.size());
  for (std::size_t atom = 0; atom < atoms.size(); ++atom) {
    needed[atom].asked = atoms[atom].asked;
    for (Bits& bits : needed[atom].needs) bits.resize(words_);
  }
  std::vector<bool> is_needed(atoms.size());  // Those of a rule that is asked plainly may not be.
  std::size_t term = 0;
  for (const Terms& of_rule : terms_of_rules) {
    for (const Term& leaves : of_rule) {
      for (const Leaf& leaf : leaves) {
        Set(needed[leaf.atom].needs[static_cast<std::size_t>(leaf.want)].data(), term);
        is_needed[leaf.atom] = true;
      }
      ++term;
    }
  }
  std::set<std::size_t> questions;
  for (std::size_t atom = 0; atom < atoms.size(); ++atom) {
    questions.insert(atoms[atom].question);
    if (is_needed[atom]) asked_[atoms[atom].question].push_back(std::move(needed[atom]));
  }
  for (const std::size_t question : questions) {
    questions_[static_cast<std::size_t>(AboutWhom(question))].push_back(question);
  }
}

CompiledPolicy::CompiledPolicy(const PolicySet& policy) {
  Order(policy);
  NormalForm form;
  std::vector<Terms> terms_of_rules;
  std::vector<bool> plain;  // By rule: its terms say no more than what it needs.
  for (const CompiledRule& each : rules_) {
    const v1::Rule& rule = each.rule->rule;
    std::optional<Terms> terms = form.TermsOf(rule.when(), WantOf(rule));
    plain.push_back(!terms);
    if (!terms) terms = Terms{form.NeededBy(rule.when(), WantOf(rule))};
    terms_of_rules.push_back(*std::move(terms));
  }
  AddTerms(terms_of_rules);
  AddAtoms(terms_of_rules, form.atoms());
  to_be_asked_.resize(words_);
  for (std::size_t term = 0; term < rule_of_.size(); ++term) {
    if (plain[rule_of_[term]]) Set(to_be_asked_.data(), term);
  }
}

}  // namespace tearline::policy
