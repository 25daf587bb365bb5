#include "broker/policy/explain.h"

#include <algorithm>
#include <set>

#include "broker/policy/judgement.h"
#include "broker/policy/words.h"

namespace tearline::policy {
namespace {

std::string WhatIsTold(const Decision& decision, const std::string& post, std::size_t segments) {
  switch (decision.level) {
    case v1::LEVEL_FULL:
      if (decision.segments.size() == segments) return post + " gets everything.";
      return post + " gets " + std::to_string(decision.segments.size()) + " of " +
             std::to_string(segments) + " segments in full, and no trace of the rest.";
    case v1::LEVEL_TEAR_LINE:
      return post + " gets the tear-line: the text its originator wrote for this audience.";
    case v1::LEVEL_POINTER:
      return post + " gets a pointer: that something is held, and whom to ask.";
    default:
      return post + " gets nothing, and no sign that anything is held.";
  }
}

std::string RuleSentence(const PolicySet& policy, const std::string& id) {
  const auto& rules = policy.rules();
  const auto found = std::find_if(rules.begin(), rules.end(), [&id](const PolicySet::Rule& each) {
    return each.rule.id() == id;
  });
  if (found == rules.end()) {
    if (!id.starts_with("break-glass:")) return "Rule " + id + " decided.";
    return "It was judged while the glass was broken (" + id +
           "): everything was granted, and only absolute caps and masks stood.";
  }
  const v1::Rule& rule = found->rule;
  std::string sentence = "Rule " + id + " " + WantWords(rule);
  if (const std::string because = BecauseWords(rule.reason()); !because.empty()) {
    sentence += ", because " + because;
  }
  return sentence + (rule.says().empty() ? "." : ": " + rule.says());
}

std::string MustHappen(const OpenedObligation& opened) {
  const std::string within = " within " + DurationWords(opened.within_ms);
  std::string sentence;
  switch (opened.type) {
    case v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW:
      sentence = "Somebody named must write what can be told, or review that it is not," + within;
      break;
    case v1::OBLIGATION_TYPE_READ:
      sentence = "A person must read it" + within;
      break;
    default:
      sentence = "Somebody must see to it" + within;
  }
  return sentence + "; after that it climbs every " + DurationWords(opened.escalate_every_ms) + ".";
}

std::vector<std::string> Ids(const std::vector<const PolicySet::Rule*>& rules) {
  std::set<std::string> ids;
  for (const PolicySet::Rule* rule : rules) ids.insert(rule->rule.id());
  return {ids.begin(), ids.end()};
}

/// The rules of one judgement that spoke for something else, and what they lost to.
void AddBeaten(const Judgement& judgement, const std::set<std::string>& cited,
               std::vector<std::string>& sentences, std::set<std::string>& content) {
  std::vector<const PolicySet::Rule*> lowering;
  for (const PolicySet::Rule* rule : judgement.spoke) {
    const v1::RuleKind kind = rule->rule.kind();
    const bool cap = kind == v1::RULE_KIND_CAP_ABSOLUTE ||
                     (kind == v1::RULE_KIND_CAP_QUALIFIED && !judgement.glass_broken);
    if (cap && rule->rule.level() <= judgement.level) lowering.push_back(rule);
  }
  for (const PolicySet::Rule* rule : judgement.spoke) {
    const v1::Rule& said = rule->rule;
    const bool yields =
        said.kind() == v1::RULE_KIND_CAP_QUALIFIED && said.level() < judgement.level;
    const bool lowered =
        (said.kind() == v1::RULE_KIND_GRANT || said.kind() == v1::RULE_KIND_DUTY) &&
        said.level() > judgement.level;
    if (yields) {
      sentences.push_back("Rule " + said.id() + " would allow no more than " +
                          LevelWords(said.level()) + ", but yields to " +
                          (judgement.glass_broken ? "broken glass." : "what is owed."));
    } else if (lowered && !lowering.empty()) {
      sentences.push_back("Rule " + said.id() + " would " +
                          (said.kind() == v1::RULE_KIND_GRANT ? "allow " : "owe ") +
                          LevelWords(said.level()) + ", but is beaten by " + Listed(Ids(lowering)) +
                          ".");
    } else if (said.kind() != v1::RULE_KIND_MASK && !cited.contains(said.id())) {
      content.insert(said.id());
    }
  }
}

}  // namespace

std::vector<std::string> ExplainDecision(const PolicySet& policy, const Decision& decision,
                                         const std::string& post, std::size_t segments) {
  std::vector<std::string> sentences = {WhatIsTold(decision, post, segments)};
  for (const std::string& id : decision.rules) sentences.push_back(RuleSentence(policy, id));
  if (decision.shortfall != v1::RULE_REASON_UNSPECIFIED) {
    sentences.push_back("It is not more, because " + BecauseWords(decision.shortfall) + ".");
  }
  if (decision.duty != v1::LEVEL_UNSPECIFIED) {
    sentences.push_back("At least " + LevelWords(decision.duty) + " was owed, and that is " +
                        (decision.duty_unmet ? "not met." : "met."));
  }
  for (const OpenedObligation& opened : decision.obligations) {
    sentences.push_back(MustHappen(opened));
  }
  return sentences;
}

std::vector<std::string> Explain(const PolicySet& policy, const EventFacts& event,
                                 std::span<const NominalFacts> nominals,
                                 const RecipientFacts& recipient, const Decision& decision) {
  std::vector<std::string> sentences =
      ExplainDecision(policy, decision, recipient.post, event.segments.size());
  if (decision.shortfall == v1::RULE_REASON_RECIPIENT_SUSPENDED ||
      decision.shortfall == v1::RULE_REASON_TOO_FEW_MEMBERS ||
      decision.shortfall == v1::RULE_REASON_EVALUATION_FAILED) {
    return sentences;  // No rule was heard.
  }
  const std::set<std::string> cited(decision.rules.begin(), decision.rules.end());
  std::set<std::string> content;
  const NominalFacts nobody;
  const std::span<const NominalFacts> judged =
      nominals.empty() ? std::span<const NominalFacts>(&nobody, 1) : nominals;
  for (std::size_t place = 0; place < judged.size(); ++place) {
    std::vector<std::string> beaten;
    AddBeaten(Judge(policy, {event, judged[place], recipient}), cited, beaten, content);
    for (const std::string& sentence : beaten) {
      sentences.push_back(judged.size() == 1
                              ? sentence
                              : "About person " + std::to_string(place + 1) + " of " +
                                    std::to_string(judged.size()) + ": " + sentence);
    }
  }
  if (!content.empty()) {
    sentences.push_back("Of the rules that spoke, these ask for no more than that: " +
                        Listed({content.begin(), content.end()}) + ".");
  }
  return sentences;
}

}  // namespace tearline::policy
