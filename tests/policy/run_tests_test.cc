#include "broker/policy/run_tests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/doubles/sample_policy.h"
#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kRules[] =
    "grant G1 full if recipient { seat: SEAT_KIND_CHAIR }; "
    "duty D1 pointer if recipient { on_panel: true }";

TestRun Ran(const std::string& rules, const std::string& tests) {
  const Result<PolicySet> policy =
      PolicySet::Parse(PolicyText(rules) + doubles::PolicySamples() + tests);
  EXPECT_TRUE(policy.ok()) << SentenceOf(policy.status());
  return policy.ok() ? RunTests(*policy) : TestRun();
}

std::vector<std::string> Said(const TestRun& run) {
  std::vector<std::string> said;
  for (const Finding& finding : run.findings)
    said.push_back(finding.about + ": " + finding.sentence);
  return said;
}

constexpr char kRight[] = R"(
tests { name: "the panel hears of it" event: "open" post: "north-police/panel"
        expect { level: LEVEL_POINTER rules: "D1" obliges_nothing: true } }
tests { name: "what may not be told is withheld, and chased" event: "closed"
        post: "north-police/panel"
        expect { level: LEVEL_WITHHELD rules: "D1" obliges: OBLIGATION_TYPE_SANITISE_OR_REVIEW
                 shortfall: RULE_REASON_EXISTENCE_NOT_TOLD } }
matrix { event: "open" full: "north-probation/chair" pointer: "north-police/panel" }
matrix { event: "closed" full: "north-probation/chair" }
matrix { event: "controlled" full: "north-probation/chair" pointer: "north-police/panel" }
matrix { event: "source" full: "north-probation/chair" pointer: "north-police/panel" }
)";

TEST(RunTests, FindNothingWhereAllIsAsWritten) {
  const TestRun run = Ran(kRules, kRight);
  EXPECT_THAT(Said(run), IsEmpty());
  EXPECT_EQ(run.tests, 2U);
  EXPECT_EQ(run.cells, 25U) << "five events for five posts";
}

/// What no cell lists must be withheld: a rule that opens too much is caught without being named.
TEST(RunTests, WithholdWhatTheMatrixDoesNotList) {
  EXPECT_THAT(
      Said(Ran(std::string(kRules) + "; grant G9 tear-line if recipient { of_originator: true } "
                                     "event { existence_may_be_told: true }",
               kRight)),
      testing::Contains("nobody: north-police/desk gets a pointer of it, and the matrix says "
                        "nothing"));
}

struct Row {
  const char* expect;
  const char* said;
};

TEST(RunTests, SayWhatCameOutOtherwise) {
  const Row rows[] = {
      {"level: LEVEL_FULL", "t: it should tell everything, and tells a pointer"},
      {"level: LEVEL_POINTER rules: 'G1'", "t: it should cite G1, and cites D1"},
      {"level: LEVEL_POINTER obliges: OBLIGATION_TYPE_READ",
       "t: it should oblige to read, and obliges nothing"},
      {"level: LEVEL_POINTER shortfall: RULE_REASON_NO_TEAR_LINE",
       "t: it should fall short for no tear line, and falls short for unspecified"},
      {"level: LEVEL_POINTER segments: 0", "t: it should leave other segments"},
  };
  for (const Row& row : rows) {
    const TestRun run = Ran(kRules, std::string(kRight) +
                                        "tests { name: 't' event: 'open' post: "
                                        "'north-police/panel' expect { " +
                                        row.expect + " } }");
    EXPECT_THAT(Said(run), ElementsAre(row.said)) << row.expect;
  }
}

/// Coverage: each rule where it decides, and where it does not.
TEST(RunTests, AskForTestsOnBothSidesOfEveryRule) {
  EXPECT_THAT(
      Said(Ran(kRules, R"(
tests { name: "t" event: "open" post: "north-police/panel" expect { level: LEVEL_POINTER } })")),
      ElementsAre("G1: no test or cell of the matrix shows it deciding; add one",
                  "D1: no test or cell of the matrix shows a decision without it; add one"));
  EXPECT_THAT(
      Said(Ran(kRules, "")),
      ElementsAre("G1: no test or cell of the matrix shows it deciding; add one",
                  "G1: no test or cell of the matrix shows a decision without it; add one",
                  "D1: no test or cell of the matrix shows it deciding; add one",
                  "D1: no test or cell of the matrix shows a decision without it; add one"));
}

}  // namespace
}  // namespace tearline::policy
