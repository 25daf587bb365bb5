#include "broker/policy/answer.h"

#include <google/protobuf/repeated_field.h>

#include <algorithm>
#include <bit>

#include "broker/model/marking.h"
#include "broker/policy/normal_form.h"
#include "broker/status/invariant.h"

namespace tearline::policy {
namespace {

using Event = v1::EventCondition;
using Nominal = v1::NominalCondition;
using Recipient = v1::RecipientCondition;

/// Beside the values of an enum, all of which are below.
constexpr std::uint32_t kNobodySaid = 30;
constexpr std::uint32_t kNotKnownHere = 31;
/// Where sets that are not of exactly one value begin.
constexpr std::uint32_t kSets = 32;

static_assert(v1::AgencyKind_MAX < 30 && v1::PostRole_MAX < 30 && v1::CaseFunction_MAX < 30 &&
                  v1::ContentFlag_MAX < 30 && v1::Caveat_MAX < 30 &&
                  v1::HandlingInstruction_MAX < 30 && v1::MarkingDescriptor_MAX < 30 &&
                  v1::InformationGrade_MAX < 30,
              "sets of these are kept as 32 bits");

std::uint32_t Value(int value, bool (*is_valid)(int)) {
  return is_valid(value) ? static_cast<std::uint32_t>(value) : kNotKnownHere;
}

template <typename Enum>
std::uint32_t Value(const std::optional<Enum>& value, bool (*is_valid)(int)) {
  return value ? Value(static_cast<int>(*value), is_valid) : kNobodySaid;
}

std::uint32_t BitOf(std::uint32_t value) { return std::uint32_t{1} << value; }

/// A set of values. The most have one or none.
std::uint32_t Values(std::uint32_t bits) {
  return std::has_single_bit(bits) ? static_cast<std::uint32_t>(std::countr_zero(bits))
                                   : kSets + bits;
}

std::uint32_t Values(const google::protobuf::RepeatedField<int>& values, bool (*is_valid)(int)) {
  std::uint32_t bits = 0;
  for (const int value : values) bits |= BitOf(Value(value, is_valid));
  return Values(bits);
}

std::uint32_t Flags(const EventFacts& event) {
  std::uint32_t bits = 0;
  for (const EventFacts::Segment& segment : event.segments) {
    for (const v1::ContentFlag flag : segment.flags) {
      bits |= BitOf(Value(flag, v1::ContentFlag_IsValid));
    }
  }
  return Values(bits);
}

template <typename Enum>
std::uint32_t Grade(const v1::Grading& grading, Enum code, bool (*is_valid)(int)) {
  return grading.has_five_by_five() ? kNotKnownHere : Value(code, is_valid);
}

/// The grades of the whole and of the segments graded apart.
template <typename Enum>
std::uint32_t Grades(const EventFacts& event, Enum (v1::Grading::*grade)() const,
                     bool (*is_valid)(int)) {
  const v1::Grading& whole = event.label.grading();
  std::uint32_t bits = BitOf(Grade(whole, (whole.*grade)(), is_valid));
  for (const EventFacts::Segment& segment : event.segments) {
    if (!segment.grading) continue;
    bits |= BitOf(Grade(*segment.grading, ((*segment.grading).*grade)(), is_valid));
  }
  return Values(bits);
}

std::uint32_t Scheme(const v1::Label& label) {
  return label.has_grading() ? 1 + (label.grading().has_five_by_five() ? 1 : 0) : 0;
}

/// Two names: one missing, the same, or different.
std::uint32_t Alike(std::string_view a, std::string_view b) {
  return a.empty() || b.empty() ? 2 : a == b ? 1 : 0;
}

std::uint32_t EventAnswer(int field, const EventFacts& event) {
  const v1::Label& label = event.label;
  const v1::Grading& grading = label.grading();
  switch (field) {
    case Event::kOriginatorKindFieldNumber:
      return Value(event.originator_kind, v1::AgencyKind_IsValid);
    case Event::kUrgencyFieldNumber:
      return Value(event.urgency, v1::Urgency_IsValid);
    case Event::kRiskFieldNumber:
      return Value(event.facts.risk(), v1::Risk_IsValid);
    case Event::kHandlingFieldNumber:
      return Grade(grading, grading.handling(), v1::HandlingCode_IsValid);
    case Event::kSanitisationFieldNumber:
      return Grade(grading, grading.sanitisation(), v1::SanitisationCode_IsValid);
    case Event::kActionFieldNumber:
      return Grade(grading, grading.action(), v1::ActionCode_IsValid);
    case Event::kTierFieldNumber:
      return Value(label.marking().tier(), v1::Tier_IsValid);
    case Event::kSensitiveFieldNumber:
      return label.marking().sensitive();
    case Event::kOriginatorControlledFieldNumber:
      return label.originator_controlled();
    case Event::kExistenceMayBeToldFieldNumber:
      return label.existence_may_be_told();
    case Event::kFlagFieldNumber:
      return Flags(event);
    case Event::kCustodyChangeFieldNumber:
      return Value(event.facts.custody_change(), v1::CustodyChange_IsValid);
    case Event::kBreachFieldNumber:
      return event.facts.breach();
    case Event::kCaveatFieldNumber:
      return Values(label.marking().caveats(), v1::Caveat_IsValid);
    case Event::kInstructionFieldNumber:
      return Values(label.marking().instructions(), v1::HandlingInstruction_IsValid);
    case Event::kDescribedAsFieldNumber:
      return Values(label.marking().descriptors(), v1::MarkingDescriptor_IsValid);
    case Event::kSchemeFieldNumber:
      return Scheme(label);
    case Event::kSourceFieldNumber:
      return Grades(event, &v1::Grading::source, v1::SourceGrade_IsValid);
    case Event::kInformationFieldNumber:
      return Grades(event, &v1::Grading::information, v1::InformationGrade_IsValid);
    default:
      break;
  }
  TEARLINE_INVARIANT(false, "every field of a condition about an event has its answer");
  return 0;
}

std::uint32_t NominalAnswer(int field, const NominalFacts& nominal) {
  switch (field) {
    case Nominal::kHasCaseFieldNumber:
      return nominal.has_case;
    case Nominal::kCategoryFieldNumber:
      return Value(nominal.category, v1::MappaCategory_IsValid);
    case Nominal::kLevelFieldNumber:
      return Value(nominal.level, v1::MappaLevel_IsValid);
    case Nominal::kAccessLimitedFieldNumber:
      return nominal.access_limited;
    default:
      break;
  }
  TEARLINE_INVARIANT(false, "every field of a condition about a nominal has its answer");
  return 0;
}

std::uint32_t Roles(const RecipientFacts& recipient) {
  std::uint32_t bits = 0;
  for (const v1::PostRole role : recipient.roles) bits |= BitOf(Value(role, v1::PostRole_IsValid));
  return Values(bits);
}

std::uint32_t Functions(const NominalFacts& nominal) {
  std::uint32_t bits = 0;
  for (const v1::CaseFunction function : nominal.functions) {
    bits |= BitOf(Value(function, v1::CaseFunction_IsValid));
  }
  return Values(bits);
}

bool IsReleasedTo(const RecipientFacts& recipient, const EventFacts& event) {
  const auto& posts = event.label.released_to_posts();
  return std::find(posts.begin(), posts.end(), recipient.post) != posts.end();
}

std::uint32_t RecipientAnswer(int field, const Situation& situation) {
  const auto& [event, nominal, recipient] = situation;
  switch (field) {
    case Recipient::kAgencyKindFieldNumber:
      return Value(recipient.agency_kind, v1::AgencyKind_IsValid);
    case Recipient::kRoleFieldNumber:
      return Roles(recipient);
    case Recipient::kSeatFieldNumber:
      return Value(nominal.seat, v1::SeatKind_IsValid);
    case Recipient::kCaseFunctionFieldNumber:
      return Functions(nominal);
    case Recipient::kOnPanelFieldNumber:
      return nominal.seat.has_value();
    case Recipient::kAccountableOfficerFieldNumber:
      return nominal.accountable_officer;
    case Recipient::kSupervisingFieldNumber:
      return nominal.supervising;
    case Recipient::kOfOriginatorFieldNumber:
      return Alike(recipient.agency, event.originating_agency);
    case Recipient::kClearedFieldNumber:
      return model::Dominates(recipient.clearance, event.label.marking());
    case Recipient::kReleasedToFieldNumber:
      return IsReleasedTo(recipient, event);
    case Recipient::kOfLeadAgencyFieldNumber:
      return nominal.has_case ? Alike(recipient.agency, nominal.lead_agency) : 0;
    case Recipient::kExcludedFieldNumber:
      return nominal.excluded;
    case Recipient::kInConflictFieldNumber:
      return nominal.in_conflict;
    case Recipient::kOfCaseAreaFieldNumber:
      return nominal.has_case && Alike(recipient.area, nominal.area) == 1;
    default:
      break;
  }
  TEARLINE_INVARIANT(false, "every field of a condition about a recipient has its answer");
  return 0;
}

}  // namespace

bool IsAboutWords(std::size_t question) {
  return question == QuestionOf(Part::kEvent, Event::kEventTypeFieldNumber) ||
         question == QuestionOf(Part::kEvent, Event::kPurposeFieldNumber) ||
         question == QuestionOf(Part::kEvent, Event::kLegalBasisFieldNumber);
}

std::string_view WordsOf(std::size_t question, const EventFacts& event) {
  switch (static_cast<int>(question % kFieldsOfPart)) {
    case Event::kPurposeFieldNumber:
      return event.purpose;
    case Event::kLegalBasisFieldNumber:
      return event.legal_basis;
    default:
      return event.event_type;
  }
}

std::uint32_t AnswerTo(std::size_t question, const Situation& situation) {
  const int field = static_cast<int>(question % kFieldsOfPart);
  switch (static_cast<Part>(question / kFieldsOfPart)) {
    case Part::kEvent:
      return EventAnswer(field, situation.event);
    case Part::kNominal:
      return NominalAnswer(field, situation.nominal);
    case Part::kRecipient:
      break;
  }
  return RecipientAnswer(field, situation);
}

About AboutWhom(std::size_t question) {
  switch (static_cast<Part>(question / kFieldsOfPart)) {
    case Part::kEvent:
      return About::kEvent;
    case Part::kNominal:
      return About::kNominal;
    case Part::kRecipient:
      break;
  }
  switch (static_cast<int>(question % kFieldsOfPart)) {
    case Recipient::kAgencyKindFieldNumber:
    case Recipient::kRoleFieldNumber:
    case Recipient::kOfOriginatorFieldNumber:
    case Recipient::kClearedFieldNumber:
    case Recipient::kReleasedToFieldNumber:
      return About::kRecipient;
    default:
      return About::kNominal;
  }
}

}  // namespace tearline::policy
