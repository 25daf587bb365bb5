#include "broker/policy/diff.h"

#include <google/protobuf/repeated_ptr_field.h>
#include <google/protobuf/util/message_differencer.h>

#include <map>

#include "broker/policy/words.h"

namespace tearline::policy {
namespace {

using google::protobuf::util::MessageDifferencer;
using Obliges = google::protobuf::RepeatedPtrField<v1::Oblige>;

std::string ObligeWords(const Obliges& obliges) {
  std::vector<std::string> words;
  for (const v1::Oblige& each : obliges) {
    std::string one = (each.type() == v1::OBLIGATION_TYPE_READ ? "to read within "
                                                               : "to sanitise or review within ") +
                      each.within();
    if (!each.escalate_every().empty()) one += ", climbing every " + each.escalate_every();
    words.push_back(one);
  }
  return words.empty() ? "nothing" : Listed(words);
}

/// All that a rule says, for one that comes or goes.
std::vector<std::string> Whole(const v1::Rule& rule) {
  std::vector<std::string> sentences = {"It " + WantWords(rule) + ", because " +
                                        BecauseWords(rule.reason()) + "."};
  sentences.push_back("It speaks: " + ConditionWords(rule.when()) + ".");
  if (!rule.oblige().empty()) {
    sentences.push_back("It obliges " + ObligeWords(rule.oblige()) + ".");
  }
  if (!rule.oblige_if_unmet().empty()) {
    sentences.push_back("Unmet, it obliges " + ObligeWords(rule.oblige_if_unmet()) + ".");
  }
  if (!rule.says().empty()) sentences.push_back("It says: " + rule.says());
  return sentences;
}

std::vector<std::string> Changed(const v1::Rule& before, const v1::Rule& after) {
  std::vector<std::string> sentences;
  const auto say = [&sentences](const std::string& was, const std::string& is,
                                const std::string& what) {
    if (was != is) sentences.push_back(what + " was: " + was + "; is: " + is + ".");
  };
  say(WantWords(before), WantWords(after), "What it wants");
  say(ConditionWords(before.when()), ConditionWords(after.when()), "When it speaks");
  say(ReasonWords(before.reason()), ReasonWords(after.reason()), "Its reason");
  say(ObligeWords(before.oblige()), ObligeWords(after.oblige()), "What it obliges");
  say(ObligeWords(before.oblige_if_unmet()), ObligeWords(after.oblige_if_unmet()),
      "What it obliges if unmet");
  say(before.says(), after.says(), "What it says");
  return sentences;
}

}  // namespace

std::vector<RuleDiff> Diff(const v1::Policy& before, const v1::Policy& after) {
  std::map<std::string, std::pair<const v1::Rule*, const v1::Rule*>> rules;
  for (const v1::Rule& rule : before.rules()) rules[rule.id()].first = &rule;
  for (const v1::Rule& rule : after.rules()) rules[rule.id()].second = &rule;
  std::vector<RuleDiff> diffs;
  for (const auto& [id, both] : rules) {
    const auto& [was, is] = both;
    if (was == nullptr) {
      diffs.push_back({id, RuleDiff::Kind::kAdded, Whole(*is)});
    } else if (is == nullptr) {
      diffs.push_back({id, RuleDiff::Kind::kRemoved, Whole(*was)});
    } else if (!MessageDifferencer::Equals(*was, *is)) {
      diffs.push_back({id, RuleDiff::Kind::kChanged, Changed(*was, *is)});
    }
  }
  return diffs;
}

}  // namespace tearline::policy
