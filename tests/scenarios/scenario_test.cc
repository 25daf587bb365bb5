// Would a practitioner agree? Every .scenario file here is played to its end; and then again, once
// for each of its lines, with everything lost after that line but the ledger: the ending is the
// same.
#include "tests/scenarios/scenario.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "tests/scenarios/stage.h"

namespace tearline::scenarios {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> Stories() {
  std::vector<std::string> stories;
  for (const auto& entry : fs::directory_iterator(TEARLINE_SOURCE_DIR "/tests/scenarios")) {
    if (entry.path().extension() == ".scenario") stories.push_back(entry.path().stem().string());
  }
  std::sort(stories.begin(), stories.end());
  return stories;
}

std::vector<Line> Story(const std::string& name) {
  std::ifstream file(std::string(TEARLINE_SOURCE_DIR "/tests/scenarios/") + name + ".scenario");
  std::stringstream text;
  text << file.rdbuf();
  return ReadScenario(text.str());
}

/// Plays a story; with a crash after the line at place `crash`, if one is given.
Stage Played(const std::vector<Line>& story, std::optional<std::size_t> crash = std::nullopt) {
  Stage stage;
  for (std::size_t i = 0; i < story.size(); ++i) {
    stage.Play(story[i]);
    if (crash == i) stage.Crash();
  }
  return stage;
}

class Scenario : public testing::TestWithParam<std::string> {};

TEST_P(Scenario, ComesOutAsWritten) {
  const Stage stage = Played(Story(GetParam()));
  EXPECT_THAT(stage.complaints, testing::IsEmpty());
}

TEST_P(Scenario, EndsTheSameWhereverEverythingButTheLedgerIsLost) {
  const std::vector<Line> story = Story(GetParam());
  const std::string ending = Played(story).Ending();
  for (std::size_t crash = 0; crash < story.size(); ++crash) {
    const Stage stage = Played(story, crash);
    ASSERT_EQ(stage.Ending(), ending) << "after line " << story[crash].number;
    ASSERT_THAT(stage.complaints, testing::IsEmpty()) << "after line " << story[crash].number;
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
  Stage stage;
  for (const Line& line : ReadScenario(text)) stage.Play(line);
  EXPECT_THAT(
      stage.complaints,
      testing::ElementsAre("line 13: probation/chair is told full", "line 14: rule Q1 is not cited",
                           "line 15: nothing was decided for police/desk",
                           "line 16: probation/chair holds E1 full", "line 18: owed is nothing",
                           "line 19: police/desk has nothing to read of it"));
}

}  // namespace
}  // namespace tearline::scenarios
