// The policy that ships, asked what a practitioner would ask it.
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "broker/policy/evaluate.h"
#include "broker/policy/examine.h"
#include "tests/policy/plain_words.h"
#include "tests/policy/practitioners.h"

namespace tearline::policy {
namespace {

std::string ShippedText() {
  std::ifstream file(TEARLINE_SOURCE_DIR "/config/policies/public_protection.textproto");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

const PolicySet& Shipped() {
  static const PolicySet policy = [] {
    Result<PolicySet> read = PolicySet::Parse(ShippedText());
    if (!read.ok()) throw std::invalid_argument(SentenceOf(read.status()));
    return *std::move(read);
  }();
  return policy;
}

// -- What -----------------------------------------------------------------------------------------

/// An OFFICIAL-SENSITIVE event of one segment, routine, ungraded, existence told.
EventFacts Event(const char* type, const char* agency, v1::AgencyKind kind) {
  EventFacts event = PlainEvent();
  event.event_type = type;
  event.originating_agency = agency;
  event.originator_kind = kind;
  event.label.mutable_marking()->set_sensitive(true);
  return event;
}

/// Story A, step 1: counter-terrorism intelligence, controlled, A1/S2, with words for chairs.
EventFacts ControlledIntelligence() {
  EventFacts event = Event("intelligence.report.submitted", "ct-police", v1::AGENCY_KIND_POLICE);
  event.urgency = v1::URGENCY_URGENT;
  event.facts.set_risk(v1::RISK_HIGH);
  event.label.set_originator_controlled(true);
  v1::Grading& grading = *event.label.mutable_grading();
  grading.set_source(v1::SOURCE_GRADE_UNTESTED);
  grading.set_information(v1::INFORMATION_GRADE_KNOWN_INDIRECTLY);
  grading.set_handling(v1::HANDLING_CODE_CONDITIONS);
  grading.set_action(v1::ACTION_CODE_A1);
  grading.set_sanitisation(v1::SANITISATION_CODE_S2);
  EventFacts::TearLine for_chairs;
  for_chairs.marking.set_tier(v1::TIER_OFFICIAL);
  for_chairs.audience.add_post_roles(v1::POST_ROLE_CHAIR);
  event.tear_lines = {for_chairs};
  return event;
}

/// Story A, step 2: the same with no tear-line and existence not to be told.
EventFacts SilentIntelligence() {
  EventFacts event = ControlledIntelligence();
  event.tear_lines.clear();
  event.label.set_existence_may_be_told(false);
  return event;
}

/// Story B, step 1: a prison security report, handling P; the second segment would show the source.
EventFacts PrisonReport() {
  EventFacts event = Event("security.report.submitted", "hill-prison", v1::AGENCY_KIND_PRISON);
  event.label.mutable_grading()->set_handling(v1::HANDLING_CODE_PERMITTED);
  event.segments.resize(2);
  event.segments[1].flags = {v1::CONTENT_FLAG_SOURCE_IDENTITY};
  return event;
}

EventFacts OrdinaryNote() {
  return Event("contact.note.recorded", "north-probation", v1::AGENCY_KIND_PROBATION);
}

EventFacts Recall() {
  EventFacts event = Event("custody.recall.ordered", "hill-prison", v1::AGENCY_KIND_PRISON);
  event.facts.set_custody_change(v1::CUSTODY_CHANGE_RECALLED);
  return event;
}

EventFacts Breach() {
  EventFacts event = Event("licence.condition.breached", "tag-company", v1::AGENCY_KIND_MONITORING);
  event.facts.set_breach(true);
  return event;
}

EventFacts ThreatToLife() {
  EventFacts event = OrdinaryNote();
  event.urgency = v1::URGENCY_IMMEDIATE;
  return event;
}

EventFacts With(EventFacts event, const std::function<void(EventFacts&)>& change) {
  change(event);
  return event;
}

EventFacts Flagged(v1::ContentFlag flag) {
  return With(Event("contact.note.recorded", "town-housing", v1::AGENCY_KIND_HOUSING),
              [flag](EventFacts& event) {
                event.segments.resize(2);
                event.segments[1].flags = {flag};
              });
}

struct Row {
  EventFacts event;
  Who who;
  const char* decision;
};

void ExpectRows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    EXPECT_EQ(Words(Evaluate(Shipped(), row.event, std::vector{row.who.nominal}, row.who.post)),
              row.decision)
        << row.event.event_type << " for " << row.who.name;
  }
}

TEST(WorkedPolicy, StoryAStepOneReachesEachAsFarAsItMay) {
  const EventFacts event = ControlledIntelligence();
  ExpectRows({
      {event, Officer(), "full 0 by D1 D2, owed full; READ 4h/2h"},
      {event, Chair(), "tear-line 0 by Q1 Q2, owed tear-line: ORIGINATOR_CONTROL"},
      {event, PoliceMember(), "pointer by Q1 Q2, owed pointer: NO_TEAR_LINE"},
      {event, PrisonMember(), "pointer by Q1 Q2, owed pointer: NO_TEAR_LINE"},
      {event, Guest(), "withheld by none: NO_GRANT"},
      {event, Colleague(), "full 0 by G1"},
      {event, Stranger(), "withheld by none: NO_GRANT"},
  });
}

TEST(WorkedPolicy, StoryAStepTwoIsWithheldAndChased) {
  const EventFacts event = SilentIntelligence();
  ExpectRows({
      {event, Officer(), "full 0 by D1 D2, owed full; READ 4h/2h"},
      {event, Chair(),
       "withheld by D3 Q1 Q2, owed tear-line unmet of 0: EXISTENCE_NOT_TOLD; "
       "SANITISE_OR_REVIEW 4h/4h"},
      {event, PoliceMember(),
       "withheld by D4 Q1 Q2, owed pointer unmet of 0: EXISTENCE_NOT_TOLD; "
       "SANITISE_OR_REVIEW 4h/4h"},
      {event, Guest(), "withheld by none: NO_GRANT"},
      // Step 4: a form of words, and the chair is told though existence stays secret.
      {With(event, [](EventFacts& e) { e.tear_lines = ControlledIntelligence().tear_lines; }),
       Chair(), "tear-line 0 by Q1 Q2, owed tear-line: ORIGINATOR_CONTROL"},
  });
}

TEST(WorkedPolicy, StoryBStepOneReachesTheSupervisorByDuty) {
  const EventFacts event = PrisonReport();
  ExpectRows({
      {event, Supervisor(), "full 0 by G4 M1, owed full; READ 168h/48h"},
      {event, Uncleared(Supervisor()),
       "pointer by A1 D5 D6, owed full unmet of 0: NO_TEAR_LINE; SANITISE_OR_REVIEW 24h/24h; "
       "READ 168h/48h"},
      {event, PrisonMember(), "full 0,1 by G1 G2, owed pointer"},  // Its own agency's source.
      {event, Chair(), "full 0 by G2 M1, owed tear-line"},
      {event, Stranger(), "withheld by none: NO_GRANT"},
      // Under conditions, the substance is owed, not the whole.
      {With(event,
            [](EventFacts& e) {
              e.label.mutable_grading()->set_handling(v1::HANDLING_CODE_CONDITIONS);
            }),
       Supervisor(),
       "pointer by D5 Q2, owed tear-line unmet of 0: NO_TEAR_LINE; SANITISE_OR_REVIEW 24h/24h"},
  });
}

TEST(WorkedPolicy, StoryBStepSevenReachesTheReportsWriterAndIsAskedFor) {
  const EventFacts event = PrisonReport();
  const char* const kAskedFor =
      "pointer by D13 Q1, owed tear-line unmet of 0: NO_TEAR_LINE; SANITISE_OR_REVIEW 120h/48h";
  const auto controlled = [](EventFacts& e) { e.label.set_originator_controlled(true); };
  ExpectRows({
      {event, Writer(), "full 0 by G6 M1, owed tear-line"},
      {event, Uncleared(Writer()),
       "pointer by A1 D13, owed tear-line unmet of 0: NO_TEAR_LINE; SANITISE_OR_REVIEW 120h/48h"},
      {With(event, controlled), Writer(), kAskedFor},
      {With(With(event, controlled),
            [](EventFacts& e) { e.tear_lines = {TearLineFor(v1::AGENCY_KIND_PROBATION)}; }),
       Writer(), "tear-line 0 by Q1, owed tear-line: ORIGINATOR_CONTROL"},
      {With(event, [](EventFacts& e) { e.label.clear_grading(); }), Writer(),
       "withheld by none: NO_GRANT"},
      {ControlledIntelligence(), Writer(), "withheld by none: NO_GRANT"},
      {OrdinaryNote(), Writer(), "withheld by none: NO_GRANT"},
  });
}

TEST(WorkedPolicy, OrdinaryEventsReachThoseWhoManageThePersonAndNobodyElse) {
  const EventFacts event = OrdinaryNote();
  ExpectRows({
      {event, Chair(), "full 0 by G2, owed tear-line"},
      {event, PoliceMember(), "full 0 by G2, owed pointer"},
      {event, Uncleared(PoliceMember()), "pointer by A1 G3, owed pointer: NO_TEAR_LINE"},
      {With(event, [](EventFacts& e) { e.tear_lines = {TearLineFor(v1::AGENCY_KIND_POLICE)}; }),
       Uncleared(PoliceMember()), "tear-line 0 by A1 G3, owed pointer"},
      {event, Supervisor(), "full 0 by G1 G4, owed tear-line"},
      {event, Officer(),
       "full 0 by D1, owed full"},  // Not urgent: nobody must read it by the hour.
      {event, Uncleared(Officer()),
       "pointer by A1 D1, owed full unmet of 0: NO_TEAR_LINE; SANITISE_OR_REVIEW 4h/4h"},
      {event, Guest(), "withheld by none: NO_GRANT"},
      {event, Stranger(), "withheld by none: NO_GRANT"},
      {event, Colleague(), "withheld by none: NO_GRANT"},
      {With(event, [](EventFacts& e) { e.label.add_released_to_posts("south-police/post"); }),
       Stranger(), "full 0 by G5"},
      {With(ControlledIntelligence(),
            [](EventFacts& e) { e.label.add_released_to_posts("north-police/post"); }),
       PoliceMember(), "full 0 by G2 G5, owed pointer"},
  });
}

TEST(WorkedPolicy, WhoeverIsKeptOutLearnsNothingAndWhatIsOwedThemIsChased) {
  Who excluded = Chair();
  excluded.nominal.excluded = true;
  Who torn = Officer();
  torn.nominal.in_conflict = true;
  Who outsider = Stranger();
  outsider.nominal.excluded = true;
  ExpectRows({
      {OrdinaryNote(), excluded,
       "withheld by A3 D3, owed tear-line unmet of 0: ACCESS_LIMITED; SANITISE_OR_REVIEW 4h/4h"},
      {OrdinaryNote(), torn,
       "withheld by A4 D1, owed full unmet of 0: CONFLICT_OF_INTEREST; SANITISE_OR_REVIEW 4h/4h"},
      {OrdinaryNote(), outsider, "withheld by A3: NO_GRANT"},
  });
}

TEST(WorkedPolicy, WhatMustBeToldIsTold) {
  ExpectRows({
      {Recall(), Chair(), "full 0 by G2, owed full"},
      {Recall(), PoliceMember(), "full 0 by G2, owed full"},
      {Recall(), Supervisor(), "full 0 by G4, owed full"},
      {Recall(), Guest(), "withheld by none: NO_GRANT"},
      {Recall(), Uncleared(PoliceMember()),
       "pointer by A1 D7, owed full unmet of 0: NO_TEAR_LINE; SANITISE_OR_REVIEW 24h/24h"},
      // A duty is stronger than handling conditions, and weaker than the originator's control.
      {With(Recall(),
            [](EventFacts& e) {
              e.label.mutable_grading()->set_handling(v1::HANDLING_CODE_CONDITIONS);
            }),
       Chair(), "full 0 by D7, owed full"},
      {With(Recall(), [](EventFacts& e) { e.label.set_originator_controlled(true); }), Chair(),
       "pointer by D3 Q1, owed tear-line unmet of 0: NO_TEAR_LINE; SANITISE_OR_REVIEW 4h/4h"},
      {Breach(), PoliceMember(), "full 0 by G2, owed full; READ 24h/24h"},
      {Breach(), HealthMember(), "full 0 by G2, owed pointer"},
      {ThreatToLife(), HealthMember(), "full 0 by G2, owed tear-line; READ 1h/1h"},
      {ThreatToLife(), Officer(), "full 0 by D1 D2, owed full; READ 4h/2h"},
  });
}

/// Nobody controls a breach so far that the police of home and offence are passed over in silence.
TEST(WorkedPolicy, ABreachReachesThePoliceOfTheHomeWhoeverControlsIt) {
  const EventFacts controlled =
      With(Breach(), [](EventFacts& e) { e.label.set_originator_controlled(true); });
  const EventFacts silent =
      With(controlled, [](EventFacts& e) { e.label.set_existence_may_be_told(false); });
  const EventFacts worded =
      With(controlled, [](EventFacts& e) { e.tear_lines = {TearLineFor(v1::AGENCY_KIND_POLICE)}; });
  ExpectRows({
      {Breach(), HomeForce(), "full 0 by D10, owed full; READ 24h/24h"},
      {worded, HomeForce(), "tear-line 0 by D14, owed tear-line; READ 24h/24h"},
      {controlled, HomeForce(),
       "pointer by D14, owed tear-line unmet of 0: NO_TEAR_LINE; SANITISE_OR_REVIEW 4h/4h; "
       "READ 24h/24h"},
      {silent, HomeForce(),
       "withheld by D14, owed tear-line unmet of 0: EXISTENCE_NOT_TOLD; SANITISE_OR_REVIEW 4h/4h"},
      {silent, Stranger(), "withheld by none: NO_GRANT"},
  });
}

TEST(WorkedPolicy, WhatMustBeHiddenIsHidden) {
  using v1::CONTENT_FLAG_CHILD_IDENTITY;
  using v1::CONTENT_FLAG_HEALTH_DETAIL;
  using v1::CONTENT_FLAG_LEGALLY_PRIVILEGED;
  using v1::CONTENT_FLAG_LIVE_OPERATION;
  using v1::CONTENT_FLAG_ORIGINAL_BYTES;
  using v1::CONTENT_FLAG_SOURCE_IDENTITY;
  using v1::CONTENT_FLAG_VICTIM_ADDRESS;
  using v1::CONTENT_FLAG_WITNESS;
  const char* const kAll = "full 0,1 by G2, owed pointer";
  ExpectRows({
      {Flagged(CONTENT_FLAG_SOURCE_IDENTITY), PoliceMember(), "full 0 by G2 M1, owed pointer"},
      {Flagged(CONTENT_FLAG_ORIGINAL_BYTES), PoliceMember(), "full 0 by G2 M1, owed pointer"},
      {Flagged(CONTENT_FLAG_VICTIM_ADDRESS), PoliceMember(), kAll},
      {Flagged(CONTENT_FLAG_VICTIM_ADDRESS), Chair(), "full 0,1 by G2, owed tear-line"},
      {Flagged(CONTENT_FLAG_VICTIM_ADDRESS), HealthMember(), "full 0 by G2 M2, owed pointer"},
      {Flagged(CONTENT_FLAG_WITNESS), PrisonMember(), "full 0 by G2 M2, owed pointer"},
      {Flagged(CONTENT_FLAG_HEALTH_DETAIL), HealthMember(), kAll},
      {Flagged(CONTENT_FLAG_HEALTH_DETAIL), PoliceMember(),
       "pointer by Q3, owed pointer: NO_TEAR_LINE"},
      {Flagged(CONTENT_FLAG_CHILD_IDENTITY), PoliceMember(), kAll},
      {Flagged(CONTENT_FLAG_CHILD_IDENTITY), HealthMember(), kAll},  // A safeguarding post.
      {Flagged(CONTENT_FLAG_CHILD_IDENTITY), PrisonMember(), "full 0 by G2 M4, owed pointer"},
      {Flagged(CONTENT_FLAG_LIVE_OPERATION), PoliceMember(), kAll},
      {Flagged(CONTENT_FLAG_LIVE_OPERATION), PrisonMember(), "full 0 by G2 M5, owed pointer"},
      {Flagged(CONTENT_FLAG_LEGALLY_PRIVILEGED), PoliceMember(),
       "pointer by A2, owed pointer: PRIVILEGE"},
      {Flagged(CONTENT_FLAG_LEGALLY_PRIVILEGED), Chair(),
       "pointer by A2 D3, owed tear-line unmet of 0: PRIVILEGE; SANITISE_OR_REVIEW 4h/4h"},
  });
}

/// One harmless portion is no statement of the risk: who may not see the detail gets what was
/// written for them, or somebody is asked to write it.
TEST(WorkedPolicy, AHarmlessPortionDoesNotStandInForTheRisk) {
  const EventFacts attended = With(Flagged(v1::CONTENT_FLAG_HEALTH_DETAIL), [](EventFacts& e) {
    e.facts.set_risk(v1::RISK_HIGH);
  });
  const EventFacts stated =
      With(attended, [](EventFacts& e) { e.tear_lines = {TearLineFor(v1::AGENCY_KIND_POLICE)}; });
  ExpectRows({
      {stated, PoliceMember(), "tear-line 0 by Q3, owed tear-line: HEALTH_CONFIDENTIALITY"},
      {stated, HealthMember(), "full 0,1 by G2, owed tear-line"},
      {attended, PoliceMember(),
       "pointer by D11 Q3, owed tear-line unmet of 0: NO_TEAR_LINE; SANITISE_OR_REVIEW 4h/4h"},
      {attended, Chair(),
       "pointer by D3 Q3, owed tear-line unmet of 0: NO_TEAR_LINE; SANITISE_OR_REVIEW 4h/4h"},
      {stated, Officer(), "full 0 by D1 D2 M3, owed full; READ 4h/2h"},
  });
}

/// Victim, witness and child data never reach immigration enforcement, whatever the post is for and
/// whoever published them; what is about the person does.
TEST(WorkedPolicy, ImmigrationEnforcementLearnsNothingOfVictimsWitnessesAndChildren) {
  for (const v1::ContentFlag flag : {v1::CONTENT_FLAG_VICTIM_ADDRESS, v1::CONTENT_FLAG_WITNESS,
                                     v1::CONTENT_FLAG_CHILD_IDENTITY}) {
    const EventFacts own = With(Flagged(flag), [](EventFacts& e) {
      e.originating_agency = "borders";
      e.originator_kind = v1::AGENCY_KIND_IMMIGRATION;
    });
    ExpectRows({{Flagged(flag), ImmigrationMember(), "full 0 by G2 M6, owed pointer"},
                {own, ImmigrationMember(), "full 0 by G1 G2 M6, owed pointer"}});
  }
  EventFacts victim = Event("victim.contact.recorded", "north-police", v1::AGENCY_KIND_POLICE);
  victim.tear_lines = {TearLineFor(v1::AGENCY_KIND_IMMIGRATION)};
  const EventFacts urgent =
      With(victim, [](EventFacts& e) { e.urgency = v1::URGENCY_IMMEDIATE; });
  ExpectRows({
      {victim, ImmigrationMember(), "pointer by A6, owed pointer: VICTIM_PROTECTION"},
      {victim, PoliceMember(), "full 0 by G1 G2, owed pointer"},
      {urgent, ImmigrationMember(),
       "pointer by A6 D9, owed tear-line unmet of 0: VICTIM_PROTECTION; SANITISE_OR_REVIEW 1h/1h; "
       "READ 1h/1h"},
      {Event("witness.statement.taken", "borders", v1::AGENCY_KIND_IMMIGRATION),
       ImmigrationMember(), "pointer by A6, owed pointer: VICTIM_PROTECTION"},
      {OrdinaryNote(), ImmigrationMember(), "full 0 by G2, owed pointer"},
  });
}

TEST(WorkedPolicy, SaysWhatEachRuleIsFor) {
  for (const PolicySet::Rule& rule : Shipped().rules()) {
    EXPECT_FALSE(rule.rule.says().empty()) << rule.rule.id();
  }
}

/// Whoever opens the file finds each rule by what it is about.
TEST(WorkedPolicy, SaysWhereToLookForEachRule) {
  const std::string text = ShippedText();
  const std::size_t begins = text.find("# Where to look:");
  ASSERT_NE(begins, std::string::npos);
  std::istringstream index(text.substr(begins, text.find("\nid:") - begins));
  std::set<std::string> words;
  for (std::string word; index >> word;) {
    words.insert(word.substr(0, word.find_first_of(";,")));
  }
  for (const PolicySet::Rule& rule : Shipped().rules()) {
    EXPECT_TRUE(words.contains(rule.rule.id())) << rule.rule.id();
  }
}

/// It could be proposed as it stands: its tests pass, they cover it, and every rule matters.
TEST(WorkedPolicy, MayBeProposed) {
  const TestRun run = Examine(Shipped());
  for (const Finding& finding : run.findings) {
    ADD_FAILURE() << finding.about << ": " << finding.sentence;
  }
  EXPECT_GE(run.tests, 20U);
  EXPECT_GE(run.cells, 300U);
}

}  // namespace
}  // namespace tearline::policy
