#include "broker/policy/keeps_out.h"

#include <string>
#include <utility>

#include "broker/model/limits.h"
#include "broker/policy/situations.h"

namespace tearline::policy {
namespace {

struct KeptOut {
  const char* field;
  const char* sentence;
};

constexpr KeptOut kKeptOut[] = {
    {"RecipientCondition.excluded",
     "who is kept out of a person's record can be told more than that something is held; add an "
     "absolute cap of at most a pointer when { recipient { excluded: true } }"},
    {"RecipientCondition.in_conflict",
     "who is in conflict with a person can be told more than that something is held; add an "
     "absolute cap of at most a pointer when { recipient { in_conflict: true } }"},
};

}  // namespace

std::vector<Finding> FindWhoIsNotKeptOut(const PolicySet& policy, Scope scope) {
  Situations situations(policy.policy(), model::kPolicyAnalysisStepsMax, scope);
  Diagrams& sets = situations.diagrams();
  Diagrams::Set told = Diagrams::kNone;
  Diagrams::Set capped = Diagrams::kNone;
  for (const PolicySet::Rule& rule : policy.rules()) {
    const v1::RuleKind kind = rule.rule.kind();
    const bool opens = kind == v1::RULE_KIND_GRANT || kind == v1::RULE_KIND_DUTY;
    const bool much = rule.rule.level() > v1::LEVEL_POINTER;
    if (opens && much) told = sets.Or(told, situations.Speaks(rule.rule));
    if (kind == v1::RULE_KIND_CAP_ABSOLUTE && !much) {
      capped = sets.Or(capped, situations.Speaks(rule.rule));
    }
  }
  const Diagrams::Set left = sets.Without(told, capped);
  std::vector<Finding> findings;
  for (const KeptOut& each : kKeptOut) {
    if (sets.And(left, situations.WhereTrue(each.field)) == Diagrams::kNone) continue;
    findings.push_back({Fault::kKeepsNobodyOut, "", each.sentence});
  }
  if (sets.Exhausted()) findings.clear();
  return findings;
}

}  // namespace tearline::policy
