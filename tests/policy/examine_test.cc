#include "broker/policy/examine.h"

#include <gtest/gtest.h>

#include "tests/doubles/sample_policy.h"
#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

Status Checked(const std::string& rules, const std::string& tests) {
  const PolicySet policy = *PolicySet::Parse(PolicyText(rules) + tests);
  return CheckFindings(policy, Examine(policy));
}

constexpr char kRules[] = "grant G1 full if recipient { seat: SEAT_KIND_CHAIR }";
TEST(Examine, LetsThroughWhatIsTestedCoveredAndSound) {
  EXPECT_TRUE(Checked(kRules, doubles::ChairsAlone()).ok());
}

/// Each sort of fault has a number of its own, and its sentence names places, not words.
TEST(Examine, RefusesEachSortOfFaultByItsNumber) {
  Status refused = Checked(
      kRules, doubles::PolicySamples() + "matrix { event: 'open' full: 'north-probation/chair' }");
  EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_POLICY_TEST_FAILED);
  EXPECT_EQ(
      SentenceOf(refused),
      "the matrix, event 2 must come out as it says; and 4 more: check the policy to see why");

  refused = Checked(kRules, doubles::PolicySamples() +
                                "tests { name: 't' event: 'open' post: 'north-police/desk' "
                                "expect { level: LEVEL_FULL } }");
  EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_POLICY_TEST_FAILED);
  EXPECT_EQ(SentenceOf(refused),
            "test 1 must come out as it says; and 3 more: check the policy to see why");

  refused = Checked(kRules, doubles::PolicySamples());
  EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_POLICY_NOT_COVERED);
  EXPECT_EQ(SentenceOf(refused),
            "rule 1 needs a test where it decides and one where it does not; and 3 more: check the "
            "policy to see why");

  refused = Checked(std::string(kRules) + "; grant G2 full if recipient { seat: SEAT_KIND_CHAIR }",
                    doubles::ChairsAlone());
  EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_POLICY_FLAWED);
  EXPECT_EQ(SentenceOf(refused),
            "rule 1 must be able to speak, to matter, and to be obeyed; and 1 more: check the "
            "policy to see why");
}

/// A policy that keeps nobody out is tested, covered and sound, and no policy.
TEST(Examine, RefusesAPolicyThatKeepsNobodyOut) {
  std::string text = doubles::PolicySamples();
  for (const char* event : {"open", "closed", "controlled", "source"}) {
    text += std::string("matrix { event: '") + event + "' full: 'north-probation/chair' }\n";
  }
  const Status refused = Checked(kRules, text);
  EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_POLICY_FLAWED);
  EXPECT_EQ(SentenceOf(refused),
            "the policy must keep out, by absolute caps, whoever is excluded or in conflict; and 1 "
            "more: check the policy to see why");
}

}  // namespace
}  // namespace tearline::policy
