// The stories of tests/scenarios, played on the shipped broker over mutual TLS. What the machine
// alone tells in process, the broker tells byte for byte; and still does when it is killed after
// every line of a story.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/end_to_end/wire_player.h"
#include "tests/scenarios/machine_player.h"
#include "tests/scenarios/scenario.h"
#include "tests/scenarios/stage.h"

namespace tearline::end_to_end {
namespace {

using scenarios::Line;
using scenarios::MachinePlayer;
using scenarios::Stage;
using testing::IsEmpty;

/// What those in a story can read at its end. What did not come out as written is a failure.
std::string Played(const std::vector<Line>& story, scenarios::Player& player, bool crashing) {
  Stage stage(player);
  for (const Line& line : story) {
    stage.Play(line);
    if (crashing) stage.Crash();
  }
  EXPECT_THAT(stage.complaints, IsEmpty());
  return stage.Told();
}

class StoryOverTheWire : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "NOT TESTED: a sanitizer and a clock cannot both be a process's first library";
#endif
  }
};

/// What the machine tells, and then what the shipped broker does.
void PlayBoth(const std::vector<Line>& story, bool crashing) {
  MachinePlayer machine;
  const std::string told = Played(story, machine, /*crashing=*/false);
  WirePlayer wire;
  EXPECT_EQ(Played(story, wire, crashing), told);
  EXPECT_NO_THROW(wire.End()) << "a replay from nothing gives the same digest and root";
}

TEST_P(StoryOverTheWire, IsToldAsTheMachineTellsIt) {
  PlayBoth(scenarios::Story(GetParam()), /*crashing=*/false);
}

TEST_P(StoryOverTheWire, IsToldTheSameWhereTheBrokerIsKilledAfterEveryLine) {
  PlayBoth(scenarios::Story(GetParam()), /*crashing=*/true);
}

INSTANTIATE_TEST_SUITE_P(Stories, StoryOverTheWire, testing::Values("story_a", "story_b"),
                         [](const auto& story) { return story.param; });

}  // namespace
}  // namespace tearline::end_to_end
