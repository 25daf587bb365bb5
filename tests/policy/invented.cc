#include "tests/policy/invented.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <string>

namespace tearline::policy {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr const char* kTypes[] = {"custody.recall.ordered", "custody.release.completed",
                                  "intelligence.report.submitted", "contact.note.recorded"};
constexpr const char* kPatterns[] = {"custody.",
                                     "custody.recall.",
                                     "intelligence.",
                                     "custody.recall.ordered",
                                     "contact.note.recorded",
                                     "nothing.of.this"};
constexpr const char* kCodes[] = {"public-protection", "safeguarding", "CJA2003-325-4"};
constexpr const char* kAgencies[] = {"police", "probation", "health", ""};
constexpr const char* kGlasses[] = {"brk_1", "brk_2", "brk_3"};
constexpr const char* kAreas[] = {"north", "south", ""};

template <typename List>
std::string Of(List& list, std::size_t place) {
  return list[place % std::size(list)];
}

/// A value of the enum, other than zero.
int ValueOf(const google::protobuf::EnumDescriptor& words, std::size_t place) {
  return words.value(1 + static_cast<int>(place) % (words.value_count() - 1))->number();
}

}  // namespace

std::vector<std::string> Inventor::WordsOf(const FieldDescriptor& field) {
  if (field.name() != "event_type") return {std::begin(kCodes), std::end(kCodes)};
  return {std::begin(kPatterns), std::end(kPatterns) - 1};
}

/// One to three fields of a part of a condition, each as a policy may write it.
void Inventor::Fields(Message& part) {
  const auto& descriptor = *part.GetDescriptor();
  const auto& reflection = *part.GetReflection();
  for (std::size_t count = 1 + Below(3); count > 0; --count) {
    const FieldDescriptor* field = descriptor.field(
        static_cast<int>(Below(static_cast<std::size_t>(descriptor.field_count()))));
    reflection.ClearField(&part, field);
    if (!field->is_repeated()) {
      reflection.SetBool(&part, field, Coin());
      continue;
    }
    for (std::size_t values = 1 + Below(3); values > 0; --values) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
        reflection.AddEnumValue(&part, field, ValueOf(*field->enum_type(), Below(16)));
      } else if (field->name() == "event_type") {
        reflection.AddString(&part, field, Of(kPatterns, Below(6)));
      } else {
        reflection.AddString(&part, field, Of(kCodes, Below(3)));
      }
    }
  }
}

v1::Condition Inventor::Condition(int depth) {
  v1::Condition condition;
  if (Below(3) == 0) Fields(*condition.mutable_event());
  if (Below(4) == 0) Fields(*condition.mutable_nominal());
  if (Coin()) Fields(*condition.mutable_recipient());
  if (depth == 1) return condition;
  // Now and then so many alternatives that they are not taken apart.
  const std::size_t most = Below(10) == 0 ? 7 : 3;
  for (auto* parts : {condition.mutable_all(), condition.mutable_any(), condition.mutable_none()}) {
    if (Below(3) != 0) continue;
    for (std::size_t count = Below(most); count > 0; --count) *parts->Add() = Condition(depth - 1);
  }
  return condition;
}

v1::Rule Inventor::Rule(std::size_t number) {
  v1::Rule rule;
  // Ids whose byte order is not the order of their numbers, some of them longest.
  rule.set_id((Coin() ? "R-" : "Rule-longest-") + std::to_string(number));
  rule.set_kind(static_cast<v1::RuleKind>(1 + Below(5)));
  rule.set_reason(static_cast<v1::RuleReason>(1 + Below(17)));
  switch (rule.kind()) {
    case v1::RULE_KIND_MASK:
      for (std::size_t count = 1 + Below(2); count > 0; --count) {
        rule.add_hides(static_cast<v1::ContentFlag>(1 + Below(9)));
      }
      break;
    case v1::RULE_KIND_GRANT:
    case v1::RULE_KIND_DUTY:
      rule.set_level(static_cast<v1::Level>(2 + Below(3)));
      break;
    default:
      rule.set_level(static_cast<v1::Level>(1 + Below(3)));
      break;
  }
  if (rule.kind() == v1::RULE_KIND_DUTY) {
    if (Coin()) {
      v1::Oblige& oblige = *rule.add_oblige();
      oblige.set_type(v1::OBLIGATION_TYPE_READ);
      oblige.set_within(std::to_string(1 + Below(9)) + "h");
    }
    if (Coin()) {
      v1::Oblige& oblige = *rule.add_oblige_if_unmet();
      oblige.set_type(Coin() ? v1::OBLIGATION_TYPE_READ : v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW);
      oblige.set_within(std::to_string(1 + Below(9)) + "h");
      if (Coin()) oblige.set_escalate_every(std::to_string(1 + Below(90)) + "m");
    }
  }
  const std::size_t shape = Below(12);
  if (shape == 0) return rule;  // Always.
  *rule.mutable_when() = Condition(shape < 6 ? 1 : shape < 9 ? 2 : shape < 11 ? 3 : 4);
  return rule;
}

v1::Policy Inventor::Policy(std::size_t rules_max) {
  v1::Policy policy;
  policy.set_id("invented");
  policy.set_version(1);
  const std::size_t rules = 1 + Below(rules_max);
  for (std::size_t i = 0; i < rules; ++i) *policy.add_rules() = Rule(i);
  return policy;
}

v1::Grading Inventor::Grading() {
  v1::Grading grading;
  if (Below(4) == 0) {
    grading.mutable_five_by_five()->set_handling(v1::FIVE_BY_FIVE_HANDLING_FOREIGN);
    return grading;
  }
  grading.set_source(static_cast<v1::SourceGrade>(Below(4)));
  grading.set_information(static_cast<v1::InformationGrade>(Below(6)));
  grading.set_handling(static_cast<v1::HandlingCode>(Below(4)));
  grading.set_action(static_cast<v1::ActionCode>(Below(4)));
  grading.set_sanitisation(static_cast<v1::SanitisationCode>(Below(3)));
  return grading;
}

void Inventor::Label(v1::Label& label) {
  v1::Marking& marking = *label.mutable_marking();
  marking.set_tier(static_cast<v1::Tier>(Below(8) == 0 ? 9 * Below(2) : 1 + Below(3)));
  marking.set_sensitive(Coin());
  for (int caveat = 1; caveat <= 5; ++caveat) {
    if (Below(5) == 0) marking.add_caveats(static_cast<v1::Caveat>(caveat));
  }
  if (Below(30) == 0) marking.add_caveats(static_cast<v1::Caveat>(99));
  if (Below(3) == 0) marking.add_instructions(static_cast<v1::HandlingInstruction>(1 + Below(4)));
  if (Below(3) == 0) marking.add_descriptors(static_cast<v1::MarkingDescriptor>(1 + Below(7)));
  if (Coin()) *label.mutable_grading() = Grading();
  label.set_originator_controlled(Coin());
  if (Coin()) label.add_released_to_posts("police/post");
  if (Coin()) label.add_released_to_posts("probation/post");
  label.set_existence_may_be_told(Below(3) != 0);
}

/// Mostly about nominals there are; now and then in another order, twice, about somebody who is not
/// there, or with a flag nobody knows.
void Inventor::Segments(Scene& scene) {
  scene.event.segments.resize(Below(12) == 0 ? 0 : 1 + Below(Below(4) == 0 ? 8 : 3));
  for (EventFacts::Segment& segment : scene.event.segments) {
    for (std::size_t place = 0; place < scene.nominals.size(); ++place) {
      if (Coin()) segment.nominals.push_back(place);
    }
    if (Coin()) std::reverse(segment.nominals.begin(), segment.nominals.end());
    if (!segment.nominals.empty() && Below(9) == 0) segment.nominals.push_back(segment.nominals[0]);
    if (Below(90) == 0) segment.nominals.push_back(scene.nominals.size());
    for (std::size_t flags = Below(3); flags > 0; --flags) {
      segment.flags.push_back(static_cast<v1::ContentFlag>(1 + Below(9)));
    }
    if (Below(90) == 0) segment.flags.push_back(static_cast<v1::ContentFlag>(99 * Below(2)));
    if (Below(4) == 0) segment.grading = Grading();
  }
}

NominalFacts Inventor::Nominal() {
  NominalFacts nominal;
  nominal.has_case = Below(4) != 0;
  nominal.access_limited = Below(4) == 0;
  if (!nominal.has_case) return nominal;
  if (Below(5) != 0) nominal.category = static_cast<v1::MappaCategory>(Below(7));
  if (Below(5) != 0) nominal.level = static_cast<v1::MappaLevel>(Below(5));
  nominal.lead_agency = Of(kAgencies, Below(4));
  nominal.area = Of(kAreas, Below(3));
  return nominal;
}

void Inventor::RelateTo(NominalFacts& nominal) {
  nominal.seat.reset();
  if (Coin())
    nominal.seat = static_cast<v1::SeatKind>(Below(20) == 0 ? 9 * Below(2) : 1 + Below(3));
  nominal.accountable_officer = Below(4) == 0;
  nominal.supervising = Below(4) == 0;
  nominal.excluded = Below(6) == 0;
  nominal.in_conflict = Below(6) == 0;
  nominal.functions.clear();
  for (std::size_t functions = Below(3); functions > 0; --functions) {
    // Now and then one that nobody said, or that this broker does not know.
    nominal.functions.push_back(static_cast<v1::CaseFunction>(
        Below(12) == 0 ? 99 * Below(2) : ValueOf(*v1::CaseFunction_descriptor(), Below(16))));
  }
  nominal.glass = Below(5) == 0 ? Of(kGlasses, Below(3)) : "";
}

void Inventor::Readdress(Scene& scene) {
  for (NominalFacts& nominal : scene.nominals) RelateTo(nominal);
  RecipientFacts recipient;
  recipient.agency = Of(kAgencies, Below(4));
  recipient.post = recipient.agency + "/post";
  if (Below(6) != 0) recipient.agency_kind = static_cast<v1::AgencyKind>(Below(16));
  for (std::size_t roles = Below(3); roles > 0; --roles) {
    recipient.roles.push_back(static_cast<v1::PostRole>(Below(17)));
  }
  recipient.clearance.set_tier(static_cast<v1::Tier>(Below(4)));
  recipient.clearance.set_sensitive(Coin());
  for (int caveat = 1; caveat <= 5; ++caveat) {
    if (Coin()) recipient.clearance.add_caveats(static_cast<v1::Caveat>(caveat));
  }
  recipient.area = Of(kAreas, Below(3));
  recipient.suspended = Below(15) == 0;
  recipient.sees_too_few = Below(15) == 0;
  scene.recipient = recipient;
}

Scene Inventor::Invent() {
  Scene scene;
  EventFacts& event = scene.event;
  for (std::size_t nominals = Below(Below(6) == 0 ? 9 : 4); nominals > 0; --nominals) {
    scene.nominals.push_back(Nominal());
  }
  event.event_type = Below(12) == 0 ? "" : Of(kTypes, Below(4));
  event.originating_agency = Of(kAgencies, Below(4));
  if (Below(6) != 0) event.originator_kind = static_cast<v1::AgencyKind>(Below(16));
  event.urgency = static_cast<v1::Urgency>(Below(5));
  Label(event.label);
  event.facts.set_risk(static_cast<v1::Risk>(Below(6)));
  event.facts.set_custody_change(static_cast<v1::CustodyChange>(Below(7)));
  event.facts.set_breach(Coin());
  if (Coin()) event.purpose = Of(kCodes, Below(3));
  if (Coin()) event.legal_basis = Of(kCodes, Below(3));
  Segments(scene);
  for (std::size_t count = Below(3); count > 0; --count) {
    EventFacts::TearLine& tear_line = event.tear_lines.emplace_back();
    tear_line.marking.set_tier(static_cast<v1::Tier>(1 + Below(2)));
    tear_line.marking.set_sensitive(Coin());
    tear_line.audience.set_panels(Below(3) == 0);
    if (Coin()) tear_line.audience.add_agency_kinds(static_cast<v1::AgencyKind>(1 + Below(14)));
    if (Coin()) tear_line.audience.add_post_roles(static_cast<v1::PostRole>(1 + Below(15)));
    if (Coin()) tear_line.audience.add_posts("police/post");
  }
  Readdress(scene);
  return scene;
}

}  // namespace tearline::policy
