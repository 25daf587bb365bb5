#include "broker/machine/who_asked.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr char kCorrelation[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

SetSuspension Suspend(const char* agency) {
  SetSuspension command;
  command.set_agency(agency);
  command.set_suspended(true);
  return command;
}

/// Who asked stands first in every leaf, with their own name for what they did: of what was
/// refused, too.
TEST(WhoAsked, IsToldWithItsCorrelationId) {
  World world;
  Actor actor = World::System("desk/operator");
  actor.set_correlation_id(kCorrelation);
  for (const char* agency : {"education", "nobody"}) {
    world.Say(actor, COMMAND_NUMBER_SET_SUSPENSION, Suspend(agency));
    ASSERT_FALSE(world.Details().empty());
    EXPECT_EQ(world.Details()[0].actor().post(), "desk/operator");
    EXPECT_EQ(world.Details()[0].actor().correlation_id(), kCorrelation) << agency;
  }
  world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_SUSPENSION, Suspend("prison"));
  EXPECT_EQ(world.Details()[0].actor().correlation_id(), "") << "another's is not taken over";
}

/// P8. A record of before says what it said.
TEST(WhoAsked, IsToldAsItWasInRecordsOfBefore) {
  World world;
  world.behaviour_version = kCorrelatedFrom - 1;
  Actor actor = World::System("desk/operator");
  world.Say(actor, COMMAND_NUMBER_SET_SUSPENSION, Suspend("education"));
  const std::string plain = world.Details()[0].SerializeAsString();
  actor.set_correlation_id(kCorrelation);
  world.Say(actor, COMMAND_NUMBER_SET_SUSPENSION, Suspend("education"));
  EXPECT_EQ(world.Details()[0].SerializeAsString(), plain);
}

/// What is asked a second time under another name is the same that waits.
TEST(WhoAsked, MakesNothingAnother) {
  World world;
  SetSuspension lift;
  lift.set_agency("desk");
  std::vector<std::string> ids;
  for (const char* id : {"a", "b"}) {
    Actor actor = World::System("desk/operator");
    actor.set_correlation_id(id);
    ids.push_back(world.Say(actor, COMMAND_NUMBER_SET_SUSPENSION, lift).made_id);
  }
  EXPECT_FALSE(ids[0].empty());
  EXPECT_EQ(ids[0], ids[1]);
}

}  // namespace
}  // namespace tearline::machine
