// Would a practitioner agree? Every .scenario file here is played to its end; and then again, once
// for each of its lines, with everything lost after that line but the ledger: the ending is the
// same.
#include "tests/scenarios/scenario.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "tests/scenarios/machine_player.h"
#include "tests/scenarios/stage.h"

namespace tearline::scenarios {
namespace {

/// A story on its stage, played on the machine; with a crash after the line at place `crash`, if
/// one is given.
struct Played {
  explicit Played(const std::vector<Line>& story, std::optional<std::size_t> crash = std::nullopt) {
    for (std::size_t i = 0; i < story.size(); ++i) {
      stage.Play(story[i]);
      if (crash == i) stage.Crash();
    }
  }
  MachinePlayer player;
  Stage stage{player};
};

class Scenario : public testing::TestWithParam<std::string> {};

TEST_P(Scenario, ComesOutAsWritten) {
  const Played played(Story(GetParam()));
  EXPECT_THAT(played.stage.complaints, testing::IsEmpty());
}

TEST_P(Scenario, EndsTheSameWhereverEverythingButTheLedgerIsLost) {
  const std::vector<Line> story = Story(GetParam());
  const std::string ending = Played(story).player.Ending();
  for (std::size_t crash = 0; crash < story.size(); ++crash) {
    const Played played(story, crash);
    ASSERT_EQ(played.player.Ending(), ending) << "after line " << story[crash].number;
    ASSERT_THAT(played.stage.complaints, testing::IsEmpty())
        << "after line " << story[crash].number;
  }
}

INSTANTIATE_TEST_SUITE_P(Stories, Scenario, testing::ValuesIn(Stories()),
                         [](const auto& story) { return story.param; });

/// A story that says otherwise than the policy is found out, line by line.
TEST(ScenarioRunner, ComplainsOfWhatComesOutOtherwise) {
  const std::string text = R"(
policy   config/policies/public_protection.textproto
agency   probation probation
agency   police police
post     probation/chair chair
post     police/desk intelligence
nominal  N1
case     N1 category 4 level 3 led probation
seat     N1 probation/chair chair
publish  E1 by police/desk as intelligence.report.submitted about N1
  label    OFFICIAL-SENSITIVE
  segment
expect   E1 for probation/chair POINTER
expect   E1 for probation/chair FULL rules Q1
expect   E1 for police/desk FULL
inbox    probation/chair
  holds    nothing
owed     E1 read debtor probation/chair
read     E1 by police/desk
)";
  const Played played(ReadScenario(text));
  EXPECT_THAT(
      played.stage.complaints,
      testing::ElementsAre("line 13: probation/chair is told full", "line 14: rule Q1 is not cited",
                           "line 15: nothing was decided for police/desk",
                           "line 16: probation/chair holds E1 full", "line 18: owed is nothing",
                           "line 19: police/desk has nothing to read of it"));
}

}  // namespace
}  // namespace tearline::scenarios
