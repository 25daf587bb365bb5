#include "broker/policy/run_composite_tests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/policy/examine.h"
#include "tests/doubles/sample_policy.h"
#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// An event of the samples, on a day.
std::string Sample(const std::string& name, const std::string& post, const std::string& type,
                   int day) {
  return "events { name: '" + name + "' originating_post: '" + post + "' event { event_type: '" +
         type + "' urgency: URGENCY_ROUTINE occurred_at { seconds: " +
         std::to_string(1'800'000'000 + day * 86'400) +
         " } label { marking { tier: TIER_OFFICIAL } } segments {} } } ";
}

constexpr char kRule[] = R"(composites { name: "breaches" member_type: "compliance." events: 3
  agencies: 2 within: "30d" event_type: "composite.breaches.made" urgency: URGENCY_URGENT } )";

std::vector<std::string> Said(const std::string& tests, const std::string& more = "") {
  const auto policy = PolicySet::Parse(
      PolicyText("grant G1 full") +
      doubles::PolicySamples(
          Sample("one", "north-police/desk", "compliance.curfew.missed", 0) +
          Sample("two", "north-police/desk", "compliance.curfew.missed", 10) +
          Sample("three", "north-probation/officer", "compliance.test.failed", 29) +
          Sample("late", "north-probation/officer", "compliance.test.failed", 30) +
          Sample("other", "north-probation/officer", "custody.recall.ordered", 20) + more) +
      kRule + tests);
  EXPECT_TRUE(policy.ok()) << SentenceOf(policy.status());
  std::vector<std::string> said;
  if (!policy.ok()) return said;
  for (const Finding& each : RunCompositeTests(*policy)) {
    said.push_back(each.about + ": " + each.sentence);
  }
  return said;
}

const std::string kMade = Sample("made", "north-police/desk", "composite.breaches.made", 30);

std::string Asked(const std::string& name, const std::string& events, bool made) {
  return "composite_tests { name: '" + name + "' composite: 'breaches' events: [ " + events +
         " ] made: " + (made ? "true" : "false") + " } ";
}

TEST(RunCompositeTests, FindNothingWhereAllIsAsWritten) {
  EXPECT_THAT(Said(Asked("three are one", "'one', 'two', 'three'", true) +
                       Asked("a day too late", "'one', 'two', 'late'", false) +
                       Asked("another matter", "'one', 'two', 'other'", false),
                   kMade),
              IsEmpty());
}

TEST(RunCompositeTests, SayWhatComesOutOtherwise) {
  EXPECT_THAT(
      Said(Asked("t", "'one', 'two', 'three'", false) + Asked("u", "'one', 'two', 'late'", true),
           kMade),
      ElementsAre("t: no composite should be made of these events, and one is",
                  "u: a composite should be made of these events, and none is"));
}

TEST(RunCompositeTests, AskForBothSidesAndForWhoGetsIt) {
  EXPECT_THAT(Said(""), ElementsAre("breaches: no composite test shows one being made; add one",
                                    "breaches: no composite test shows none being made; add one",
                                    "breaches: no event of the samples is of its type, so nothing "
                                    "shows who gets it; add one"));
}

/// A policy with such a fault cannot be proposed, and the sentence names places, not words.
TEST(RunCompositeTests, AreOfWhatIsExamined) {
  const auto policy = PolicySet::Parse(doubles::PolicyForChairs() + kRule);
  ASSERT_TRUE(policy.ok()) << SentenceOf(policy.status());
  const Status refused = CheckFindings(*policy, Examine(*policy));
  EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_POLICY_NOT_COVERED);
  EXPECT_EQ(SentenceOf(refused).find("composite 1 needs a test"), 0U) << SentenceOf(refused);
}

}  // namespace
}  // namespace tearline::policy
