#include <gtest/gtest.h>

#include <string>

#include "broker/model/limits.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

Applied Confirm(World& world, std::int64_t wall_ms, const std::string& because) {
  ConfirmClock command;
  command.set_wall_ms(wall_ms);
  command.set_because(because);
  return world.Say(World::Broker(), COMMAND_NUMBER_CONFIRM_CLOCK, command);
}

LedgerRow Row(const World& world) {
  return *world.state.Find<LedgerRow>(state::Key(state::Table::kLedger));
}

TEST(ApplyClock, RemembersWhatTheWallShowedAndTheStampItGot) {
  World world;
  EXPECT_EQ(Row(world).confirmed_stamp_ms(), 0);
  EXPECT_EQ(Confirm(world, world.now_ms - 5000, "the radio clock agrees").outcome,
            audit::Outcome::kApplied);
  EXPECT_EQ(world.Details()[1].changed().what(), "clock-confirmed");
  EXPECT_EQ(world.Details()[1].changed().name(), "the radio clock agrees");
  EXPECT_EQ(Row(world).confirmed_wall_ms(), world.now_ms - 5000);
  EXPECT_EQ(Row(world).confirmed_stamp_ms(), world.now_ms);
}

TEST(ApplyClock, RefusesAReasonThatIsTooLongOrDoesNotRead) {
  World world;
  const std::string longest(model::kBecauseBytesMax, 'x');
  EXPECT_EQ(Confirm(world, 1, longest + "x").reason, v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(Row(world).confirmed_wall_ms(), 0);
  EXPECT_EQ(Confirm(world, 1, longest).outcome, audit::Outcome::kApplied);
}

}  // namespace
}  // namespace tearline::machine
