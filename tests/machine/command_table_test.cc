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

}  // namespace
}  // namespace tearline::machine
