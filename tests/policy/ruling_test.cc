#include "broker/policy/ruling.h"

#include <gtest/gtest.h>

#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

TEST(Ruling, WeighsWordsByTheirDecisiveOne) {
  const PolicySet set = Rules(
      "grant G1 full; grant G2 pointer; cap A1 tear-line; qualified Q1 pointer; duty D1 tear-line");
  const CompiledPolicy policy(set);
  const Weighed all = Weigh(policy, policy.all().data());
  EXPECT_EQ(all.grant, v1::LEVEL_FULL);
  EXPECT_EQ(all.absolute, v1::LEVEL_TEAR_LINE);
  EXPECT_EQ(all.qualified, v1::LEVEL_POINTER);
  EXPECT_EQ(all.level, v1::LEVEL_TEAR_LINE);
  EXPECT_TRUE(all.by_duty) << "what is owed passes a qualified cap";
  const Bits silence(policy.words());
  const Weighed none = Weigh(policy, silence.data());
  EXPECT_EQ(none.level, v1::LEVEL_WITHHELD);
  EXPECT_EQ(none.duty, v1::LEVEL_UNSPECIFIED);
}

TEST(Ruling, BecomesTheDecisionItIs) {
  const PolicySet set = Rules("grant G1 full; cap A1 tear-line; duty D1 full; mask M1 witness");
  const CompiledPolicy policy(set);
  Ruling ruling;
  ruling.level = v1::LEVEL_FULL;
  ruling.duty = v1::LEVEL_FULL;
  ruling.shortfall = v1::RULE_REASON_CLEARANCE;
  ruling.duty_unmet = true;
  ruling.segments = 0b101;
  ruling.unmet_nominals = 0b10;
  ruling.cited[0] = 0b1011;  // A1, D1 and M1, of A1 D1 G1 M1
  ruling.opened = 1 << v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW;
  ruling.obligations[v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW] = {
      v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW, 4 * 3'600'000, 3'600'000};
  EXPECT_EQ(Words(DecisionOf(ruling, policy)),
            "full 0,2 by A1 D1 M1, owed full unmet of 1: CLEARANCE; SANITISE_OR_REVIEW 4h/1h");
  EXPECT_EQ(Words(DecisionOf(Ruling(), policy)), "withheld by none");
}

TEST(Ruling, DeniesAndKeepsWhatIsOwed) {
  const PolicySet set = Rules("grant G1 full; duty D1 pointer");
  const CompiledPolicy policy(set);
  const Weighed weighed[] = {Weigh(policy, policy.all().data())};
  const Ruling denied =
      Deny(policy, weighed, /*about_nobody=*/false, v1::RULE_REASON_RECIPIENT_SUSPENDED);
  EXPECT_EQ(Words(DecisionOf(denied, policy)),
            "withheld by D1, owed pointer unmet of 0: RECIPIENT_SUSPENDED; SANITISE_OR_REVIEW "
            "4h/4h");
}

}  // namespace
}  // namespace tearline::policy
