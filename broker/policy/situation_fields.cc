#include "broker/policy/situation_fields.h"

#include <google/protobuf/message.h>

#include <algorithm>

namespace tearline::policy {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

/// In the order in which variables are asked: what makes a kind of recipient first.
constexpr FieldRow kRows[] = {
    {"RecipientCondition.agency_kind", FieldSort::kOne},
    {"RecipientCondition.role", FieldSort::kMarks},
    {"RecipientCondition.seat", FieldSort::kOne, true},
    {"RecipientCondition.on_panel", FieldSort::kPanel},
    {"RecipientCondition.accountable_officer", FieldSort::kFlag},
    {"RecipientCondition.supervising", FieldSort::kFlag},
    {"RecipientCondition.case_function", FieldSort::kMarks},
    // From here on it is the event or the nominal that makes the difference.
    {"RecipientCondition.of_lead_agency", FieldSort::kFlag},
    {"RecipientCondition.of_originator", FieldSort::kFlag},
    {"RecipientCondition.cleared", FieldSort::kFlag},
    {"RecipientCondition.released_to", FieldSort::kFlag},
    {"RecipientCondition.of_case_area", FieldSort::kFlag},
    {"RecipientCondition.excluded", FieldSort::kFlag},
    {"RecipientCondition.in_conflict", FieldSort::kFlag},
    {"NominalCondition.access_limited", FieldSort::kFlag},
    {"NominalCondition.has_case", FieldSort::kFlag},
    {"NominalCondition.category", FieldSort::kOne, false, true},
    {"NominalCondition.level", FieldSort::kOne, false, true},
    {"EventCondition.originator_kind", FieldSort::kOne, false, true},  // a composite's
    {"EventCondition.event_type", FieldSort::kType},
    {"EventCondition.originator_controlled", FieldSort::kFlag},
    {"EventCondition.existence_may_be_told", FieldSort::kFlag},
    {"EventCondition.urgency", FieldSort::kOne},
    {"EventCondition.risk", FieldSort::kOne, true},
    {"EventCondition.handling", FieldSort::kOne, true, true},
    {"EventCondition.action", FieldSort::kOne, true, true},
    {"EventCondition.sanitisation", FieldSort::kOne, true, true},
    {"EventCondition.scheme", FieldSort::kOne, true},
    {"EventCondition.source", FieldSort::kMarks, true, true},
    {"EventCondition.information", FieldSort::kMarks, true, true},
    {"EventCondition.purpose", FieldSort::kCode, true},
    {"EventCondition.legal_basis", FieldSort::kCode, true},
    {"EventCondition.caveat", FieldSort::kMarks},
    {"EventCondition.instruction", FieldSort::kMarks},
    {"EventCondition.described_as", FieldSort::kMarks},
    {"EventCondition.tier", FieldSort::kOne},
    {"EventCondition.sensitive", FieldSort::kFlag},
    {"EventCondition.custody_change", FieldSort::kOne, true},
    {"EventCondition.breach", FieldSort::kFlag},
    {"EventCondition.flag", FieldSort::kMarks},
};
constexpr std::string_view kFirstOfNoRecipient = "RecipientCondition.of_lead_agency";
constexpr std::string_view kOriginatorKind = "EventCondition.originator_kind";
constexpr std::string_view kHasCase = "NominalCondition.has_case";

}  // namespace

const FieldRow* FindFieldRow(std::string_view field) {
  const auto* row = std::find_if(std::begin(kRows), std::end(kRows),
                                 [field](const FieldRow& each) { return each.field == field; });
  return row == std::end(kRows) ? nullptr : row;
}

const google::protobuf::EnumDescriptor* EnumOfField(std::string_view field) {
  const std::size_t dot = field.find('.');
  const std::string name(field.substr(dot + 1));
  for (const auto* message : {v1::EventCondition::descriptor(), v1::NominalCondition::descriptor(),
                              v1::RecipientCondition::descriptor()}) {
    if (message->name() == field.substr(0, dot)) {
      const FieldDescriptor* found = message->FindFieldByName(name);
      return found == nullptr ? nullptr : found->enum_type();
    }
  }
  return nullptr;
}

void CollectMentions(const v1::Condition& condition, std::map<std::string, Mentions>& mentions) {
  const auto part = [&mentions](const Message& asked) {
    std::vector<const FieldDescriptor*> fields;
    const auto* reflection = asked.GetReflection();
    reflection->ListFields(asked, &fields);
    for (const FieldDescriptor* field : fields) {
      std::string name(asked.GetDescriptor()->name());
      name.append(".").append(field->name());
      Mentions& of = mentions[name];
      if (!field->is_repeated()) {
        of.numbers.push_back(reflection->GetBool(asked, field) ? 1 : 0);
        continue;
      }
      for (int i = 0; i < reflection->FieldSize(asked, field); ++i) {
        if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
          of.texts.push_back(reflection->GetRepeatedString(asked, field, i));
        } else {
          of.numbers.push_back(reflection->GetRepeatedEnumValue(asked, field, i));
        }
      }
    }
  };
  part(condition.event());
  part(condition.nominal());
  part(condition.recipient());
  for (const auto* parts : {&condition.all(), &condition.any(), &condition.none()}) {
    for (const v1::Condition& each : *parts) CollectMentions(each, mentions);
  }
}

Variables VariablesOf(const v1::Policy& policy, Scope scope) {
  std::map<std::string, Mentions> mentions;
  for (const v1::Rule& rule : policy.rules()) {
    CollectMentions(rule.when(), mentions);
    for (const int flag : rule.hides()) mentions["EventCondition.flag"].numbers.push_back(flag);
  }
  mentions[std::string(kHasCase)];
  if (mentions.contains("RecipientCondition.on_panel")) mentions["RecipientCondition.seat"];

  Variables made;
  std::vector<Variable>& variables = made.all;
  for (const FieldRow& row : kRows) {
    if (row.field == kFirstOfNoRecipient) {
      made.of_recipient = static_cast<std::uint32_t>(variables.size());
    }
    const auto mentioned = mentions.find(std::string(row.field));
    if (mentioned == mentions.end() || row.sort == FieldSort::kPanel) continue;
    Variable variable{std::string(row.field), {}, {}, {}};
    const bool known_then = scope == Scope::kFirst && row.field == kOriginatorKind;
    if (row.unknown && !known_then) variable.values.push_back(kUnknownValue);
    if (row.none) variable.values.push_back(0);
    switch (row.sort) {
      case FieldSort::kOne:
        for (int i = 1; i < EnumOfField(row.field)->value_count(); ++i) {
          variable.values.push_back(EnumOfField(row.field)->value(i)->number());
        }
        break;
      case FieldSort::kMarks: {
        std::vector<int>& marks = mentioned->second.numbers;
        std::sort(marks.begin(), marks.end());
        marks.erase(std::unique(marks.begin(), marks.end()), marks.end());
        if (row.unknown) marks.insert(marks.begin(), kUnknownValue);
        for (const int mark : marks) variables.push_back({variable.field, {0, 1}, {}, mark});
        continue;
      }
      case FieldSort::kFlag:
        variable.values = {0, 1};
        break;
      case FieldSort::kType:
      case FieldSort::kCode:
        // One of each that is named, one below each beginning, and one that is none of them.
        variable.texts = {row.sort == FieldSort::kType ? "?" : ""};
        for (const std::string& text : mentioned->second.texts) {
          variable.texts.push_back(text.ends_with('.') ? text + "?" : text);
        }
        std::sort(variable.texts.begin(), variable.texts.end());
        variable.texts.erase(std::unique(variable.texts.begin(), variable.texts.end()),
                             variable.texts.end());
        for (int i = 0; i < static_cast<int>(variable.texts.size()); ++i) {
          variable.values.push_back(i);
        }
        break;
      case FieldSort::kPanel:
        break;
    }
    variables.push_back(std::move(variable));
  }
  // A field without a row: what nobody knows, once.
  for (const auto& [field, of] : mentions) {
    if (FindFieldRow(field) == nullptr) variables.push_back({field, {kUnknownValue, 0, 1}, {}, {}});
  }
  return made;
}

}  // namespace tearline::policy
