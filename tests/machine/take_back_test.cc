#include "broker/machine/take_back.h"

#include <gtest/gtest.h>

#include "broker/machine/rows.h"
#include "tests/machine/event_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using state::Table;

class TakeBack : public testing::Test {
 protected:
  static constexpr const char* kChair = EventWorld::kChair;
  static constexpr v1::Urgency kLane = EventWorld::kLane;

  /// Takes number 1 back by withdrawing the event: the notice takes the next place in the lane.
  void TakeBackOne() { world_.Withdraw(event_, v1::WITHDRAWAL_REASON_SENT_IN_ERROR); }
  bool Lies(Table table) const {
    return world_.state.Get(LaneItem(table, kChair, kLane, 1)).has_value();
  }
  void ExpectGoneEverywhere() const {
    EXPECT_FALSE(Lies(Table::kReleased));
    EXPECT_FALSE(Lies(Table::kAcknowledged));
    EXPECT_FALSE(Lies(Table::kParked));
    const LaneRow lane = *world_.state.Find<LaneRow>(LaneKey(kChair, kLane));
    const auto released = world_.Released(kChair, kLane);
    EXPECT_EQ(lane.outstanding(), released.size()) << "the window counts what is out";
    std::uint64_t bytes = 0;
    for (const auto& [sequence, item] : released) bytes += item.bytes();
    EXPECT_EQ(lane.outstanding_bytes(), bytes);
  }

  EventWorld world_;
  std::string session_ = world_.OpenSession(kChair);
  std::string event_ = world_.PublishOne();
};

TEST_F(TakeBack, TakesItOutOfTheWindow) {
  ASSERT_TRUE(Lies(Table::kReleased));
  TakeBackOne();
  ExpectGoneEverywhere();
}

TEST_F(TakeBack, TakesItFromAmongTheAcknowledged) {
  world_.Acknowledge(kChair, session_, kLane, {1});
  ASSERT_TRUE(Lies(Table::kAcknowledged));
  TakeBackOne();
  ExpectGoneEverywhere();
}

/// What was set aside need not be seen to any more.
TEST_F(TakeBack, TakesItFromWhereItWasSetAside) {
  Park park;
  park.set_feed(kChair);
  park.set_session_id(session_);
  park.set_lane(kLane);
  park.set_sequence(1);
  world_.Say(World::System(kChair), COMMAND_NUMBER_PARK, park);
  ASSERT_TRUE(Lies(Table::kParked));
  ASSERT_EQ(world_.Open(v1::OBLIGATION_TYPE_PARKED).size(), 1u);
  TakeBackOne();
  ExpectGoneEverywhere();
  EXPECT_TRUE(world_.Open(v1::OBLIGATION_TYPE_PARKED).empty());
}

/// Held back by RETRY: the hold and its deadline end with it.
TEST_F(TakeBack, EndsWhatHeldTheNominalBack) {
  Retry retry;
  retry.set_feed(kChair);
  retry.set_session_id(session_);
  retry.set_lane(kLane);
  retry.set_sequence(1);
  retry.set_delay_ms(60'000);
  world_.Say(World::System(kChair), COMMAND_NUMBER_RETRY, retry);
  ASSERT_FALSE(world_.state.Scan(state::Key(Table::kHold), 1).empty());
  TakeBackOne();
  ExpectGoneEverywhere();
  EXPECT_TRUE(world_.state.Scan(state::Key(Table::kHold), 1).empty());
  EXPECT_EQ(world_.PassAndPulse(60'000).outcome, audit::Outcome::kApplied);
}

}  // namespace
}  // namespace tearline::machine
