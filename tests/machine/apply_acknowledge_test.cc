#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>

#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr char kChair[] = "probation/chair";
constexpr v1::Urgency kLane = v1::URGENCY_URGENT;

constexpr auto kRetryMaxMs =
    static_cast<std::uint32_t>(std::chrono::milliseconds(model::kRetryDelayMax).count());

class ApplyAcknowledge : public testing::Test {
 protected:
  Retry RetryOf(std::uint64_t sequence, std::uint32_t delay_ms) const {
    Retry retry;
    retry.set_feed(kChair);
    retry.set_session_id(session_);
    retry.set_lane(kLane);
    retry.set_sequence(sequence);
    retry.set_delay_ms(delay_ms);
    return retry;
  }
  Park ParkOf(std::uint64_t sequence) const {
    Park park;
    park.set_feed(kChair);
    park.set_session_id(session_);
    park.set_lane(kLane);
    park.set_sequence(sequence);
    return park;
  }
  LaneRow Lane() const { return *world_.state.Find<LaneRow>(LaneKey(kChair, kLane)); }

  World world_;
  std::string nominal_ = world_.Register(1);
  std::string case_ = world_.OpenCase(nominal_, {{kChair, v1::SEAT_KIND_CHAIR}});
  std::string session_ = world_.OpenSession(kChair);
};

TEST_F(ApplyAcknowledge, EndsAnItemOnce) {
  world_.Publish(world_.Event(nominal_));
  EXPECT_EQ(world_.Acknowledge(kChair, session_, kLane, {1}).outcome, audit::Outcome::kApplied);
  EXPECT_TRUE(world_.Released(kChair, kLane).empty());
  EXPECT_EQ(Lane().outstanding(), 0u);
  EXPECT_EQ(Lane().outstanding_bytes(), 0u);
  // A number acknowledged twice is not a fault: it changes nothing.
  EXPECT_EQ(world_.Acknowledge(kChair, session_, kLane, {1}).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(Lane().outstanding(), 0u);
}

/// The order of judgement is fixed for ever: session, post, number.
TEST_F(ApplyAcknowledge, RefusesInAFixedOrder) {
  world_.Publish(world_.Event(nominal_));
  const std::string other(16, 'x');
  EXPECT_EQ(world_.Acknowledge(kChair, other, kLane, {99}).reason,
            v1::ERROR_REASON_SESSION_SUPERSEDED);
  EXPECT_EQ(world_.Acknowledge(kChair, session_, kLane, {99}).reason,
            v1::ERROR_REASON_SEQUENCE_AHEAD);
  EXPECT_EQ(world_.Acknowledge(kChair, session_, kLane, {0}).reason,
            v1::ERROR_REASON_SEQUENCE_AHEAD);
  EXPECT_EQ(world_.Acknowledge(kChair, session_, kLane, {1}).outcome, audit::Outcome::kApplied);
}

TEST_F(ApplyAcknowledge, RefusesASupersededSession) {
  world_.Publish(world_.Event(nominal_));
  const std::string newer = world_.OpenSession(kChair);
  EXPECT_EQ(world_.Acknowledge(kChair, session_, kLane, {1}).reason,
            v1::ERROR_REASON_SESSION_SUPERSEDED);
  EXPECT_EQ(world_.Acknowledge(kChair, newer, kLane, {1}).outcome, audit::Outcome::kApplied);
}

TEST_F(ApplyAcknowledge, TakesTwoHundredAndFiftySixNumbersAndNoMore) {
  for (int i = 0; i < 3; ++i) world_.Publish(world_.Event(nominal_));
  std::vector<std::uint64_t> numbers(model::kAcknowledgeMax, 1);
  EXPECT_EQ(world_.Acknowledge(kChair, session_, kLane, numbers).outcome, audit::Outcome::kApplied);
  numbers.push_back(1);
  EXPECT_EQ(world_.Acknowledge(kChair, session_, kLane, numbers).reason,
            v1::ERROR_REASON_LIMIT_PASSED);
}

/// RETRY holds the nominal back; others go on; then the item comes again under its own number.
TEST_F(ApplyAcknowledge, HoldsANominalBackWhileItsItemIsRetried) {
  const std::string other = world_.Register(2);
  world_.OpenCase(other, {{kChair, v1::SEAT_KIND_CHAIR}});
  world_.Publish(world_.Event(nominal_));
  EXPECT_EQ(world_.Say(World::System(kChair), COMMAND_NUMBER_RETRY, RetryOf(1, 60'000)).outcome,
            audit::Outcome::kApplied);
  world_.Publish(world_.Event(nominal_));
  EXPECT_EQ(world_.Waiting(kChair, kLane), 1u) << "held back behind its retry";
  world_.Publish(world_.Event(other));
  EXPECT_EQ(world_.Released(kChair, kLane).size(), 2u) << "another person's event goes on";

  EXPECT_EQ(NextDeadlineMs(world_.state), world_.now_ms + 60'000);
  const Applied pulse = world_.PassAndPulse(60'000);
  EXPECT_EQ(pulse.feeds, std::set<std::string>{kChair});
  EXPECT_EQ(world_.Released(kChair, kLane).at(1).tries(), 2u);
  EXPECT_EQ(world_.Released(kChair, kLane).at(1).not_before_ms(), 0);
  EXPECT_EQ(world_.Released(kChair, kLane).size(), 3u) << "and what was held goes out behind it";
}

TEST_F(ApplyAcknowledge, LetsARetryWaitTenMinutesAndNoLonger) {
  world_.Publish(world_.Event(nominal_));
  const Actor chair = World::System(kChair);
  EXPECT_EQ(world_.Say(chair, COMMAND_NUMBER_RETRY, RetryOf(1, kRetryMaxMs + 1)).reason,
            v1::ERROR_REASON_LIMIT_PASSED);
  EXPECT_EQ(world_.Say(chair, COMMAND_NUMBER_RETRY, RetryOf(1, kRetryMaxMs)).outcome,
            audit::Outcome::kApplied);
}

/// Acknowledged while it is held: the hold ends with it.
TEST_F(ApplyAcknowledge, EndsAHoldWithItsItem) {
  world_.Publish(world_.Event(nominal_));
  world_.Say(World::System(kChair), COMMAND_NUMBER_RETRY, RetryOf(1, 60'000));
  world_.Publish(world_.Event(nominal_));
  world_.Acknowledge(kChair, session_, kLane, {1});
  EXPECT_EQ(world_.Waiting(kChair, kLane), 0u);
  EXPECT_TRUE(world_.Released(kChair, kLane).contains(2));
}

/// Each item under RETRY holds for itself: a shorter one never cuts a longer one short, and the end
/// of the longer leaves the shorter standing.
TEST_F(ApplyAcknowledge, HoldsANominalAsLongAsAnyOfItsRetries) {
  world_.Publish(world_.Event(nominal_));
  world_.Publish(world_.Event(nominal_));
  const Actor chair = World::System(kChair);
  world_.Say(chair, COMMAND_NUMBER_RETRY, RetryOf(1, 600'000));
  world_.Say(chair, COMMAND_NUMBER_RETRY, RetryOf(2, 60'000));
  world_.Publish(world_.Event(nominal_));
  world_.PassAndPulse(60'000);
  EXPECT_EQ(world_.Released(kChair, kLane).at(2).tries(), 2u) << "the second comes again";
  EXPECT_EQ(world_.Waiting(kChair, kLane), 1u) << "the first still holds what is behind it";

  world_.Say(chair, COMMAND_NUMBER_RETRY, RetryOf(2, 60'000));
  world_.Acknowledge(kChair, session_, kLane, {1});
  EXPECT_EQ(world_.Waiting(kChair, kLane), 1u) << "the second holds for itself";
  world_.PassAndPulse(60'000);
  EXPECT_EQ(world_.Waiting(kChair, kLane), 0u);
}

/// After ten tries an item is set aside without being asked.
TEST_F(ApplyAcknowledge, ParksWhatWasTriedTooOften) {
  world_.Publish(world_.Event(nominal_));
  for (std::uint32_t tries = 1; tries < model::kTriesMax; ++tries) {
    world_.Say(World::System(kChair), COMMAND_NUMBER_RETRY, RetryOf(1, 1));
    world_.PassAndPulse(1);
    EXPECT_TRUE(world_.Released(kChair, kLane).contains(1)) << "try " << tries + 1;
  }
  world_.Say(World::System(kChair), COMMAND_NUMBER_RETRY, RetryOf(1, 1));
  EXPECT_FALSE(world_.Released(kChair, kLane).contains(1));
  EXPECT_TRUE(world_.state.Get(LaneItem(state::Table::kParked, kChair, kLane, 1)));
}

/// PARK lets the nominal go on, and somebody must see to the item.
TEST_F(ApplyAcknowledge, ParksAndOpensAnObligation) {
  world_.Publish(world_.Event(nominal_));
  world_.Say(World::System(kChair), COMMAND_NUMBER_PARK, ParkOf(1));
  EXPECT_EQ(Lane().outstanding(), 1u) << "the obligation's own item has taken its place";
  EXPECT_FALSE(world_.Released(kChair, kLane).contains(1));
  const auto open = world_.OpenObligations();
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open.begin()->second.type(), v1::OBLIGATION_TYPE_PARKED);
  EXPECT_EQ(open.begin()->second.debtor_post(), kChair);
  EXPECT_EQ(open.begin()->second.sequence(), 1u);
}

}  // namespace
}  // namespace tearline::machine
