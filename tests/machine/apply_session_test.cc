#include <gtest/gtest.h>

#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr char kChair[] = "probation/chair";

OpenSession Asked(std::uint32_t messages, std::uint64_t bytes) {
  OpenSession command;
  command.set_feed(kChair);
  command.set_window_messages(messages);
  command.set_window_bytes(bytes);
  return command;
}

TEST(ApplySession, HasAWindowWithinItsLimits) {
  World world;
  const auto outcome = [&world](std::uint32_t messages, std::uint64_t bytes) {
    return world.Say(World::System(kChair), COMMAND_NUMBER_OPEN_SESSION, Asked(messages, bytes))
        .reason;
  };
  constexpr std::uint64_t kBytes = 4 * 1024 * 1024;
  EXPECT_EQ(outcome(0, kBytes), v1::ERROR_REASON_LIMIT_PASSED);
  EXPECT_EQ(outcome(1, kBytes), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(outcome(model::kWindowMessagesMax, kBytes), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(outcome(model::kWindowMessagesMax + 1, kBytes), v1::ERROR_REASON_LIMIT_PASSED);
  EXPECT_EQ(outcome(100, model::kWindowBytesMin - 1), v1::ERROR_REASON_LIMIT_PASSED);
  EXPECT_EQ(outcome(100, model::kWindowBytesMin), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(outcome(100, model::kWindowBytesMax), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(outcome(100, model::kWindowBytesMax + 1), v1::ERROR_REASON_LIMIT_PASSED);
}

TEST(ApplySession, IsOfOnesOwnInbox) {
  World world;
  EXPECT_EQ(world
                .Say(World::System("education/guest"), COMMAND_NUMBER_OPEN_SESSION,
                     Asked(100, model::kWindowBytesMin))
                .reason,
            v1::ERROR_REASON_NOT_YOUR_POST);
}

TEST(ApplySession, ClosesOnlyTheCurrentOne) {
  World world;
  const std::string older = world.OpenSession(kChair);
  const std::string newer = world.OpenSession(kChair);
  CloseSession close;
  close.set_feed(kChair);
  close.set_session_id(older);
  EXPECT_EQ(world.Say(World::System(kChair), COMMAND_NUMBER_CLOSE_SESSION, close).reason,
            v1::ERROR_REASON_SESSION_SUPERSEDED);
  close.set_session_id(newer);
  EXPECT_EQ(world.Say(World::System(kChair), COMMAND_NUMBER_CLOSE_SESSION, close).outcome,
            audit::Outcome::kApplied);
  EXPECT_FALSE(world.state.Get(SessionKey(kChair)));
}

}  // namespace
}  // namespace tearline::machine
