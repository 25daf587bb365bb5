#include "broker/policy/condition.h"

#include <google/protobuf/repeated_field.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "broker/model/marking.h"

namespace tearline::policy {
namespace {

using Values = google::protobuf::RepeatedField<int>;

Truth Known(bool holds) { return holds ? Truth::kYes : Truth::kNo; }

bool Contains(const Values& wanted, int value) {
  return std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

/// `value`, or nothing if it is not one of the enum's names. Zero is a value: "none", "not graded".
std::optional<int> Named(int value, bool (*is_valid)(int)) {
  return is_valid(value) ? std::optional<int>(value) : std::nullopt;
}

/// The same where zero means that nobody said.
std::optional<int> Said(int value, bool (*is_valid)(int)) {
  return value == 0 ? std::nullopt : Named(value, is_valid);
}

template <typename Enum>
std::optional<int> Said(const std::optional<Enum>& value, bool (*is_valid)(int)) {
  return value ? Said(static_cast<int>(*value), is_valid) : std::nullopt;
}

/// An empty list asks nothing.
Truth OneOf(const Values& wanted, std::optional<int> fact) {
  if (wanted.empty()) return Truth::kYes;
  return fact ? Known(Contains(wanted, *fact)) : Truth::kUnknown;
}

Truth Same(std::string_view a, std::string_view b) {
  return a.empty() || b.empty() ? Truth::kUnknown : Known(a == b);
}

Truth Agrees(Truth fact, bool wanted) { return wanted ? fact : Not(fact); }

Truth TypeHolds(const v1::EventCondition& asked, std::string_view type) {
  if (asked.event_type().empty()) return Truth::kYes;
  if (type.empty()) return Truth::kUnknown;
  return Known(std::any_of(
      asked.event_type().begin(), asked.event_type().end(), [type](std::string_view pattern) {
        return pattern.ends_with('.') ? type.starts_with(pattern) : type == pattern;
      }));
}

Truth FlagHolds(const v1::EventCondition& asked, const EventFacts& event) {
  if (asked.flag().empty()) return Truth::kYes;
  Truth holds = Truth::kNo;
  for (const EventFacts::Segment& segment : event.segments) {
    for (const v1::ContentFlag flag : segment.flags) {
      holds = Or(holds, OneOf(asked.flag(), Said(flag, v1::ContentFlag_IsValid)));
    }
  }
  return holds;
}

/// Some of the marks that something bears is one of these.
Truth SomeOf(const Values& wanted, const Values& marks, bool (*is_valid)(int)) {
  if (wanted.empty()) return Truth::kYes;
  Truth holds = Truth::kNo;
  for (const int mark : marks) holds = Or(holds, OneOf(wanted, Said(mark, is_valid)));
  return holds;
}

/// A code of 3x5x2; what it would be where another scheme graded is unknown.
std::optional<int> Graded(const v1::Grading& grading, int code, bool (*is_valid)(int)) {
  return grading.has_five_by_five() ? std::nullopt : Named(code, is_valid);
}

Truth GradingHolds(const v1::EventCondition& asked, const v1::Grading& grading) {
  return And(OneOf(asked.handling(), Graded(grading, grading.handling(), v1::HandlingCode_IsValid)),
             And(OneOf(asked.action(), Graded(grading, grading.action(), v1::ActionCode_IsValid)),
                 OneOf(asked.sanitisation(),
                       Graded(grading, grading.sanitisation(), v1::SanitisationCode_IsValid))));
}

Truth SchemeHolds(const Values& wanted, const v1::Label& label) {
  if (wanted.empty()) return Truth::kYes;
  if (!label.has_grading()) return Truth::kNo;
  return Known(Contains(wanted, label.grading().has_five_by_five() ? v1::GRADING_SCHEME_5X5X5
                                                                   : v1::GRADING_SCHEME_3X5X2));
}

/// Source and information grades are each item's own: of the whole, or of some segment.
Truth ItemGradesHold(const v1::EventCondition& asked, const EventFacts& event) {
  Truth source = asked.source().empty() ? Truth::kYes : Truth::kNo;
  Truth information = asked.information().empty() ? Truth::kYes : Truth::kNo;
  const auto hear = [&](const v1::Grading& grading) {
    source = Or(source,
                OneOf(asked.source(), Graded(grading, grading.source(), v1::SourceGrade_IsValid)));
    information = Or(information, OneOf(asked.information(), Graded(grading, grading.information(),
                                                                    v1::InformationGrade_IsValid)));
  };
  hear(event.label.grading());
  for (const EventFacts::Segment& segment : event.segments) {
    if (segment.grading) hear(*segment.grading);
  }
  return And(source, information);
}

Truth CodeHolds(const google::protobuf::RepeatedPtrField<std::string>& wanted,
                const std::string& code) {
  if (wanted.empty()) return Truth::kYes;
  return Known(!code.empty() && std::find(wanted.begin(), wanted.end(), code) != wanted.end());
}

Truth MarksHold(const v1::EventCondition& asked, const EventFacts& event) {
  const v1::Marking& marking = event.label.marking();
  return And(
      And(SomeOf(asked.caveat(), marking.caveats(), v1::Caveat_IsValid),
          SomeOf(asked.instruction(), marking.instructions(), v1::HandlingInstruction_IsValid)),
      And(SomeOf(asked.described_as(), marking.descriptors(), v1::MarkingDescriptor_IsValid),
          And(CodeHolds(asked.purpose(), event.purpose),
              CodeHolds(asked.legal_basis(), event.legal_basis))));
}

Truth EventHolds(const v1::EventCondition& asked, const EventFacts& event) {
  const v1::Label& label = event.label;
  Truth holds = And(And(TypeHolds(asked, event.event_type), MarksHold(asked, event)),
                    And(GradingHolds(asked, label.grading()),
                        And(SchemeHolds(asked.scheme(), label), ItemGradesHold(asked, event))));
  const auto list = [&holds](const Values& wanted, std::optional<int> fact) {
    holds = And(holds, OneOf(wanted, fact));
  };
  const auto flag = [&holds](bool present, bool wanted, bool fact) {
    if (present) holds = And(holds, Agrees(Known(fact), wanted));
  };
  list(asked.originator_kind(), Said(event.originator_kind, v1::AgencyKind_IsValid));
  list(asked.urgency(), Said(event.urgency, v1::Urgency_IsValid));
  list(asked.risk(), Named(event.facts.risk(), v1::Risk_IsValid));
  list(asked.tier(), Said(label.marking().tier(), v1::Tier_IsValid));
  list(asked.custody_change(), Named(event.facts.custody_change(), v1::CustodyChange_IsValid));
  flag(asked.has_sensitive(), asked.sensitive(), label.marking().sensitive());
  flag(asked.has_originator_controlled(), asked.originator_controlled(),
       label.originator_controlled());
  flag(asked.has_existence_may_be_told(), asked.existence_may_be_told(),
       label.existence_may_be_told());
  flag(asked.has_breach(), asked.breach(), event.facts.breach());
  return And(holds, FlagHolds(asked, event));
}

Truth CategoryHolds(const Values& wanted, const NominalFacts& nominal) {
  const bool not_known = nominal.category == v1::MAPPA_CATEGORY_UNKNOWN;
  if (not_known && !wanted.empty()) {
    return Contains(wanted, v1::MAPPA_CATEGORY_UNKNOWN) ? Truth::kYes : Truth::kUnknown;
  }
  return OneOf(wanted, Said(nominal.category, v1::MappaCategory_IsValid));
}

Truth NominalHolds(const v1::NominalCondition& asked, const NominalFacts& nominal) {
  Truth holds = And(CategoryHolds(asked.category(), nominal),
                    OneOf(asked.level(), Said(nominal.level, v1::MappaLevel_IsValid)));
  if (asked.has_has_case()) holds = And(holds, Agrees(Known(nominal.has_case), asked.has_case()));
  if (asked.has_access_limited()) {
    holds = And(holds, Agrees(Known(nominal.access_limited), asked.access_limited()));
  }
  return holds;
}

Truth SeatHolds(const Values& wanted, const std::optional<v1::SeatKind>& seat) {
  if (!wanted.empty() && !seat) return Truth::kNo;  // No seat is known, not unknown.
  return OneOf(wanted, Said(seat, v1::SeatKind_IsValid));
}

Truth RoleHolds(const Values& wanted, const std::vector<v1::PostRole>& roles) {
  if (wanted.empty()) return Truth::kYes;
  Truth holds = Truth::kNo;
  for (const v1::PostRole role : roles) {
    holds = Or(holds, OneOf(wanted, Said(role, v1::PostRole_IsValid)));
  }
  return holds;
}

Truth FunctionHolds(const Values& wanted, const std::vector<v1::CaseFunction>& functions) {
  if (wanted.empty()) return Truth::kYes;
  Truth holds = Truth::kNo;
  for (const v1::CaseFunction function : functions) {
    holds = Or(holds, OneOf(wanted, Said(function, v1::CaseFunction_IsValid)));
  }
  return holds;
}

Truth RecipientHolds(const v1::RecipientCondition& asked, const Situation& situation) {
  const auto& [event, nominal, recipient] = situation;
  Truth holds =
      And(OneOf(asked.agency_kind(), Said(recipient.agency_kind, v1::AgencyKind_IsValid)),
          And(RoleHolds(asked.role(), recipient.roles), SeatHolds(asked.seat(), nominal.seat)));
  const auto part = [&holds](bool present, bool wanted, Truth fact) {
    if (present) holds = And(holds, Agrees(fact, wanted));
  };
  holds = And(holds, FunctionHolds(asked.case_function(), nominal.functions));
  const auto& released = event.label.released_to_posts();
  part(asked.has_on_panel(), asked.on_panel(), Known(nominal.seat.has_value()));
  part(asked.has_accountable_officer(), asked.accountable_officer(),
       Known(nominal.accountable_officer));
  part(asked.has_supervising(), asked.supervising(), Known(nominal.supervising));
  part(asked.has_of_originator(), asked.of_originator(),
       Same(recipient.agency, event.originating_agency));
  part(asked.has_cleared(), asked.cleared(),
       Known(model::Dominates(recipient.clearance, event.label.marking())));
  part(asked.has_released_to(), asked.released_to(),
       Known(std::find(released.begin(), released.end(), recipient.post) != released.end()));
  part(asked.has_of_lead_agency(), asked.of_lead_agency(),
       nominal.has_case ? Same(recipient.agency, nominal.lead_agency) : Truth::kNo);
  part(asked.has_excluded(), asked.excluded(), Known(nominal.excluded));
  part(asked.has_in_conflict(), asked.in_conflict(), Known(nominal.in_conflict));
  part(asked.has_of_case_area(), asked.of_case_area(),
       Known(nominal.has_case && !recipient.area.empty() && recipient.area == nominal.area));
  return holds;
}

}  // namespace

Truth Holds(const v1::Condition& condition, const Situation& situation) {
  Truth holds = Truth::kYes;
  if (condition.has_event()) holds = And(holds, EventHolds(condition.event(), situation.event));
  if (condition.has_nominal()) {
    holds = And(holds, NominalHolds(condition.nominal(), situation.nominal));
  }
  if (condition.has_recipient()) {
    holds = And(holds, RecipientHolds(condition.recipient(), situation));
  }
  for (const v1::Condition& part : condition.all()) holds = And(holds, Holds(part, situation));
  for (const v1::Condition& part : condition.none()) {
    holds = And(holds, Not(Holds(part, situation)));
  }
  if (condition.any().empty()) return holds;
  Truth any = Truth::kNo;
  for (const v1::Condition& part : condition.any()) any = Or(any, Holds(part, situation));
  return And(holds, any);
}

}  // namespace tearline::policy
