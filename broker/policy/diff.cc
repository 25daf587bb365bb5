#include "broker/policy/diff.h"

#include <google/protobuf/repeated_ptr_field.h>
#include <google/protobuf/util/message_differencer.h>

#include <map>
#include <utility>

#include "broker/model/vocabulary.h"
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

void Say(const std::string& what, const std::string& was, const std::string& is,
         std::vector<std::string>& sentences) {
  if (was != is) sentences.push_back(what + " was: " + was + "; is: " + is + ".");
}

std::vector<std::string> Changed(const v1::Rule& before, const v1::Rule& after) {
  std::vector<std::string> sentences;
  Say("What it wants", WantWords(before), WantWords(after), sentences);
  Say("When it speaks", ConditionWords(before.when()), ConditionWords(after.when()), sentences);
  Say("Its reason", ReasonWords(before.reason()), ReasonWords(after.reason()), sentences);
  Say("What it obliges", ObligeWords(before.oblige()), ObligeWords(after.oblige()), sentences);
  Say("What it obliges if unmet", ObligeWords(before.oblige_if_unmet()),
      ObligeWords(after.oblige_if_unmet()), sentences);
  Say("What it says", before.says(), after.says(), sentences);
  return sentences;
}

std::string CountWords(const v1::CompositeRule& rule) {
  std::vector<std::string> types(rule.member_type().begin(), rule.member_type().end());
  return std::to_string(rule.events()) + " events of " + Listed(types) + ", from " +
         std::to_string(rule.agencies()) + (rule.agencies() == 1 ? " agency" : " agencies") +
         ", within " + rule.within();
}

std::string MakeWords(const v1::CompositeRule& rule) {
  return rule.event_type() + ", " + model::CodeOf(v1::Urgency_Name(rule.urgency()), "URGENCY_");
}

std::vector<std::string> Whole(const v1::CompositeRule& rule) {
  std::vector<std::string> sentences = {"Of " + CountWords(rule) + ", it makes " + MakeWords(rule) +
                                        "."};
  if (!rule.says().empty()) sentences.push_back("It says: " + rule.says());
  return sentences;
}

std::vector<std::string> Changed(const v1::CompositeRule& before, const v1::CompositeRule& after) {
  std::vector<std::string> sentences;
  Say("What it counts", CountWords(before), CountWords(after), sentences);
  Say("What it makes", MakeWords(before), MakeWords(after), sentences);
  Say("What it says", before.says(), after.says(), sentences);
  return sentences;
}

/// How those of one list differ from those of another, found by what names them.
template <typename List, typename Name>
void AddDiffs(const List& before, const List& after, Name name, std::vector<RuleDiff>& diffs) {
  std::map<std::string,
           std::pair<const typename List::value_type*, const typename List::value_type*>>
      all;
  for (const auto& each : before) all[name(each)].first = &each;
  for (const auto& each : after) all[name(each)].second = &each;
  for (const auto& [id, both] : all) {
    const auto& [was, is] = both;
    if (was == nullptr) {
      diffs.push_back({id, RuleDiff::Kind::kAdded, Whole(*is)});
    } else if (is == nullptr) {
      diffs.push_back({id, RuleDiff::Kind::kRemoved, Whole(*was)});
    } else if (!MessageDifferencer::Equals(*was, *is)) {
      diffs.push_back({id, RuleDiff::Kind::kChanged, Changed(*was, *is)});
    }
  }
}

}  // namespace

std::vector<RuleDiff> Diff(const v1::Policy& before, const v1::Policy& after) {
  std::vector<RuleDiff> diffs;
  AddDiffs(
      before.rules(), after.rules(), [](const v1::Rule& rule) { return rule.id(); }, diffs);
  AddDiffs(
      before.composites(), after.composites(),
      [](const v1::CompositeRule& rule) { return rule.name(); }, diffs);
  return diffs;
}

}  // namespace tearline::policy
