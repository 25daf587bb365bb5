#include "broker/policy/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/policy/evaluate.h"
#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

struct Case {
  EventFacts event = PlainEvent();
  std::vector<NominalFacts> nominals{1};
  RecipientFacts recipient = PlainRecipient();

  std::vector<std::string> Under(const std::string& rules) const {
    const PolicySet policy = Rules(rules);
    return Explain(policy, event, nominals, recipient,
                   Evaluate(policy, event, nominals, recipient));
  }
};

/// A tear-line owed against the originator's control: who asked for what, and who won.
TEST(Explain, SaysWhatIsToldWhyAndWhatLost) {
  Case asked;
  asked.event.tear_lines = {TearLineFor(v1::AGENCY_KIND_PROBATION)};
  EXPECT_THAT(
      asked.Under("grant G1 full; qualified Q1 pointer; duty D1 tear-line"),
      ElementsAre(
          "north-probation/officer gets the tear-line: the text its originator wrote for this "
          "audience.",
          "Rule D1 owes it at least the tear-line, because the panel must know.",
          "It is not more, because the originator controls it.",
          "At least the tear-line was owed, and that is met.",
          "Rule G1 would allow everything, but is beaten by Q1.",
          "Rule Q1 would allow no more than a pointer, but yields to what is owed."));
}

/// Under broken glass: what stood, and what yielded.
TEST(Explain, SaysThatTheGlassWasBroken) {
  Case asked;
  asked.nominals[0].glass = "brk_1";
  const std::vector<std::string> said = asked.Under("qualified Q1 pointer");
  EXPECT_THAT(said, Contains("north-probation/officer gets everything."));
  EXPECT_THAT(said, Contains("It was judged while the glass was broken (break-glass:brk_1): "
                             "everything was granted, and only absolute caps and masks stood."));
  EXPECT_THAT(said, Contains("Rule Q1 would allow no more than a pointer, but yields to broken "
                             "glass."));
  EXPECT_THAT(asked.Under("grant G1 full; cap A1 tear-line; qualified Q1 tear-line"),
              Contains("Rule G1 would allow everything, but is beaten by A1."));
}

/// What nobody grants is told to nobody; and the reason stands there.
TEST(Explain, SaysWhyNothingIsTold) {
  EXPECT_THAT(
      Case().Under("qualified Q1 pointer"),
      ElementsAre("north-probation/officer gets nothing, and no sign that anything is held.",
                  "It is not more, because no rule grants more.",
                  "Of the rules that spoke, these ask for no more than that: Q1."));
}

TEST(Explain, SaysWhatIsOwedAndWhoIsChased) {
  const std::vector<std::string> said = Case().Under("duty D1 full; cap A1 withheld");
  EXPECT_THAT(said, Contains("Rule D1 owes it at least everything, because the panel must know."));
  EXPECT_THAT(said, Contains("At least everything was owed, and that is not met."));
  EXPECT_THAT(said, Contains("Rule D1 would owe everything, but is beaten by A1."));
  EXPECT_THAT(said, Contains("Somebody named must write what can be told, or review that it is "
                             "not, within 4 hours; after that it climbs every 4 hours."));
}

TEST(Explain, SaysHowMuchMasksLeave) {
  Case asked;
  asked.event.segments.resize(2);
  asked.event.segments[0].flags = {v1::CONTENT_FLAG_WITNESS};
  const std::vector<std::string> said = asked.Under("grant G1 full; mask M1 witness");
  EXPECT_EQ(said.front(),
            "north-probation/officer gets 1 of 2 segments in full, and no trace of the rest.");
  EXPECT_THAT(said, Contains("Rule M1 hides witness, because a source must be protected."));
}

/// With several people, whoever loses is told of whom.
TEST(Explain, SaysOfWhomARuleSpoke) {
  Case asked;
  asked.nominals.resize(2);
  asked.nominals[0].seat = v1::SEAT_KIND_CHAIR;
  EXPECT_THAT(
      asked.Under("grant G1 full; "
                  "qualified Q1 pointer if recipient { on_panel: true }"),
      Contains("About person 1 of 2: Rule G1 would allow everything, but is beaten by Q1."));
}

/// A suspended agency hears of no rule: none was asked.
TEST(Explain, OfASuspendedAgencyNamesNoRuleThatLost) {
  Case asked;
  asked.recipient.suspended = true;
  EXPECT_THAT(
      asked.Under("grant G1 full"),
      ElementsAre("north-probation/officer gets nothing, and no sign that anything is held.",
                  "It is not more, because its agency is suspended, or all who act for it."));
}

/// Nor is any heard for whoever sees too few members of a composite, or of what cannot be judged;
/// what was owed stays said.
TEST(Explain, NamesNoRuleThatLostWhereNoneWasHeard) {
  const auto lost =
      testing::AnyOf(testing::HasSubstr("beaten"), testing::HasSubstr("ask for no more"));
  Case few;
  few.recipient.sees_too_few = true;
  Case contradictory;
  contradictory.event.segments[0].nominals = {7};
  for (const Case& asked : {few, contradictory}) {
    const std::vector<std::string> said =
        asked.Under("grant G1 full; duty D1 tear-line; cap A1 pointer; qualified Q1 pointer");
    EXPECT_THAT(said, Not(Contains(lost)));
    EXPECT_THAT(said, Contains("At least the tear-line was owed, and that is not met."));
  }
}

/// A recorded decision is explained by what it holds alone, and its rules by what they say.
TEST(Explain, OfARecordedDecisionSaysWhatTheRecordSays) {
  PolicySet policy = *PolicySet::Parse(PolicyText("") + R"(
rules { id: "G1" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
        says: "The panel may see it." })");
  Decision decision;
  decision.level = v1::LEVEL_FULL;
  decision.segments = {0};
  decision.rules = {"G1", "G2"};
  EXPECT_THAT(ExplainDecision(policy, decision, "police/panel", 1),
              ElementsAre("police/panel gets everything.",
                          "Rule G1 allows everything, because its work needs it: The panel may see "
                          "it.",
                          "Rule G2 decided."));
  EXPECT_THAT(ExplainDecision(policy, decision, "police/panel", 1),
              Not(Contains(testing::HasSubstr("owed"))));
}

}  // namespace
}  // namespace tearline::policy
