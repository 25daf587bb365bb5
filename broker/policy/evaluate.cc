#include "broker/policy/evaluate.h"

#include <algorithm>
#include <map>
#include <set>

#include "broker/policy/cut.h"
#include "broker/policy/glass.h"
#include "broker/policy/judgement.h"
#include "broker/policy/shortfall.h"
#include "broker/policy/tear_line_choice.h"

namespace tearline::policy {
namespace {

/// Facts that contradict themselves cannot be judged.
bool CanBeJudged(const EventFacts& event, std::size_t nominals) {
  const auto known = [](v1::ContentFlag flag) {
    return flag != v1::CONTENT_FLAG_UNSPECIFIED && v1::ContentFlag_IsValid(flag);
  };
  return std::all_of(
      event.segments.begin(), event.segments.end(), [&](const EventFacts::Segment& segment) {
        return std::all_of(segment.flags.begin(), segment.flags.end(), known) &&
               std::all_of(segment.nominals.begin(), segment.nominals.end(),
                           [nominals](std::size_t place) { return place < nominals; });
      });
}

std::vector<Judgement> JudgeAll(const PolicySet& policy, const EventFacts& event,
                                std::span<const NominalFacts> nominals,
                                const RecipientFacts& recipient) {
  const NominalFacts nobody;
  if (nominals.empty()) return {Judge(policy, {event, nobody, recipient})};
  std::vector<Judgement> judgements;
  for (const NominalFacts& nominal : nominals) {
    judgements.push_back(Judge(policy, {event, nominal, recipient}));
  }
  return judgements;
}

/// Level, segments and tear-line: what is told, and the fall-back that said so, if one did.
v1::RuleReason Tell(const EventFacts& event, std::span<const NominalFacts> nominals,
                    const RecipientFacts& recipient, const Cut& cut, Decision& decision) {
  decision.level = cut.level;
  v1::RuleReason fell = v1::RULE_REASON_UNSPECIFIED;
  if (decision.level == v1::LEVEL_FULL) decision.segments = cut.given;
  if (decision.level == v1::LEVEL_TEAR_LINE) {
    decision.tear_line = ChooseTearLine(event, nominals, recipient);
    if (!decision.tear_line) {
      decision.level = v1::LEVEL_POINTER;
      fell = v1::RULE_REASON_NO_TEAR_LINE;
    }
  }
  if (decision.level == v1::LEVEL_POINTER && !event.label.existence_may_be_told()) {
    decision.level = v1::LEVEL_WITHHELD;
    fell = v1::RULE_REASON_EXISTENCE_NOT_TOLD;
  }
  return fell;
}

/// The obligations of one decision: same type once, with the earliest of its times.
class Obligations {
 public:
  void Add(const std::vector<OpenedObligation>& opened) {
    for (const OpenedObligation& one : opened) {
      OpenedObligation& kept = by_type_.try_emplace(one.type, one).first->second;
      kept.within_ms = std::min(kept.within_ms, one.within_ms);
      kept.escalate_every_ms = std::min(kept.escalate_every_ms, one.escalate_every_ms);
    }
  }

  std::vector<OpenedObligation> ForLevel(v1::Level level) const {
    std::vector<OpenedObligation> opened;
    for (const auto& [type, one] : by_type_) {
      // Nothing was told: there is nothing to read, and an obligation would tell that there is.
      if (type == v1::OBLIGATION_TYPE_READ && level == v1::LEVEL_WITHHELD) continue;
      opened.push_back(one);
    }
    return opened;
  }

 private:
  std::map<v1::ObligationType, OpenedObligation> by_type_;
};

/// Fills duty, the duties not met, and the obligations; adds unmet duties to `rules`. `meets` says
/// whether a level owed about the nominal at a place is met.
template <typename Meeting>
void Owe(const std::vector<Judgement>& judgements, bool about_nobody, const Meeting& meets,
         std::set<std::string>& rules, Decision& decision) {
  Obligations obligations;
  for (std::size_t place = 0; place < judgements.size(); ++place) {
    bool all_met = true;
    for (const PolicySet::Rule* spoken : judgements[place].spoke) {
      if (spoken->rule.kind() != v1::RULE_KIND_DUTY) continue;
      obligations.Add(spoken->oblige);
      if (meets(spoken->rule.level(), place)) continue;
      all_met = false;
      rules.insert(spoken->rule.id());
      obligations.Add(spoken->oblige_if_unmet);
    }
    decision.duty = std::max(decision.duty, judgements[place].duty);
    if (all_met) continue;
    decision.duty_unmet = true;
    if (!about_nobody) decision.unmet_nominals.push_back(place);
  }
  decision.obligations = obligations.ForLevel(decision.level);
}

/// Nothing is told, whatever the rules say; what was owed stays owed.
Decision Deny(const std::vector<Judgement>& judgements, bool about_nobody, v1::RuleReason reason) {
  Decision decision;
  std::set<std::string> rules;
  Owe(
      judgements, about_nobody, [](v1::Level, std::size_t) { return false; }, rules, decision);
  decision.shortfall = reason;
  decision.rules.assign(rules.begin(), rules.end());
  return decision;
}

Decision EvaluateRules(const PolicySet& policy, const EventFacts& event,
                       std::span<const NominalFacts> nominals, const RecipientFacts& recipient) {
  const std::vector<Judgement> judgements = JudgeAll(policy, event, nominals, recipient);
  if (!CanBeJudged(event, nominals.size())) {
    return Deny(judgements, nominals.empty(), v1::RULE_REASON_EVALUATION_FAILED);
  }
  if (recipient.suspended) {
    return Deny(judgements, nominals.empty(), v1::RULE_REASON_RECIPIENT_SUSPENDED);
  }
  if (recipient.sees_too_few) {
    return Deny(judgements, nominals.empty(), v1::RULE_REASON_TOO_FEW_MEMBERS);
  }

  Decision decision;
  const Cut cut = CutSegments(event, judgements);
  const v1::RuleReason fell = Tell(event, nominals, recipient, cut, decision);

  std::set<std::string> rules = cut.masks;
  for (const Judgement& judgement : judgements) {
    for (const PolicySet::Rule* winning : WinningRules(judgement)) rules.insert(winning->rule.id());
  }
  const auto meets = [&](v1::Level owed, std::size_t place) {
    return Meets(decision.level, owed, place, event, judgements, cut);
  };
  Owe(judgements, nominals.empty(), meets, rules, decision);

  const std::vector<std::size_t> unmet = decision.duty_unmet && nominals.empty()
                                             ? std::vector<std::size_t>{0}
                                             : decision.unmet_nominals;
  decision.shortfall =
      fell != v1::RULE_REASON_UNSPECIFIED ? fell : ReasonForLess(event, judgements, cut, unmet);
  decision.rules.assign(rules.begin(), rules.end());
  return decision;
}

}  // namespace

Decision Evaluate(const PolicySet& policy, const EventFacts& event,
                  std::span<const NominalFacts> nominals, const RecipientFacts& recipient) {
  Decision decision = EvaluateRules(policy, event, nominals, recipient);
  CiteGlass(nominals, decision);
  return decision;
}

}  // namespace tearline::policy
