#include "broker/machine/answer_owed.h"

#include <gtest/gtest.h>

#include "broker/machine/rows.h"
#include "tests/machine/request_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr std::int64_t kDayMs = RequestWorld::kDayMs;
constexpr v1::ObligationType kOwed = v1::OBLIGATION_TYPE_ANSWER_INFORMATION_REQUEST;

/// Reminded at half of what is left, then of what is left then, until a day is; from the time on it
/// climbs, a step a day, from the holder to the deputy, the post above and the board.
TEST(AnswerOwed, IsChasedBeforeItsTimeAndClimbsAfterIt) {
  RequestWorld world;
  world.Ask();
  const std::string id = world.Open(kOwed).at(RequestWorld::kChecks);
  EXPECT_EQ(world.TimesTold(RequestWorld::kChecks, id), 1);
  for (const std::int64_t days : {4, 2, 1}) {
    world.PassAndPulse(days * kDayMs);
    EXPECT_EQ(world.Said("information-reminded", RequestWorld::kChecks), 1) << days;
  }
  EXPECT_EQ(world.TimesTold(RequestWorld::kChecks, id), 4);
  EXPECT_EQ(world.state.Find<ObligationRow>(ObligationKey(id))->stage(), 0u) << "not due";
  EXPECT_EQ(world.TimesTold(RequestWorld::kAbove, id), 0);

  world.PassStepByStep(kDayMs);
  EXPECT_EQ(world.Said("information-reminded"), 0) << "its time has come";
  EXPECT_EQ(world.state.Find<ObligationRow>(ObligationKey(id))->stage(), 1u) << "the deputy";
  world.PassStepByStep(kDayMs);
  EXPECT_EQ(world.TimesTold(RequestWorld::kAbove, id), 1);
  world.PassStepByStep(kDayMs);
  EXPECT_EQ(world.TimesTold("board/board", id), 1);
  world.PassStepByStep(30 * kDayMs);
  EXPECT_EQ(world.Open(kOwed).count(RequestWorld::kChecks), 1u) << "open until it is answered";
}

/// What is no answer escalates as it did.
TEST(AnswerOwed, RemindsOfNothingElse) {
  RequestWorld world;
  const std::string request = world.Ask();
  world.Refuse(request);
  const std::string review =
      world.Open(v1::OBLIGATION_TYPE_REVIEW_INFORMATION_REFUSAL).at(RequestWorld::kAbove);
  world.PassStepByStep(6 * kDayMs);
  EXPECT_EQ(world.TimesTold(RequestWorld::kAbove, review), 1);
  world.PassStepByStep(kDayMs);
  EXPECT_EQ(world.state.Find<ObligationRow>(ObligationKey(review))->stage(), 1u);
}

}  // namespace
}  // namespace tearline::machine
