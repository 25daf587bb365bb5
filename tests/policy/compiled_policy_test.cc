#include "broker/policy/compiled_policy.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

/// The ids of a kind's rules, in the order of their bits.
std::string InOrder(const CompiledPolicy& policy, Region region) {
  std::string ids;
  for (std::uint32_t term = region.begin; term < region.end; ++term) {
    ids += (ids.empty() ? "" : " ") + policy.RuleOf(term).rule->rule.id();
  }
  return ids;
}

TEST(CompiledPolicy, OrdersByKindThenByHowFarALevelDecidesThenById) {
  const PolicySet set = Rules(
      "mask M1 witness; duty D1 pointer; grant G3 pointer; cap A2 tear-line; grant G2 full; cap A1 "
      "withheld; qualified Q1 pointer; duty D2 full; grant G1 full; cap A0 tear-line");
  const CompiledPolicy policy(set);
  EXPECT_EQ(InOrder(policy, policy.Of(v1::RULE_KIND_GRANT)), "G1 G2 G3");
  EXPECT_EQ(InOrder(policy, policy.Of(v1::RULE_KIND_CAP_ABSOLUTE)), "A1 A0 A2");
  EXPECT_EQ(InOrder(policy, policy.Of(v1::RULE_KIND_CAP_QUALIFIED)), "Q1");
  EXPECT_EQ(InOrder(policy, policy.Of(v1::RULE_KIND_DUTY)), "D2 D1");
  EXPECT_EQ(InOrder(policy, policy.Of(v1::RULE_KIND_MASK)), "M1");
  EXPECT_EQ(InOrder(policy, policy.Of(v1::RULE_KIND_GRANT, v1::LEVEL_FULL)), "G1 G2");
  EXPECT_EQ(InOrder(policy, policy.Of(v1::RULE_KIND_GRANT, v1::LEVEL_TEAR_LINE)), "");
  EXPECT_EQ(InOrder(policy, policy.Of(v1::RULE_KIND_CAP_ABSOLUTE, v1::LEVEL_TEAR_LINE)), "A0 A2");
  EXPECT_EQ(policy.IdOf(0), "A0");
  EXPECT_EQ(policy.IdOf(9), "Q1");
}

TEST(CompiledPolicy, GivesEveryAlternativeABitAndAsksOnlyWhatIsAsked) {
  const PolicySet set = Rules(
      "grant G1 full if any { event { breach: true } } any { recipient { on_panel: true } }; "
      "grant G2 full; cap A1 pointer if none {}");
  const CompiledPolicy policy(set);
  EXPECT_EQ(InOrder(policy, policy.Of(v1::RULE_KIND_GRANT)), "G1 G1 G2");
  EXPECT_EQ(InOrder(policy, policy.Of(v1::RULE_KIND_CAP_ABSOLUTE)), "")
      << "what never speaks has no bit";
  EXPECT_EQ(policy.Questions(About::kEvent),
            std::vector{QuestionOf(Part::kEvent, v1::EventCondition::kBreachFieldNumber)});
  EXPECT_EQ(policy.Questions(About::kNominal),
            std::vector{QuestionOf(Part::kRecipient, v1::RecipientCondition::kOnPanelFieldNumber)});
  EXPECT_TRUE(policy.Questions(About::kRecipient).empty());
  EXPECT_EQ(policy.to_be_asked(), Bits{0});
}

}  // namespace
}  // namespace tearline::policy
