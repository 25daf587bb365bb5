#include "broker/machine/command_table.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

/// M4. Every number of the enum runs; none is forgotten when one is added.
TEST(CommandTable, RunsEveryNumberThereIs) {
  const std::vector<stored::v1::CommandNumber> runnable = RunnableCommands();
  const auto* numbers = stored::v1::CommandNumber_descriptor();
  for (int i = 0; i < numbers->value_count(); ++i) {
    const auto number = static_cast<stored::v1::CommandNumber>(numbers->value(i)->number());
    if (number == stored::v1::COMMAND_NUMBER_UNSPECIFIED) continue;
    EXPECT_NE(std::find(runnable.begin(), runnable.end(), number), runnable.end())
        << numbers->value(i)->name() << " has no row in the command table";
  }
  EXPECT_EQ(static_cast<int>(runnable.size()), numbers->value_count() - 1);
}

TEST(CommandTable, RefusesBytesThatDoNotRead) {
  World world;
  const Applied applied =
      world.Say(World::System("desk/operator"), stored::v1::COMMAND_NUMBER_SET_POST, "\xff\xff");
  EXPECT_EQ(applied.outcome, audit::Outcome::kUnappliable);
}

/// What would be refused is refused at the first hand, not kept for the second.
TEST(CommandTable, TriesAWideningCommandBeforeItIsKept) {
  World world;
  const std::string case_id = world.OpenCase(world.Register(1), {});
  stored::v1::SeatPost seat;
  seat.set_case_id(case_id);
  seat.mutable_seat()->set_post("police/nobody-has-this-post");
  seat.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
  const Applied applied =
      world.Say(World::System("police/coordinator"), stored::v1::COMMAND_NUMBER_SEAT_POST, seat);
  EXPECT_EQ(applied.outcome, audit::Outcome::kRefused);
  EXPECT_EQ(applied.reason, v1::ERROR_REASON_NOT_FOUND);
}

/// While a policy lists codes, no other is given: by anybody, for anything, from that version on.
TEST(CommandTable, RefusesPurposesAndLegalBasesThatThePolicyDoesNotList) {
  World world;
  const std::string rules = "id: 'codes' version: 1" + World::PanelRules();
  world.PutInForce(rules + " purposes { code: 'audit' } legal_bases { code: 'DPA18-P3' }");
  const auto say = [&world](const char* purpose, const char* legal_basis) {
    stored::v1::SetSuspension command;
    command.set_agency("education");
    command.set_suspended(true);
    stored::v1::Actor actor = World::System("desk/operator");
    actor.set_purpose(purpose);
    actor.set_legal_basis(legal_basis);
    return world.Say(actor, stored::v1::COMMAND_NUMBER_SET_SUSPENSION, command);
  };
  EXPECT_EQ(say("", "").outcome, audit::Outcome::kApplied);
  EXPECT_EQ(say("audit", "DPA18-P3").outcome, audit::Outcome::kApplied);
  EXPECT_EQ(say("curiosity", "").reason, v1::ERROR_REASON_PURPOSE_UNKNOWN);
  EXPECT_EQ(say("audit", "DPA18-P2").reason, v1::ERROR_REASON_LEGAL_BASIS_UNKNOWN);
  world.behaviour_version = kCodesListedFrom - 1;
  EXPECT_EQ(say("curiosity", "of-my-own").outcome, audit::Outcome::kApplied)
      << "as it was recorded then";
  world.PutInForce(rules);
  EXPECT_EQ(say("curiosity", "of-my-own").outcome, audit::Outcome::kApplied)
      << "under a policy that lists none";
}

/// What waits for its second hand keeps the codes with which it was asked for.
TEST(CommandTable, ASecondHandMayConfirmWhatWasAskedForBeforeCodesWereListed) {
  World world;
  stored::v1::SeatPost seat;
  seat.set_case_id(world.OpenCase(world.Register(1), {}));
  seat.mutable_seat()->set_post("police/panel");
  seat.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
  stored::v1::Actor first = World::System("police/coordinator");
  first.set_purpose("of-my-own");
  const Applied asked = world.Say(first, stored::v1::COMMAND_NUMBER_SEAT_POST, seat);
  ASSERT_EQ(asked.outcome, audit::Outcome::kAwaitsSecondHand);
  world.PutInForce("id: 'codes' version: 1" + World::PanelRules() + " purposes { code: 'audit' }");
  stored::v1::SecondHand second;
  second.set_pending_id(model::PendingId::Parse(asked.made_id)->Bytes());
  EXPECT_EQ(world
                .Say(World::System("probation/coordinator"), stored::v1::COMMAND_NUMBER_SECOND_HAND,
                     second)
                .outcome,
            audit::Outcome::kApplied);
}

}  // namespace
}  // namespace tearline::machine
