#include "broker/policy/policy_set.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

TEST(PolicySet, IsCitedByTheDigestOfItsBytes) {
  const std::string text = PolicyText("grant G1 full");
  const Result<PolicySet> policy = PolicySet::Parse(text);
  ASSERT_TRUE(policy.ok());
  EXPECT_EQ(policy->digest(), crypto::Sha256(text));
  // A comment changes nothing that is judged, and changes the digest all the same.
  const Result<PolicySet> commented = PolicySet::Parse(text + "# same\n");
  ASSERT_TRUE(commented.ok());
  EXPECT_EQ(commented->policy().SerializeAsString(), policy->policy().SerializeAsString());
  EXPECT_NE(commented->digest(), policy->digest());
}

TEST(PolicySet, ReadsTimesAndEscalatesEveryWithinIfNothingElseIsSaid) {
  const Result<PolicySet> policy = PolicySet::Parse(
      "id: 'p' version: 3 rules { id: 'D1' kind: RULE_KIND_DUTY level: LEVEL_FULL\n"
      "  reason: RULE_REASON_PANEL_MUST_KNOW\n"
      "  oblige { type: OBLIGATION_TYPE_READ within: '4h' escalate_every: '30m' }\n"
      "  oblige_if_unmet { type: OBLIGATION_TYPE_SANITISE_OR_REVIEW within: '2d' } }");
  ASSERT_TRUE(policy.ok()) << SentenceOf(policy.status());
  ASSERT_EQ(policy->rules().size(), 1u);
  const PolicySet::Rule& rule = policy->rules().front();
  EXPECT_EQ(rule.rule.id(), "D1");
  EXPECT_EQ(
      rule.oblige,
      (std::vector<OpenedObligation>{{v1::OBLIGATION_TYPE_READ, 4 * 3'600'000, 30 * 60'000}}));
  EXPECT_EQ(rule.oblige_if_unmet,
            (std::vector<OpenedObligation>{
                {v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW, 48 * 3'600'000, 48 * 3'600'000}}));
}

TEST(PolicySet, RefusesWhatDoesNotParseAndWhatDoesNotCheck) {
  const Result<PolicySet> garbled = PolicySet::Parse("id: 'p'\nversion = 1");
  EXPECT_EQ(ReasonOf(garbled.status()), v1::ERROR_REASON_POLICY_INVALID);
  EXPECT_EQ(SentenceOf(garbled.status()).substr(0, 7), "line 2,");
  const Result<PolicySet> unchecked = PolicySet::Parse("id: 'p' version: 1");
  EXPECT_EQ(ReasonOf(unchecked.status()), v1::ERROR_REASON_POLICY_INVALID);
  EXPECT_EQ(ReasonOf(PolicySet::Parse("").status()), v1::ERROR_REASON_POLICY_INVALID);
}

}  // namespace
}  // namespace tearline::policy
