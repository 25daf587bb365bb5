#include <gtest/gtest.h>

#include <limits>

#include "broker/model/limits.h"
#include "tests/machine/wishing_world.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

/// Nothing is due in an empty world.
TEST(ApplyPulse, HasNoDeadlineWhereNothingIsOwed) {
  const World world;
  EXPECT_EQ(NextDeadlineMs(world.state), std::numeric_limits<std::int64_t>::max());
}

/// At most 256 rows fire in one record; the rest are still due.
TEST(ApplyPulse, FiresTwoHundredAndFiftySixAtATime) {
  World world;
  for (int i = 0; i < model::kPulseRowsMax + 10; ++i) {
    const std::string nominal = world.Register(i);
    world.OpenCase(nominal, {{"probation/chair", v1::SEAT_KIND_CHAIR}});
    stored::v1::Publish event = world.Event(nominal);
    event.mutable_label()->set_originator_controlled(true);
    world.Publish(event);
  }
  const auto escalated = [&world] {
    int count = 0;
    for (const auto& [id, row] : world.OpenObligations()) count += row.stage() > 0;
    return count;
  };
  world.PassAndPulse(4 * 60 * 60 * 1000);
  EXPECT_EQ(escalated(), model::kPulseRowsMax);
  EXPECT_LE(NextDeadlineMs(world.state), world.now_ms);
  world.PassAndPulse(0);
  EXPECT_EQ(escalated(), model::kPulseRowsMax + 10);
  EXPECT_GT(NextDeadlineMs(world.state), world.now_ms);
}

/// A subscription is forgotten by the same pulse in which a retry of it is due.
TEST(ApplyPulse, FiresNoRetryOfAFeedThatItForgetsFirst) {
  WishingWorld world;
  const std::string nominal = world.Register(1);
  const std::string feed = world.Subscribe("prison/security", WishingWorld::About({nominal}));
  const std::string session = world.OpenSession(feed);
  world.Tell(nominal);
  Retry retry;
  retry.set_feed(feed);
  retry.set_session_id(session);
  retry.set_lane(v1::URGENCY_URGENT);
  retry.set_sequence(1);
  retry.set_delay_ms(60'000);
  ASSERT_EQ(world.Say(World::System("prison/security"), COMMAND_NUMBER_RETRY, retry).outcome,
            audit::Outcome::kApplied);
  world.Delete(feed);
  EXPECT_EQ(world.PassAndPulse(60'000).outcome, audit::Outcome::kApplied);
  EXPECT_TRUE(world.Released(feed, v1::URGENCY_URGENT).empty());
  EXPECT_EQ(NextDeadlineMs(world.state), std::numeric_limits<std::int64_t>::max());
}

TEST(ApplyPulse, RemembersRefusalsAsTheDoorCountedThem) {
  World world;
  NoteRefusals command;
  Refusal& refusal = *command.add_refusals();
  refusal.set_agency("prison");
  refusal.set_reason(v1::ERROR_REASON_WRONG_AUTHORITY);
  refusal.set_count(17);
  world.Say(World::Broker(), COMMAND_NUMBER_NOTE_REFUSALS, command);
  ASSERT_EQ(world.Details().size(), 2u);
  EXPECT_EQ(world.Details()[1].refusals().count(), 17u);
}

}  // namespace
}  // namespace tearline::machine
