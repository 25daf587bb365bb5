#include "broker/policy/evaluate.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

/// A plain event about one nominal, and a plain recipient; rows change them.
struct Scene {
  EventFacts event = PlainEvent();
  std::vector<NominalFacts> nominals = std::vector<NominalFacts>(1);
  RecipientFacts recipient = PlainRecipient();
};

using Change = std::function<void(Scene&)>;

struct Row {
  const char* what;
  std::string rules;
  Change change;
  const char* decision;
};

void ExpectRows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    Scene scene;
    row.change(scene);
    EXPECT_EQ(Words(Evaluate(Rules(row.rules), scene.event, scene.nominals, scene.recipient)),
              row.decision)
        << row.what;
  }
}

void Plain(Scene&) {}
void WithTearLine(Scene& s) {
  s.event.tear_lines.push_back(TearLineFor(v1::AGENCY_KIND_PROBATION));
}
void SecretExistence(Scene& s) { s.event.label.set_existence_may_be_told(false); }
void SecretExistenceWithTearLine(Scene& s) {
  SecretExistence(s);
  WithTearLine(s);
}
void WitnessInTheOnlySegment(Scene& s) { s.event.segments[0].flags = {v1::CONTENT_FLAG_WITNESS}; }
void WitnessInTheSecondOfThree(Scene& s) {
  s.event.segments.resize(3);
  s.event.segments[1].flags = {v1::CONTENT_FLAG_WITNESS};
}
void Suspended(Scene& s) { s.recipient.suspended = true; }
void SeesTooFew(Scene& s) { s.recipient.sees_too_few = true; }

TEST(Evaluate, GivesWhatIsGrantedAndNoMore) {
  ExpectRows({
      {"deny is the default", "mask M witness", Plain, "withheld by none: NO_GRANT"},
      {"a grant", "grant G1 full", Plain, "full 0 by G1"},
      {"a pointer", "grant G1 pointer", Plain, "pointer by G1"},
      {"a tear-line", "grant G1 tear-line", WithTearLine, "tear-line 0 by G1"},
      {"a cap", "grant G1 full; cap A1 pointer", Plain, "pointer by A1: CLEARANCE"},
      {"a cap to nothing", "grant G1 full; cap A1 withheld", Plain, "withheld by A1: CLEARANCE"},
      {"a qualified cap", "grant G1 full; qualified Q1 tear-line", WithTearLine,
       "tear-line 0 by Q1: ORIGINATOR_CONTROL"},
  });
}

TEST(Evaluate, GivesWhatIsOwedPastQualifiedCapsAlone) {
  ExpectRows({
      {"a duty alone", "duty D1 full", Plain, "full 0 by D1, owed full"},
      {"a duty the grant covers", "grant G1 full; duty D1 pointer", Plain,
       "full 0 by G1, owed pointer"},
      {"a duty over a qualified cap", "grant G1 full; qualified Q1 pointer; duty D1 full", Plain,
       "full 0 by D1, owed full"},
      {"a duty under an absolute cap", "duty D1 full; cap A1 pointer", Plain,
       "pointer by A1 D1, owed full unmet of 0: CLEARANCE; SANITISE_OR_REVIEW 4h/4h"},
      {"a duty met exactly at the cap", "grant G1 full; qualified Q1 tear-line; duty D1 tear-line",
       WithTearLine, "tear-line 0 by Q1, owed tear-line: ORIGINATOR_CONTROL"},
  });
}

TEST(Evaluate, FallsToAPointerWithoutATearLineForTheRecipient) {
  ExpectRows({
      {"no tear-line", "grant G1 tear-line", Plain, "pointer by G1: NO_TEAR_LINE"},
      {"no tear-line, and one owed", "grant G1 full; qualified Q1 tear-line; duty D1 tear-line",
       Plain,
       "pointer by D1 Q1, owed tear-line unmet of 0: NO_TEAR_LINE; SANITISE_OR_REVIEW 4h/4h"},
      {"no tear-line, a pointer owed", "grant G1 full; qualified Q1 tear-line; duty D1 pointer",
       Plain, "pointer by Q1, owed pointer: NO_TEAR_LINE"},
      {"a tear-line for others", "grant G1 tear-line",
       [](Scene& s) { s.event.tear_lines.push_back(TearLineFor(v1::AGENCY_KIND_HEALTH)); },
       "pointer by G1: NO_TEAR_LINE"},
      {"a tear-line above the clearance", "grant G1 tear-line",
       [](Scene& s) {
         WithTearLine(s);
         s.event.tear_lines[0].marking.set_sensitive(true);
       },
       "pointer by G1: NO_TEAR_LINE"},
      {"the second tear-line", "grant G1 tear-line",
       [](Scene& s) {
         s.event.tear_lines.push_back(TearLineFor(v1::AGENCY_KIND_HEALTH));
         WithTearLine(s);
       },
       "tear-line 1 by G1"},
      {"in full, a tear-line is not added", "grant G1 full", WithTearLine, "full 0 by G1"},
  });
}

TEST(Evaluate, FallsToNothingWhereExistenceMayNotBeTold) {
  ExpectRows({
      {"a pointer that may not be given", "grant G1 pointer", SecretExistence,
       "withheld by G1: EXISTENCE_NOT_TOLD"},
      {"no tear-line and no pointer", "grant G1 tear-line; duty D1 tear-line", SecretExistence,
       "withheld by D1 G1, owed tear-line unmet of 0: EXISTENCE_NOT_TOLD; "
       "SANITISE_OR_REVIEW 4h/4h"},
      {"a tear-line needs no such leave", "grant G1 tear-line", SecretExistenceWithTearLine,
       "tear-line 0 by G1"},
      {"nor does full", "grant G1 full", SecretExistence, "full 0 by G1"},
      {"a pointer owed, existence secret", "duty D1 pointer", SecretExistence,
       "withheld by D1, owed pointer unmet of 0: EXISTENCE_NOT_TOLD; SANITISE_OR_REVIEW 4h/4h"},
  });
}

TEST(Evaluate, HidesWhatMasksNameAndTellsTheRest) {
  ExpectRows({
      {"a mask hides one of three", "grant G1 full; mask M1 witness", WitnessInTheSecondOfThree,
       "full 0,2 by G1 M1"},
      {"a mask that finds nothing is not cited", "grant G1 full; mask M1 child-identity",
       WitnessInTheSecondOfThree, "full 0,1,2 by G1"},
      {"a duty of full is met less masks", "duty D1 full; mask M1 witness",
       WitnessInTheSecondOfThree, "full 0,2 by D1 M1, owed full"},
      {"everything hidden, no tear-line", "grant G1 full; mask M1 witness", WitnessInTheOnlySegment,
       "pointer by G1 M1: NO_TEAR_LINE"},
      {"everything hidden, a tear-line", "grant G1 full; mask M1 witness",
       [](Scene& s) {
         WitnessInTheOnlySegment(s);
         WithTearLine(s);
       },
       "tear-line 0 by G1 M1: ALL_HIDDEN"},
      {"everything hidden, full owed", "duty D1 full; mask M1 witness",
       [](Scene& s) {
         WitnessInTheOnlySegment(s);
         WithTearLine(s);
       },
       "tear-line 0 by D1 M1, owed full unmet of 0: ALL_HIDDEN; SANITISE_OR_REVIEW 4h/4h"},
      {"everything hidden, existence secret", "grant G1 full; mask M1 witness",
       [](Scene& s) {
         WitnessInTheOnlySegment(s);
         SecretExistence(s);
       },
       "withheld by G1 M1: EXISTENCE_NOT_TOLD"},
      {"a mask below full hides nothing", "grant G1 pointer; mask M1 witness",
       WitnessInTheOnlySegment, "pointer by G1"},
      {"an event without segments", "grant G1 full", [](Scene& s) { s.event.segments.clear(); },
       "pointer by G1: NO_TEAR_LINE"},
  });
}

TEST(Evaluate, DeniesTheSuspendedAndWhatCannotBeJudged) {
  ExpectRows({
      {"suspended", "grant G1 full", Suspended, "withheld by none: RECIPIENT_SUSPENDED"},
      {"suspended, and owed", "grant G1 full; duty D1 pointer", Suspended,
       "withheld by D1, owed pointer unmet of 0: RECIPIENT_SUSPENDED; SANITISE_OR_REVIEW 4h/4h"},
      {"too few members", "grant G1 full", SeesTooFew, "withheld by none: TOO_FEW_MEMBERS"},
      {"too few members, and owed", "grant G1 full; duty D1 pointer", SeesTooFew,
       "withheld by D1, owed pointer unmet of 0: TOO_FEW_MEMBERS; SANITISE_OR_REVIEW 4h/4h"},
      {"a segment about a nominal that is not there", "grant G1 full",
       [](Scene& s) { s.event.segments[0].nominals = {1}; }, "withheld by none: EVALUATION_FAILED"},
      {"the same, and owed", "duty D1 full; grant G1 full",
       [](Scene& s) {
         s.event.segments[0].nominals = {0, 1};
       },
       "withheld by D1, owed full unmet of 0: EVALUATION_FAILED; SANITISE_OR_REVIEW 4h/4h"},
      {"a flag this broker does not know", "grant G1 full",
       [](Scene& s) { s.event.segments[0].flags = {static_cast<v1::ContentFlag>(99)}; },
       "withheld by none: EVALUATION_FAILED"},
      {"failure is told before suspension", "grant G1 full",
       [](Scene& s) {
         Suspended(s);
         s.event.segments[0].nominals = {1};
       },
       "withheld by none: EVALUATION_FAILED"},
  });
}

TEST(Evaluate, JudgesAnEventAboutNobodyOnce) {
  ExpectRows({
      {"an event about nobody", "grant G1 full", [](Scene& s) { s.nominals.clear(); },
       "full 0 by G1"},
      {"about nobody, and owed", "duty D1 tear-line", [](Scene& s) { s.nominals.clear(); },
       "pointer by D1, owed tear-line unmet: NO_TEAR_LINE; SANITISE_OR_REVIEW 4h/4h"},
      {"about nobody, yet a segment names somebody", "grant G1 full",
       [](Scene& s) {
         s.nominals.clear();
         s.event.segments[0].nominals = {0};
       },
       "withheld by none: EVALUATION_FAILED"},
  });
}

// Of two nominals, the recipient chairs the panel of the first; the second it does not know.
const char* const kChairs = " if recipient { seat: SEAT_KIND_CHAIR }";

Change Two(std::vector<std::vector<std::size_t>> segments, Change more = Plain) {
  return [segments, more](Scene& s) {
    s.nominals.resize(2);
    s.nominals[0].seat = v1::SEAT_KIND_CHAIR;
    s.event.segments.clear();
    for (const auto& about : segments) s.event.segments.push_back({{}, about});
    more(s);
  };
}

TEST(Evaluate, DecidesAboutTwoNominalsAsTheTableSays) {
  std::string grant = "grant G1 full";
  grant += kChairs;
  std::string duty = "duty D1 full";
  duty += kChairs;
  ExpectRows({
      {"each about one", grant, Two({{0}, {1}}), "full 0 by G1"},
      {"both about both", grant, Two({{0, 1}}), "withheld by G1: NO_GRANT"},
      {"one names nobody, so both", grant, Two({{0}, {}}), "full 0 by G1"},
      {"a duty about one reaches it", duty, Two({{0}, {1}}), "full 0 by D1, owed full"},
      {"a duty about one, all shared with the other", duty, Two({{0, 1}}),
       "withheld by D1, owed full unmet of 0: NO_GRANT; SANITISE_OR_REVIEW 4h/4h"},
      {"a duty about one, a part shared with the other", duty, Two({{0}, {0, 1}}),
       "full 0 by D1, owed full unmet of 0: NO_GRANT; SANITISE_OR_REVIEW 4h/4h"},
      {"the lower level, when nothing is full",
       "grant G1 pointer; grant G2 tear-line" + std::string(kChairs), Two({{0}, {1}}, WithTearLine),
       "pointer by G1 G2"},
      {"both owed, the second capped for strangers",
       "duty D1 full; cap A1 pointer if recipient { on_panel: false }", Two({{0}, {1}}),
       "full 0 by A1 D1, owed full unmet of 1: CLEARANCE; SANITISE_OR_REVIEW 4h/4h"},
      {"both owed, neither met", "duty D1 tear-line", Two({{0}, {1}}, SecretExistence),
       "withheld by D1, owed tear-line unmet of 0,1: EXISTENCE_NOT_TOLD; "
       "SANITISE_OR_REVIEW 4h/4h"},
      {"the higher duty is told", "duty D1 pointer; duty D2 tear-line" + std::string(kChairs),
       Two({{0}, {1}}, WithTearLine),
       "pointer by D1 D2, owed tear-line unmet of 0: NO_GRANT; SANITISE_OR_REVIEW 4h/4h"},
      {"a mask about one nominal hides that one's segments alone",
       "grant G1 full; mask M1 witness if recipient { on_panel: false }",
       Two({{0}, {1}},
           [](Scene& s) {
             for (auto& segment : s.event.segments) segment.flags = {v1::CONTENT_FLAG_WITNESS};
           }),
       "full 0 by G1 M1"},
  });
}

TEST(Evaluate, KeepsEachObligationOnceWithItsEarliestTimes) {
  const Result<PolicySet> policy = PolicySet::Parse(R"(
    id: 'p' version: 1
    rules { id: 'D1' kind: RULE_KIND_DUTY level: LEVEL_POINTER reason: RULE_REASON_PANEL_MUST_KNOW
      oblige { type: OBLIGATION_TYPE_READ within: '9h' escalate_every: '1h' }
      oblige_if_unmet { type: OBLIGATION_TYPE_SANITISE_OR_REVIEW within: '1h' } }
    rules { id: 'D2' kind: RULE_KIND_DUTY level: LEVEL_FULL reason: RULE_REASON_PANEL_MUST_KNOW
      oblige { type: OBLIGATION_TYPE_READ within: '4h' escalate_every: '2h' }
      oblige_if_unmet { type: OBLIGATION_TYPE_SANITISE_OR_REVIEW within: '8h' } }
    rules { id: 'A1' kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_POINTER reason: RULE_REASON_CLEARANCE
      when { recipient { cleared: false } } })");
  ASSERT_TRUE(policy.ok()) << SentenceOf(policy.status());
  Scene scene;
  const auto decide = [&] {
    return Words(Evaluate(*policy, scene.event, scene.nominals, scene.recipient));
  };
  // Both are met, both speak: a person reads it, by the earlier time.
  EXPECT_EQ(decide(), "full 0 by D2, owed full; READ 4h/1h");
  // Only D2 is unmet, so its own time counts.
  scene.recipient.clearance.Clear();
  EXPECT_EQ(decide(),
            "pointer by A1 D2, owed full unmet of 0: CLEARANCE; SANITISE_OR_REVIEW 8h/8h; "
            "READ 4h/1h");
  // Both are unmet. Nothing was told, so nothing is to be read.
  scene.event.label.set_existence_may_be_told(false);
  EXPECT_EQ(decide(),
            "withheld by A1 D1 D2, owed full unmet of 0: EXISTENCE_NOT_TOLD; "
            "SANITISE_OR_REVIEW 1h/1h");
}

TEST(Evaluate, CitesRulesInOrderOfBytes) {
  Scene scene;
  EXPECT_EQ(Words(Evaluate(Rules("grant b full; grant Z full; grant a full; grant A full"),
                           scene.event, scene.nominals, scene.recipient)),
            "full 0 by A Z a b");
}

TEST(Evaluate, WithUnknownFactsNeverOpensWhatKnownFactsWouldShut) {
  const std::string kIf = " if recipient { agency_kind: AGENCY_KIND_HEALTH }";
  const auto unknown = [](Scene& s) { s.recipient.agency_kind.reset(); };
  ExpectRows({
      {"a grant", "grant G1 full" + kIf, unknown, "withheld by none: NO_GRANT"},
      {"a cap", "grant G1 full; cap A1 pointer" + kIf, unknown, "pointer by A1: CLEARANCE"},
      {"a qualified cap", "grant G1 full; qualified Q1 pointer" + kIf, unknown,
       "pointer by Q1: ORIGINATOR_CONTROL"},
      {"a mask", "grant G1 full; mask M1 witness" + kIf,
       [&](Scene& s) {
         unknown(s);
         WitnessInTheSecondOfThree(s);
       },
       "full 0,2 by G1 M1"},
      {"a duty", "duty D1 pointer" + kIf, unknown, "pointer by D1, owed pointer"},
      {"and none of it if the fact is known", "grant G1 full; cap A1 pointer" + kIf, Plain,
       "full 0 by G1"},
  });
}

}  // namespace
}  // namespace tearline::policy
