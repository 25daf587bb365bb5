#include "broker/policy/situations.h"

#include <gtest/gtest.h>

#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

/// A grant needs what it asks for, a cap speaks unless it is known not to be so.
TEST(Situations, HearUnknownAsTheEvaluatorDoes) {
  const PolicySet policy = Rules(
      "grant G1 full if nominal { level: MAPPA_LEVEL_3 } recipient { supervising: false }; "
      "cap A1 pointer if nominal { level: MAPPA_LEVEL_3 } recipient { supervising: false }");
  Situations situations(policy.policy(), 10'000);
  const Diagrams::Set granted = situations.Speaks(policy.rules()[0].rule);
  const Diagrams::Set capped = situations.Speaks(policy.rules()[1].rule);
  EXPECT_EQ(situations.diagrams().Without(granted, capped), Diagrams::kNone);
  const Diagrams::Set unknown = situations.diagrams().Without(capped, granted);
  ASSERT_NE(unknown, Diagrams::kNone) << "without a case the level is not known";
  EXPECT_EQ(situations.Recipient(situations.RecipientsOf(unknown)), "supervising false");
}

/// A whole type lies under its beginnings, and under no other.
TEST(Situations, OrderTypesUnderTheirBeginnings) {
  const PolicySet policy = Rules(
      "grant G1 full if event { event_type: 'custody.' }; "
      "grant G2 full if event { event_type: 'custody.recall.' }; "
      "grant G3 full if event { event_type: 'custody.recall.ordered' }; "
      "grant G4 full if event { event_type: 'health.' }");
  Situations situations(policy.policy(), 10'000);
  Diagrams& sets = situations.diagrams();
  std::vector<Diagrams::Set> speaks;
  for (const PolicySet::Rule& rule : policy.rules()) speaks.push_back(situations.Speaks(rule.rule));
  EXPECT_EQ(sets.Without(speaks[1], speaks[0]), Diagrams::kNone);
  EXPECT_EQ(sets.Without(speaks[2], speaks[1]), Diagrams::kNone);
  EXPECT_NE(sets.Without(speaks[0], speaks[1]), Diagrams::kNone);
  EXPECT_EQ(sets.And(speaks[0], speaks[3]), Diagrams::kNone);
}

/// Two flags may stand on one event, two seats are never held.
TEST(Situations, TellMarksFromValues) {
  const PolicySet policy = Rules(
      "grant G1 full if event { flag: CONTENT_FLAG_WITNESS } "
      "all { event { flag: CONTENT_FLAG_HEALTH_DETAIL } }; "
      "grant G2 full if recipient { seat: SEAT_KIND_CHAIR } "
      "all { recipient { seat: SEAT_KIND_MEMBER } }");
  Situations situations(policy.policy(), 10'000);
  EXPECT_NE(situations.Speaks(policy.rules()[0].rule), Diagrams::kNone);
  EXPECT_EQ(situations.Speaks(policy.rules()[1].rule), Diagrams::kNone);
}

}  // namespace
}  // namespace tearline::policy
