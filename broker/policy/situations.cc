#include "broker/policy/situations.h"

#include <algorithm>
#include <utility>

namespace tearline::policy {
namespace {

using google::protobuf::Message;
using Set = Diagrams::Set;

bool Contains(const std::vector<int>& numbers, int number) {
  return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

bool TypeMatches(std::string_view pattern, std::string_view type) {
  return pattern.ends_with('.') ? type.starts_with(pattern) : type == pattern;
}

constexpr std::string_view kHasCase = "NominalCondition.has_case";
constexpr std::string_view kSupervising = "RecipientCondition.supervising";

}  // namespace

std::vector<std::uint32_t> Situations::Sizes(const std::vector<Variable>& variables) {
  std::vector<std::uint32_t> sizes;
  for (const Variable& variable : variables) {
    sizes.push_back(static_cast<std::uint32_t>(variable.values.size()));
  }
  return sizes;
}

Situations::Situations(const v1::Policy& policy, std::size_t steps_max, Scope scope)
    : Situations(VariablesOf(policy, scope), steps_max, scope) {}

Situations::Situations(Variables variables, std::size_t steps_max, Scope scope)
    : recipient_variables_(variables.of_recipient),
      variables_(std::move(variables.all)),
      diagrams_(Sizes(variables_), steps_max) {
  RequireCases(scope);
  RequireLabels();
  RequireOrigin(scope);
}

std::optional<std::uint32_t> Situations::Find(std::string_view field,
                                              std::optional<int> mark) const {
  for (std::uint32_t i = 0; i < variables_.size(); ++i) {
    if (variables_[i].field == field && variables_[i].mark == mark) return i;
  }
  return std::nullopt;
}

/// Where the field's value is one for which `holds`; everywhere if no rule asks for the field.
Set Situations::Is(std::string_view field, const std::function<bool(int value)>& holds) {
  const std::optional<std::uint32_t> variable = Find(field);
  if (!variable) return Diagrams::kAll;
  return diagrams_.Where(
      *variable, [&](std::uint32_t place) { return holds(variables_[*variable].values[place]); });
}

// -- What cannot be -------------------------------------------------------------------------------

/// Without a case there is no seat, nobody answers and no post is named for anything; category and
/// level are known with one and unknown without. Somebody may supervise all the same: most people
/// who are supervised have no panel.
void Situations::RequireCases(Scope scope) {
  const Set none = Is(kHasCase, [](int value) { return value == 0; });
  const Set some = diagrams_.Not(none);
  for (const char* field : {"NominalCondition.category", "NominalCondition.level"}) {
    Require(Implies(none, Is(field, [](int value) { return value == kUnknownValue; })));
    Require(Implies(some, Is(field, [](int value) { return value != kUnknownValue; })));
  }
  for (const char* field : {"RecipientCondition.seat", "RecipientCondition.accountable_officer",
                            "RecipientCondition.supervising", "RecipientCondition.of_lead_agency",
                            "RecipientCondition.of_case_area"}) {
    if (scope == Scope::kAll && field == kSupervising) continue;
    Require(Implies(none, Is(field, [](int value) { return value == 0; })));
  }
  for (std::uint32_t i = 0; i < variables_.size(); ++i) {
    if (variables_[i].field != "RecipientCondition.case_function") continue;
    Require(Implies(none, diagrams_.Where(i, [](std::uint32_t place) { return place == 0; })));
  }
}

/// Action and sanitisation codes go with handling C and are as unknown as it is; 5x5x5 leaves all
/// three unknown, and what is not graded has no scheme; -SENSITIVE goes with OFFICIAL; who is kept
/// out is kept out by limits.
void Situations::RequireLabels() {
  static constexpr std::string_view kHandling = "EventCondition.handling";
  const auto same = [this](std::string_view other, const std::function<bool(int)>& of_handling,
                           const std::function<bool(int)>& of_other) {
    if (!Find(kHandling) || !Find(other)) return;
    const Set here = Is(kHandling, of_handling);
    const Set there = Is(other, of_other);
    Require(Implies(here, there));
    Require(Implies(there, here));
  };
  const auto unknown = [](int value) { return value == kUnknownValue; };
  for (const char* code : {"EventCondition.action", "EventCondition.sanitisation"}) {
    same(
        code, [](int value) { return value == v1::HANDLING_CODE_CONDITIONS; },
        [](int value) { return value > 0; });
    same(code, unknown, unknown);
  }
  same("EventCondition.scheme", unknown,
       [](int value) { return value == v1::GRADING_SCHEME_5X5X5; });
  const auto none = [](int value) { return value == 0; };
  same("EventCondition.scheme", none, none);
  const auto holds = [](int value) { return value == 1; };
  if (Find("RecipientCondition.excluded")) {
    Require(Implies(Is("RecipientCondition.excluded", holds),
                    Is("NominalCondition.access_limited", holds)));
  }
  const Set sensitive = Is("EventCondition.sensitive", [](int value) { return value == 1; });
  if (Find("EventCondition.sensitive")) {
    Require(Implies(sensitive, Is("EventCondition.tier",
                                  [](int value) { return value == v1::TIER_OFFICIAL; })));
  }
}

/// One's own event is of one's own kind of agency: a composite, of no kind, is nobody's own.
void Situations::RequireOrigin(Scope scope) {
  constexpr std::string_view kOrigin = "EventCondition.originator_kind";
  const std::optional<std::uint32_t> kind = Find("RecipientCondition.agency_kind");
  if (!Find(kOrigin) || !Find("RecipientCondition.of_originator")) return;
  const auto own = [this] {
    return Is("RecipientCondition.of_originator", [](int value) { return value == 1; });
  };
  if (!kind) {
    if (scope == Scope::kFirst) return;
    Require(Implies(own(), Is(kOrigin, [](int value) { return value != kUnknownValue; })));
    return;
  }
  Set same = Diagrams::kNone;
  for (const int one : variables_[*kind].values) {
    const auto is_one = [one](int value) { return value == one; };
    same = diagrams_.Or(
        same, diagrams_.And(Is("RecipientCondition.agency_kind", is_one), Is(kOrigin, is_one)));
  }
  Require(Implies(own(), same));
}

// -- What is asked --------------------------------------------------------------------------------

Situations::Heard Situations::Both(Heard a, Heard b) {
  return {diagrams_.And(a.yes, b.yes), diagrams_.And(a.not_no, b.not_no)};
}

Situations::Heard Situations::Turned(Heard heard) {
  return {diagrams_.Not(heard.not_no), diagrams_.Not(heard.yes)};
}

Situations::Heard Situations::HearMarks(const std::string& field, const Mentions& wanted) {
  Set some = Diagrams::kNone;
  for (const int mark : wanted.numbers) {
    some = diagrams_.Or(
        some, diagrams_.Where(*Find(field, mark), [](std::uint32_t place) { return place == 1; }));
  }
  const std::optional<std::uint32_t> unknown = Find(field, kUnknownValue);
  if (!unknown) return {some, some};
  return {some, diagrams_.Or(some, diagrams_.Where(
                                       *unknown, [](std::uint32_t place) { return place == 1; }))};
}

Situations::Heard Situations::HearField(const std::string& field, const Mentions& wanted) {
  const FieldRow* row = FindFieldRow(field);
  if (row == nullptr) {
    return {Is(field, [](int value) { return value == 1; }),
            Is(field, [](int value) { return value != 0; })};
  }
  if (row->sort == FieldSort::kMarks) return HearMarks(field, wanted);
  std::function<bool(int)> holds = [&](int value) { return Contains(wanted.numbers, value); };
  std::string_view asked = field;
  if (row->sort == FieldSort::kPanel) {
    asked = "RecipientCondition.seat";
    holds = [&](int value) { return (value != 0) == (wanted.numbers.front() == 1); };
  } else if (row->sort == FieldSort::kType || row->sort == FieldSort::kCode) {
    const std::vector<std::string>& texts = variables_[*Find(field)].texts;
    holds = [&wanted, &texts](int value) {
      return std::any_of(wanted.texts.begin(), wanted.texts.end(), [&](const std::string& each) {
        return TypeMatches(each, texts[static_cast<std::size_t>(value)]);
      });
    };
  }
  const bool of_category = field == "NominalCondition.category";
  const Set yes = Is(asked, holds);
  const Set unknown = Is(asked, [&](int value) {
    return value == kUnknownValue || (of_category && value == v1::MAPPA_CATEGORY_UNKNOWN);
  });
  return {yes, diagrams_.Or(yes, unknown)};
}

Situations::Heard Situations::HearPart(const Message& part) {
  Heard heard{Diagrams::kAll, Diagrams::kAll};
  v1::Condition alone;
  if (part.GetDescriptor() == v1::EventCondition::descriptor()) {
    alone.mutable_event()->CopyFrom(part);
  } else if (part.GetDescriptor() == v1::NominalCondition::descriptor()) {
    alone.mutable_nominal()->CopyFrom(part);
  } else {
    alone.mutable_recipient()->CopyFrom(part);
  }
  std::map<std::string, Mentions> wanted;
  CollectMentions(alone, wanted);
  for (const auto& [field, of] : wanted) heard = Both(heard, HearField(field, of));
  return heard;
}

Situations::Heard Situations::HearCondition(const v1::Condition& condition) {
  Heard heard = Both(Both(HearPart(condition.event()), HearPart(condition.nominal())),
                     HearPart(condition.recipient()));
  for (const v1::Condition& part : condition.all()) heard = Both(heard, HearCondition(part));
  for (const v1::Condition& part : condition.none()) {
    heard = Both(heard, Turned(HearCondition(part)));
  }
  if (condition.any().empty()) return heard;
  Heard any{Diagrams::kNone, Diagrams::kNone};
  for (const v1::Condition& part : condition.any()) {
    const Heard each = HearCondition(part);
    any = {diagrams_.Or(any.yes, each.yes), diagrams_.Or(any.not_no, each.not_no)};
  }
  return Both(heard, any);
}

Set Situations::Speaks(const v1::Rule& rule) {
  const Heard heard = HearCondition(rule.when());
  return diagrams_.And(possible_, rule.kind() == v1::RULE_KIND_GRANT ? heard.yes : heard.not_no);
}

Set Situations::Carries(v1::ContentFlag flag) {
  const std::optional<std::uint32_t> variable = Find("EventCondition.flag", flag);
  if (!variable) return possible_;
  return diagrams_.And(possible_,
                       diagrams_.Where(*variable, [](std::uint32_t place) { return place == 1; }));
}

std::string Situations::Recipient(Set set) const {
  const std::vector<std::optional<std::uint32_t>> example = diagrams_.Example(set);
  std::string words;
  for (std::uint32_t i = 0; i < recipient_variables_; ++i) {
    if (!example[i]) continue;
    const Variable& variable = variables_[i];
    const int value = variable.values[*example[i]];
    const std::string name = variable.field.substr(variable.field.find('.') + 1);
    const auto* values = EnumOfField(variable.field);
    std::string word = values == nullptr ? (value == 1 ? "true" : "false") : "";
    if (values != nullptr) {
      const auto* named = values->FindValueByNumber(variable.mark.value_or(value));
      word = value == kUnknownValue ? "unknown" : named == nullptr ? "none" : named->name();
      if (variable.mark) word = (value == 1 ? "" : "not ") + word;
      if (!variable.mark && value == 0) word = "none";
    }
    words += (words.empty() ? "" : ", ") + name + " " + word;
  }
  return words.empty() ? "any" : words;
}

}  // namespace tearline::policy
