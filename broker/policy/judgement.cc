#include "broker/policy/judgement.h"

#include <algorithm>

namespace tearline::policy {
namespace {

bool Speaks(const v1::Rule& rule, const Situation& situation) {
  const Truth truth = Holds(rule.when(), situation);
  return rule.kind() == v1::RULE_KIND_GRANT ? truth == Truth::kYes : truth != Truth::kNo;
}

void Hear(const v1::Rule& rule, Judgement& judgement) {
  switch (rule.kind()) {
    case v1::RULE_KIND_GRANT:
      judgement.grant = std::max(judgement.grant, rule.level());
      break;
    case v1::RULE_KIND_CAP_ABSOLUTE:
      judgement.absolute = std::min(judgement.absolute, rule.level());
      break;
    case v1::RULE_KIND_CAP_QUALIFIED:
      judgement.qualified = std::min(judgement.qualified, rule.level());
      break;
    case v1::RULE_KIND_DUTY:
      judgement.duty = std::max(judgement.duty, rule.level());
      break;
    default:  // A mask says nothing about levels.
      break;
  }
}

bool IsCap(v1::RuleKind kind) {
  return kind == v1::RULE_KIND_CAP_ABSOLUTE || kind == v1::RULE_KIND_CAP_QUALIFIED;
}

bool Won(const v1::Rule& rule, const Judgement& judgement) {
  switch (rule.kind()) {
    case v1::RULE_KIND_GRANT:
      return !judgement.by_duty && rule.level() == judgement.level &&
             judgement.grant == judgement.level;
    case v1::RULE_KIND_CAP_ABSOLUTE:
      return rule.level() == judgement.level;
    case v1::RULE_KIND_CAP_QUALIFIED:
      return !judgement.by_duty && !judgement.glass_broken && rule.level() == judgement.level;
    case v1::RULE_KIND_DUTY:
      return judgement.by_duty && rule.level() == judgement.duty;
    default:
      return false;
  }
}

}  // namespace

Judgement Judge(const PolicySet& policy, const Situation& situation) {
  Judgement judgement;
  for (const PolicySet::Rule& rule : policy.rules()) {
    if (!Speaks(rule.rule, situation)) continue;
    judgement.spoke.push_back(&rule);
    Hear(rule.rule, judgement);
  }
  if (!situation.nominal.glass.empty()) {
    judgement.glass_broken = true;
    judgement.grant = judgement.qualified = v1::LEVEL_FULL;
  }
  judgement.level = std::min({judgement.grant, judgement.absolute, judgement.qualified});
  if (judgement.level < judgement.duty) {
    judgement.level = std::min(judgement.duty, judgement.absolute);
    judgement.by_duty = true;
  }
  return judgement;
}

std::vector<const PolicySet::Rule*> WinningRules(const Judgement& judgement) {
  std::vector<const PolicySet::Rule*> winning;
  for (const PolicySet::Rule* rule : judgement.spoke) {
    if (Won(rule->rule, judgement)) winning.push_back(rule);
  }
  return winning;
}

v1::RuleReason ReasonBelow(const Judgement& judgement) {
  const bool below_duty = judgement.level < judgement.duty;
  if (!below_duty && judgement.level >= judgement.grant) {
    const bool nothing = judgement.level == v1::LEVEL_WITHHELD;
    return nothing ? v1::RULE_REASON_NO_GRANT : v1::RULE_REASON_UNSPECIFIED;
  }
  const v1::Rule* lowest = nullptr;
  for (const PolicySet::Rule* spoken : judgement.spoke) {
    const v1::Rule& rule = spoken->rule;
    // What is owed yields to no qualified cap, nor does broken glass.
    const bool absolute_only = below_duty || judgement.glass_broken;
    if (!IsCap(rule.kind()) || (absolute_only && rule.kind() != v1::RULE_KIND_CAP_ABSOLUTE)) {
      continue;
    }
    if (lowest == nullptr || rule.level() < lowest->level() ||
        (rule.level() == lowest->level() && rule.id() < lowest->id())) {
      lowest = &rule;
    }
  }
  return lowest == nullptr ? v1::RULE_REASON_NO_GRANT : lowest->reason();
}

}  // namespace tearline::policy
