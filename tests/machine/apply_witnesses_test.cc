#include <gtest/gtest.h>

#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

NoteWitnesses Said(std::uint32_t needed, std::uint32_t answered, const std::string& post = "") {
  NoteWitnesses command;
  command.set_needed(needed);
  command.set_answered(answered);
  command.set_cosigned_size(3);
  command.set_post(post);
  if (answered < needed) command.add_missing("witness.example.org/one");
  return command;
}

Applied Say(World& world, const NoteWitnesses& command) {
  return world.Say(World::Broker(), COMMAND_NUMBER_NOTE_WITNESSES, command);
}

TEST(ApplyWitnesses, AGapOpensAnObligationAndItsEndEndsIt) {
  World world;
  EXPECT_EQ(Say(world, Said(2, 1, "desk/governance")).outcome, audit::Outcome::kApplied);
  ASSERT_EQ(world.Details().size(), 3u) << "who, what was found, what it opened";
  EXPECT_EQ(world.Details()[1].witnesses().answered(), 1u);
  EXPECT_EQ(world.Details()[1].witnesses().missing(0), "witness.example.org/one");
  ASSERT_EQ(world.OpenObligations().size(), 1u);
  const ObligationRow row = world.OpenObligations().begin()->second;
  EXPECT_EQ(row.type(), v1::OBLIGATION_TYPE_WITNESSES_MISSING);
  EXPECT_EQ(row.debtor_post(), "desk/governance");
  EXPECT_EQ(row.due_ms(), world.now_ms + 4 * 60 * 60 * 1000);
  EXPECT_EQ(world.Waiting("desk/governance", v1::URGENCY_URGENT), 1u) << "and it is told";

  Say(world, Said(2, 0, "desk/governance"));
  EXPECT_EQ(world.OpenObligations().size(), 1u) << "one gap, one obligation";
  Say(world, Said(2, 2, "desk/governance"));
  EXPECT_TRUE(world.OpenObligations().empty());
  Say(world, Said(2, 2));
  Say(world, Said(2, 1));
  EXPECT_EQ(world.OpenObligations().size(), 1u) << "the next gap is another";
}

TEST(ApplyWitnesses, WithoutANamedPostItIsAnOperators) {
  for (const char* post : {"", "desk/nobody"}) {
    World world;
    Say(world, Said(1, 0, post));
    ASSERT_EQ(world.OpenObligations().size(), 1u) << post;
    EXPECT_EQ(world.OpenObligations().begin()->second.debtor_post(), "board/operator") << post;
  }
}

/// Discharged by hand while the gap lasts, it is not opened again before the gap has ended once.
TEST(ApplyWitnesses, TheEndOfAnObligationDischargedByHandIsNoFault) {
  World world;
  Say(world, Said(1, 0, "desk/governance"));
  DischargeObligation discharge;
  discharge.set_obligation_id(world.OpenObligations().begin()->first);
  discharge.set_method(DISCHARGE_METHOD_TOLD_OTHERWISE);
  world.Say(World::Holder("desk/governance"), COMMAND_NUMBER_DISCHARGE_OBLIGATION, discharge);
  ASSERT_TRUE(world.OpenObligations().empty());
  EXPECT_EQ(Say(world, Said(1, 1)).outcome, audit::Outcome::kApplied);
  Say(world, Said(1, 0, "desk/governance"));
  EXPECT_EQ(world.OpenObligations().size(), 1u);
}

TEST(ApplyWitnesses, OnlyTheBrokerFindsIt) {
  World world;
  const Applied applied =
      world.Say(World::System("desk/operator"), COMMAND_NUMBER_NOTE_WITNESSES, Said(1, 0));
  EXPECT_EQ(applied.reason, v1::ERROR_REASON_NOT_PERMITTED);
  EXPECT_TRUE(world.OpenObligations().empty());
  NoteWitnesses many = Said(1, 0);
  for (int i = 0; i < 16; ++i) many.add_missing("w");
  EXPECT_EQ(Say(world, many).reason, v1::ERROR_REASON_LIMIT_PASSED);
}

}  // namespace
}  // namespace tearline::machine
