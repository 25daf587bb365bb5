#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>

#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

SeatPost Seat(const std::string& case_id, const std::string& post) {
  SeatPost seat;
  seat.set_case_id(case_id);
  seat.mutable_seat()->set_post(post);
  seat.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
  return seat;
}

SecondHand Confirm(const Applied& first) {
  SecondHand second;
  second.set_pending_id(model::PendingId::Parse(first.made_id)->Bytes());
  return second;
}

bool IsSeated(const World& world, const std::string& case_id, const std::string& post) {
  const auto row = world.state.Find<CaseRow>(state::Key(state::Table::kCase).Fixed(case_id));
  for (const v1::Seat& seat : row->case_().seats()) {
    if (seat.post() == post) return true;
  }
  return false;
}

constexpr std::int64_t kLifetimeMs = std::chrono::milliseconds(model::kPendingLifetime).count();

/// A command that nobody confirmed in two weeks is asked for anew.
TEST(Pending, ComesTooLateWhenTheCommandHasLapsed) {
  for (const bool in_time : {true, false}) {
    World world;
    const std::string case_id = world.OpenCase(world.Register(1), {});
    const Applied first = world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST,
                                    Seat(case_id, "police/panel"));
    world.now_ms += kLifetimeMs - (in_time ? 1 : 0);
    const Applied second = world.Say(World::System("probation/coordinator"),
                                     COMMAND_NUMBER_SECOND_HAND, Confirm(first));
    EXPECT_EQ(second.outcome, in_time ? audit::Outcome::kApplied : audit::Outcome::kRefused);
    if (!in_time) {
      EXPECT_EQ(second.reason, v1::ERROR_REASON_NOT_FOUND);
    }
    EXPECT_EQ(IsSeated(world, case_id, "police/panel"), in_time);
  }
}

/// A pulse removes what lapsed, and the leaf says so; what was confirmed leaves no deadline.
TEST(Pending, LapsesByPulse) {
  World world;
  const std::string case_id = world.OpenCase(world.Register(1), {});
  const Actor police = World::System("police/coordinator");
  const Applied given = world.Say(police, COMMAND_NUMBER_SEAT_POST, Seat(case_id, "police/panel"));
  const Applied left =
      world.Say(police, COMMAND_NUMBER_SEAT_POST, Seat(case_id, "police/coordinator"));
  world.Say(World::System("probation/coordinator"), COMMAND_NUMBER_SECOND_HAND, Confirm(given));
  EXPECT_EQ(NextDeadlineMs(world.state), world.now_ms + kLifetimeMs);
  world.PassAndPulse(kLifetimeMs - 1);
  EXPECT_EQ(world.Details().size(), 1u) << "not a millisecond early";
  world.PassAndPulse(1);
  ASSERT_EQ(world.Details().size(), 2u) << "one lapsed, not both";
  EXPECT_EQ(world.Details()[1].changed().what(), "second-hand-lapsed");
  EXPECT_EQ(world.Details()[1].changed().name(), left.made_id);
  EXPECT_EQ(NextDeadlineMs(world.state), std::numeric_limits<std::int64_t>::max());
  EXPECT_TRUE(world.state.Scan(state::Key(state::Table::kPending), 10).empty());
  EXPECT_TRUE(world.state.Scan(state::Key(state::Table::kPendingOf), 10).empty());
}

/// Both sides of the limit, for one agency; others are not held up by it.
TEST(Pending, WaitsForAtMostTwoHundredAndFiftySixCommandsOfAnAgency) {
  World world;
  const std::string case_id = world.OpenCase(world.Register(1), {});
  const Actor probation = World::System("probation/coordinator");
  int asked = 0;
  // For another purpose each time: what is asked again in the same words waits once.
  const auto ask = [&] {
    Actor police = World::System("police/coordinator");
    police.set_purpose("purpose-" + std::to_string(asked++));
    return world.Say(police, COMMAND_NUMBER_SEAT_POST, Seat(case_id, "police/panel"));
  };
  Applied last;
  for (std::size_t i = 0; i < model::kPendingOfAgencyMax; ++i) {
    last = ask();
    ASSERT_EQ(last.outcome, audit::Outcome::kAwaitsSecondHand) << i;
  }
  EXPECT_EQ(ask().reason, v1::ERROR_REASON_LIMIT_PASSED);
  asked = 0;
  EXPECT_EQ(ask().outcome, audit::Outcome::kAwaitsSecondHand) << "this waits already";
  asked = 1000;
  EXPECT_EQ(
      world.Say(probation, COMMAND_NUMBER_SEAT_POST, Seat(case_id, "probation/chair")).outcome,
      audit::Outcome::kAwaitsSecondHand);
  world.Say(probation, COMMAND_NUMBER_SECOND_HAND, Confirm(last));
  EXPECT_EQ(ask().outcome, audit::Outcome::kAwaitsSecondHand) << "one was confirmed: there is room";
}

/// Whoever asked first hears what became of it, whichever it was.
TEST(Pending, TellsItsFirstHandThatItWasConfirmedOrLapsed) {
  for (const bool confirmed : {true, false}) {
    World world;
    const std::string case_id = world.OpenCase(world.Register(1), {});
    const Applied first = world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST,
                                    Seat(case_id, "police/panel"));
    world.OpenSession("police/coordinator");
    if (confirmed) {
      world.Say(World::System("probation/coordinator"), COMMAND_NUMBER_SECOND_HAND, Confirm(first));
    } else {
      world.PassAndPulse(kLifetimeMs);
    }
    const auto told = world.Released("police/coordinator", v1::URGENCY_ROUTINE);
    ASSERT_EQ(told.size(), 1u);
    const ItemRow& item = told.begin()->second;
    EXPECT_EQ(item.kind(), ITEM_KIND_PENDING_ENDED);
    EXPECT_EQ(item.pending_id(), model::PendingId::Parse(first.made_id)->Bytes());
    EXPECT_EQ(item.pending_command(), static_cast<std::uint32_t>(COMMAND_NUMBER_SEAT_POST));
    EXPECT_EQ(item.pending_end(), confirmed ? PENDING_END_CONFIRMED : PENDING_END_LAPSED);
  }
}

/// A second hand that is refused ends nothing, and tells nobody.
TEST(Pending, TellsNothingOfASecondHandThatWasRefused) {
  World world;
  const std::string case_id = world.OpenCase(world.Register(1), {});
  const Applied first = world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST,
                                  Seat(case_id, "police/panel"));
  world.OpenSession("police/coordinator");
  EXPECT_EQ(
      world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SECOND_HAND, Confirm(first))
          .reason,
      v1::ERROR_REASON_SECOND_HAND_REQUIRED);
  EXPECT_TRUE(world.Released("police/coordinator", v1::URGENCY_ROUTINE).empty());
  EXPECT_EQ(world.Waiting("police/coordinator", v1::URGENCY_ROUTINE), 0u);
}

}  // namespace
}  // namespace tearline::machine
