#include "broker/policy/condition.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

constexpr Truth kNo = Truth::kNo;
constexpr Truth kUnknown = Truth::kUnknown;
constexpr Truth kYes = Truth::kYes;

const char* Word(Truth truth) { return truth == kNo ? "no" : truth == kYes ? "yes" : "unknown"; }

/// What the conditions are asked about: a police report, urgent, of high risk, graded 2BC A1/S2,
/// one segment naming a witness; a nominal of category 4 at level 3, led by probation; a cleared
/// member of its panel.
struct Facts {
  EventFacts event = PlainEvent();
  NominalFacts nominal;
  RecipientFacts recipient = PlainRecipient();

  Facts() {
    event.urgency = v1::URGENCY_URGENT;
    event.facts.set_risk(v1::RISK_HIGH);
    event.label.mutable_grading()->set_handling(v1::HANDLING_CODE_CONDITIONS);
    event.label.mutable_grading()->set_source(v1::SOURCE_GRADE_UNTESTED);
    event.label.mutable_grading()->set_information(v1::INFORMATION_GRADE_CORROBORATED);
    event.label.mutable_grading()->set_action(v1::ACTION_CODE_A1);
    event.label.mutable_grading()->set_sanitisation(v1::SANITISATION_CODE_S2);
    event.segments[0].flags = {v1::CONTENT_FLAG_WITNESS};
    nominal.has_case = true;
    nominal.category = v1::MAPPA_CATEGORY_4;
    nominal.level = v1::MAPPA_LEVEL_3;
    nominal.lead_agency = "north-probation";
    nominal.area = "north";
    nominal.seat = v1::SEAT_KIND_MEMBER;
  }
};

void NoCase(Facts& f) {
  const std::optional<v1::SeatKind> seat = f.nominal.seat;
  f.nominal = NominalFacts();
  f.nominal.seat = seat;
}

void ByFiveByFive(Facts& f) {
  *f.event.label.mutable_grading() =
      Read<v1::Grading>("five_by_five { source: 2 information: 2 handling: 4 }");
}

struct Row {
  const char* condition;
  Truth holds;
  std::function<void(Facts&)> change = [](Facts&) {};
};

void ExpectRows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    Facts facts;
    row.change(facts);
    const Truth holds =
        Holds(Read<v1::Condition>(row.condition), {facts.event, facts.nominal, facts.recipient});
    EXPECT_STREQ(Word(holds), Word(row.holds)) << row.condition;
  }
}

TEST(Condition, AboutTheEventHoldsAsTheTableSays) {
  ExpectRows({
      {"event { event_type: 'intelligence.report.submitted' }", kYes},
      {"event { event_type: 'intelligence.report' }", kNo},
      {"event { event_type: 'intelligence.' }", kYes},
      {"event { event_type: 'intelligence.rep.' }", kNo},
      {"event { event_type: 'intelligence.report.submitted.' }", kNo},
      {"event { event_type: [ 'custody.', 'intelligence.report.' ] }", kYes},
      {"event { event_type: 'custody.' }", kUnknown, [](Facts& f) { f.event.event_type = ""; }},
      {"event { originator_kind: AGENCY_KIND_POLICE }", kYes},
      {"event { originator_kind: [ AGENCY_KIND_PRISON, AGENCY_KIND_POLICE ] }", kYes},
      {"event { originator_kind: AGENCY_KIND_PRISON }", kNo},
      {"event { originator_kind: AGENCY_KIND_PRISON }", kUnknown,
       [](Facts& f) { f.event.originator_kind.reset(); }},
      {"event { originator_kind: AGENCY_KIND_PRISON }", kUnknown,
       [](Facts& f) { f.event.originator_kind = static_cast<v1::AgencyKind>(99); }},
      {"event { urgency: URGENCY_URGENT }", kYes},
      {"event { urgency: URGENCY_ROUTINE }", kNo},
      {"event { urgency: URGENCY_ROUTINE }", kUnknown,
       [](Facts& f) { f.event.urgency = v1::URGENCY_UNSPECIFIED; }},
      {"event { risk: [ RISK_HIGH, RISK_IMMINENT ] }", kYes},
      {"event { risk: RISK_LOW }", kNo},
      {"event { risk: RISK_HIGH }", kNo,  // That nobody said is known.
       [](Facts& f) { f.event.facts.clear_risk(); }},
      {"event { risk: RISK_HIGH }", kUnknown,
       [](Facts& f) { f.event.facts.set_risk(static_cast<v1::Risk>(9)); }},
      {"event { handling: HANDLING_CODE_CONDITIONS }", kYes},
      {"event { handling: HANDLING_CODE_PERMITTED }", kNo},
      {"event { handling: HANDLING_CODE_CONDITIONS }", kNo,
       [](Facts& f) { f.event.label.clear_grading(); }},
      {"event { sanitisation: SANITISATION_CODE_S2 }", kYes},
      {"event { sanitisation: SANITISATION_CODE_S1 }", kNo},
      {"event { tier: TIER_OFFICIAL }", kYes},
      {"event { tier: TIER_SECRET }", kNo},
      {"event { tier: TIER_SECRET }", kUnknown, [](Facts& f) { f.event.label.clear_marking(); }},
      {"event { sensitive: false }", kYes},
      {"event { sensitive: true }", kNo},
      {"event { originator_controlled: false }", kYes},
      {"event { originator_controlled: true }", kNo},
      {"event { existence_may_be_told: true }", kYes},
      {"event { existence_may_be_told: false }", kNo},
      {"event { flag: CONTENT_FLAG_WITNESS }", kYes},
      {"event { flag: CONTENT_FLAG_CHILD_IDENTITY }", kNo},
      {"event { flag: CONTENT_FLAG_CHILD_IDENTITY }", kUnknown,
       [](Facts& f) { f.event.segments[0].flags.push_back(static_cast<v1::ContentFlag>(99)); }},
      {"event { flag: CONTENT_FLAG_WITNESS }", kNo, [](Facts& f) { f.event.segments.clear(); }},
      {"event { custody_change: CUSTODY_CHANGE_RECALLED }", kNo},
      {"event { custody_change: CUSTODY_CHANGE_RECALLED }", kYes,
       [](Facts& f) { f.event.facts.set_custody_change(v1::CUSTODY_CHANGE_RECALLED); }},
      {"event { breach: true }", kNo},
      {"event { breach: true }", kYes, [](Facts& f) { f.event.facts.set_breach(true); }},
      {"event { urgency: URGENCY_URGENT risk: RISK_LOW }", kNo},  // All that is asked must hold.
      {"event { urgency: URGENCY_URGENT risk: RISK_HIGH }", kYes},
  });
}

TEST(Condition, AboutMarkingGradingAndPurposeHoldsAsTheTableSays) {
  ExpectRows({
      {"event { caveat: CAVEAT_POLICE_ONLY }", kNo},
      {"event { caveat: [ CAVEAT_POLICE_ONLY, CAVEAT_UK_EYES_ONLY ] }", kYes,
       [](Facts& f) { f.event.label.mutable_marking()->add_caveats(v1::CAVEAT_UK_EYES_ONLY); }},
      {"event { caveat: CAVEAT_POLICE_ONLY }", kUnknown,
       [](Facts& f) { f.event.label.mutable_marking()->add_caveats(static_cast<v1::Caveat>(99)); }},
      {"event { instruction: HANDLING_INSTRUCTION_EMBARGOED }", kNo},
      {"event { instruction: HANDLING_INSTRUCTION_EMBARGOED }", kYes,
       [](Facts& f) {
         f.event.label.mutable_marking()->add_instructions(v1::HANDLING_INSTRUCTION_EMBARGOED);
       }},
      {"event { described_as: MARKING_DESCRIPTOR_LEGAL }", kNo},
      {"event { described_as: MARKING_DESCRIPTOR_LEGAL }", kYes,
       [](Facts& f) {
         f.event.label.mutable_marking()->add_descriptors(v1::MARKING_DESCRIPTOR_LEGAL);
       }},
      {"event { action: ACTION_CODE_A1 }", kYes},
      {"event { action: ACTION_CODE_A3 }", kNo},
      {"event { action: ACTION_CODE_A1 }", kNo, [](Facts& f) { f.event.label.clear_grading(); }},
      {"event { source: SOURCE_GRADE_UNTESTED }", kYes},
      {"event { source: SOURCE_GRADE_RELIABLE }", kNo},
      {"event { source: SOURCE_GRADE_RELIABLE }", kYes,  // An item graded apart.
       [](Facts& f) {
         f.event.segments[0].grading = Read<v1::Grading>("source: SOURCE_GRADE_RELIABLE");
       }},
      {"event { information: INFORMATION_GRADE_SUSPECTED_FALSE }", kNo},
      {"event { information: INFORMATION_GRADE_SUSPECTED_FALSE }", kYes,
       [](Facts& f) { f.event.segments[0].grading = Read<v1::Grading>("information: 5"); }},
      {"event { information: INFORMATION_GRADE_SUSPECTED_FALSE }", kNo,
       [](Facts& f) { f.event.label.clear_grading(); }},
      {"event { scheme: GRADING_SCHEME_3X5X2 }", kYes},
      {"event { scheme: GRADING_SCHEME_5X5X5 }", kNo},
      {"event { scheme: GRADING_SCHEME_5X5X5 }", kYes, ByFiveByFive},
      {"event { scheme: [ GRADING_SCHEME_3X5X2, GRADING_SCHEME_5X5X5 ] }", kNo,
       [](Facts& f) { f.event.label.clear_grading(); }},
      // What another scheme's grade would be by 3x5x2 nobody knows.
      {"event { handling: HANDLING_CODE_CONDITIONS }", kUnknown, ByFiveByFive},
      {"event { handling: HANDLING_CODE_PERMITTED }", kUnknown, ByFiveByFive},
      {"event { sanitisation: SANITISATION_CODE_S2 }", kUnknown, ByFiveByFive},
      {"event { action: ACTION_CODE_A1 }", kUnknown, ByFiveByFive},
      {"event { source: SOURCE_GRADE_UNTESTED }", kUnknown, ByFiveByFive},
      {"event { information: INFORMATION_GRADE_NOT_KNOWN }", kUnknown, ByFiveByFive},
      {"event { purpose: 'public-protection' }", kNo},  // That none was given is known.
      {"event { purpose: 'public-protection' }", kYes,
       [](Facts& f) { f.event.purpose = "public-protection"; }},
      {"event { purpose: [ 'safeguarding', 'research' ] }", kNo,
       [](Facts& f) { f.event.purpose = "public-protection"; }},
      {"none { event { legal_basis: 'CJA2003-325-4' } }", kYes},
      {"event { legal_basis: [ 'DPA18-P3', 'CJA2003-325-4' ] }", kYes,
       [](Facts& f) { f.event.legal_basis = "CJA2003-325-4"; }},
      {"event { legal_basis: 'CJA2003-325-4' }", kNo,
       [](Facts& f) { f.event.legal_basis = "CJA2003-325"; }},
  });
}

TEST(Condition, AboutTheNominalHoldsAsTheTableSays) {
  ExpectRows({
      {"nominal { has_case: true }", kYes},
      {"nominal { has_case: false }", kNo},
      {"nominal { has_case: false }", kYes, NoCase},
      {"nominal { category: MAPPA_CATEGORY_4 }", kYes},
      {"nominal { category: MAPPA_CATEGORY_1 }", kNo},
      {"nominal { category: MAPPA_CATEGORY_1 }", kUnknown, NoCase},
      {"nominal { category: MAPPA_CATEGORY_1 }", kUnknown,
       [](Facts& f) { f.nominal.category = v1::MAPPA_CATEGORY_UNKNOWN; }},
      {"nominal { category: MAPPA_CATEGORY_UNKNOWN }", kYes,
       [](Facts& f) { f.nominal.category = v1::MAPPA_CATEGORY_UNKNOWN; }},
      {"nominal { category: MAPPA_CATEGORY_UNKNOWN }", kNo},
      {"nominal { has_case: true }", kYes,  // Nothing is asked about the category.
       [](Facts& f) { f.nominal.category = v1::MAPPA_CATEGORY_UNKNOWN; }},
      {"nominal { level: [ MAPPA_LEVEL_2, MAPPA_LEVEL_3 ] }", kYes},
      {"nominal { level: MAPPA_LEVEL_1 }", kNo},
      {"nominal { level: MAPPA_LEVEL_1 }", kUnknown, NoCase},
      {"nominal { access_limited: false }", kYes},
      {"nominal { access_limited: true }", kNo},
      {"nominal { access_limited: true }", kYes, [](Facts& f) { f.nominal.access_limited = true; }},
      {"nominal { has_case: true level: MAPPA_LEVEL_1 }", kNo, NoCase},  // No wins over unknown.
  });
}

TEST(Condition, AboutTheRecipientHoldsAsTheTableSays) {
  ExpectRows({
      {"recipient { agency_kind: AGENCY_KIND_PROBATION }", kYes},
      {"recipient { agency_kind: AGENCY_KIND_HEALTH }", kNo},
      {"recipient { agency_kind: AGENCY_KIND_HEALTH }", kUnknown,
       [](Facts& f) { f.recipient.agency_kind.reset(); }},
      {"recipient { role: [ POST_ROLE_CHAIR, POST_ROLE_OFFENDER_MANAGER ] }", kYes},
      {"recipient { role: POST_ROLE_CHAIR }", kNo},
      {"recipient { role: POST_ROLE_CHAIR }", kNo, [](Facts& f) { f.recipient.roles.clear(); }},
      {"recipient { role: POST_ROLE_CHAIR }", kUnknown,
       [](Facts& f) { f.recipient.roles = {static_cast<v1::PostRole>(99)}; }},
      {"recipient { seat: SEAT_KIND_MEMBER }", kYes},
      {"recipient { seat: SEAT_KIND_CHAIR }", kNo},
      {"recipient { seat: SEAT_KIND_CHAIR }", kNo, [](Facts& f) { f.nominal.seat.reset(); }},
      {"recipient { seat: SEAT_KIND_CHAIR }", kUnknown,
       [](Facts& f) { f.nominal.seat = static_cast<v1::SeatKind>(9); }},
      {"recipient { on_panel: true }", kYes},
      {"recipient { on_panel: false }", kNo},
      {"recipient { on_panel: false }", kYes, [](Facts& f) { f.nominal.seat.reset(); }},
      {"recipient { accountable_officer: true }", kNo},
      {"recipient { accountable_officer: true }", kYes,
       [](Facts& f) { f.nominal.accountable_officer = true; }},
      {"recipient { supervising: true }", kNo},
      {"recipient { supervising: true }", kYes, [](Facts& f) { f.nominal.supervising = true; }},
      {"recipient { of_originator: true }", kNo},
      {"recipient { of_originator: true }", kYes,
       [](Facts& f) { f.recipient.agency = "north-police"; }},
      {"recipient { of_originator: true }", kUnknown,
       [](Facts& f) { f.event.originating_agency = ""; }},
      {"recipient { of_originator: false }", kUnknown, [](Facts& f) { f.recipient.agency = ""; }},
      {"recipient { cleared: true }", kYes},
      {"recipient { cleared: true }", kNo,
       [](Facts& f) { f.event.label.mutable_marking()->set_sensitive(true); }},
      {"recipient { cleared: false }", kYes, [](Facts& f) { f.recipient.clearance.Clear(); }},
      {"recipient { released_to: true }", kNo},
      {"recipient { released_to: true }", kYes,
       [](Facts& f) { f.event.label.add_released_to_posts("north-probation/officer"); }},
      {"recipient { released_to: true }", kNo,
       [](Facts& f) { f.event.label.add_released_to_posts("north-probation/other"); }},
      {"recipient { of_lead_agency: true }", kYes},
      {"recipient { of_lead_agency: true }", kNo,
       [](Facts& f) { f.nominal.lead_agency = "north-police"; }},
      {"recipient { of_lead_agency: true }", kNo, NoCase},
      {"recipient { of_lead_agency: true }", kUnknown,
       [](Facts& f) { f.nominal.lead_agency = ""; }},
      {"recipient { excluded: true }", kNo},
      {"recipient { excluded: true }", kYes, [](Facts& f) { f.nominal.excluded = true; }},
      {"recipient { in_conflict: true }", kNo},
      {"recipient { in_conflict: true }", kYes, [](Facts& f) { f.nominal.in_conflict = true; }},
      {"recipient { of_case_area: true }", kNo},  // A national body is of no area.
      {"recipient { of_case_area: true }", kYes, [](Facts& f) { f.recipient.area = "north"; }},
      {"recipient { of_case_area: true }", kNo, [](Facts& f) { f.recipient.area = "south"; }},
      {"recipient { of_case_area: true }", kNo,
       [](Facts& f) {
         NoCase(f);
         f.recipient.area = "";
       }},
  });
}

TEST(Condition, JoinsItsPartsInKleenesLogic) {
  ExpectRows({
      {"", kYes},
      {"event {} nominal {} recipient {}", kYes},
      {"event { breach: false } recipient { on_panel: true }", kYes},
      {"event { breach: false } recipient { on_panel: false }", kNo},
      {"all { event { breach: false } } all { event { breach: true } }", kNo},
      {"all { event { breach: false } } all {}", kYes},
      {"any { event { breach: false } } any { event { breach: true } }", kYes},
      {"any { event { breach: true } } any { recipient { on_panel: false } }", kNo},
      {"any {}", kYes},
      {"none { event { breach: true } } none { recipient { on_panel: false } }", kYes},
      {"none { event { breach: true } } none { event { breach: false } }", kNo},
      {"none {}", kNo},
      {"none { none { event { breach: false } } }", kYes},
      // Unknown.
      {"nominal { category: 1 }", kUnknown, NoCase},
      {"nominal { category: 1 } event { breach: true }", kNo, NoCase},
      {"nominal { category: 1 } event { breach: false }", kUnknown, NoCase},
      {"any { nominal { category: 1 } } any { event { breach: false } }", kYes, NoCase},
      {"any { nominal { category: 1 } } any { event { breach: true } }", kUnknown, NoCase},
      {"none { nominal { category: 1 } }", kUnknown, NoCase},
      {"none { nominal { category: 1 } } none { event { breach: false } }", kNo, NoCase},
      {"all { any { nominal { category: 1 } } none { event { breach: true } } }", kUnknown, NoCase},
  });
}

TEST(Truth, IsKleenes) {
  const Truth all[] = {kNo, kUnknown, kYes};
  for (const Truth a : all) {
    EXPECT_EQ(Not(Not(a)), a);
    for (const Truth b : all) {
      EXPECT_EQ(And(a, b), And(b, a));
      EXPECT_EQ(Not(And(a, b)), Or(Not(a), Not(b)));
    }
  }
  EXPECT_EQ(Not(kUnknown), kUnknown);
  EXPECT_EQ(Not(kYes), kNo);
  EXPECT_EQ(And(kUnknown, kYes), kUnknown);
  EXPECT_EQ(And(kUnknown, kNo), kNo);
  EXPECT_EQ(Or(kUnknown, kYes), kYes);
  EXPECT_EQ(Or(kUnknown, kNo), kUnknown);
}

}  // namespace
}  // namespace tearline::policy
