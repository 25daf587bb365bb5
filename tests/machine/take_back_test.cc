#include "broker/machine/take_back.h"

#include <gtest/gtest.h>

#include "broker/machine/rows.h"
#include "tests/machine/signing_world.h"

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

/// P6. A notice carries what its originator signed only to whoever was told who that is: at full
/// and tear-line always, at pointer where the holder may be named.
TEST(TakeBackSigned, NamesTheOriginatorToNobodyWhoWasNotTold) {
  const std::string rules = R"(id: "less" version: 1 purpose: "For tests.")" + World::PanelRules();
  const std::string pointer = R"(
rules { id: "A1" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_POINTER
  reason: RULE_REASON_NEED_TO_KNOW when { recipient { seat: SEAT_KIND_CHAIR } } })";
  struct Row {
    v1::Level level;
    bool holder_may_be_named, is_signed, named;
  };
  for (const Row& row :
       {Row{v1::LEVEL_FULL, false, true, true}, Row{v1::LEVEL_FULL, false, false, false},
        Row{v1::LEVEL_POINTER, false, true, false}, Row{v1::LEVEL_POINTER, true, true, true}}) {
    SigningWorld world;
    world.Enrol('a');
    world.PutInForce(row.level == v1::LEVEL_POINTER ? rules + pointer : rules);
    world.OpenSession(EventWorld::kChair);
    Publish event = world.Event(world.nominal);
    event.mutable_label()->set_existence_may_be_told(true);
    event.mutable_label()->set_pointer_post(EventWorld::kIntel);
    event.mutable_label()->set_holder_may_be_named(row.holder_may_be_named);
    const std::string event_id = world.NextEventId();
    ASSERT_EQ(world.Publish(event).sentence, "");
    ASSERT_EQ(world.Released(EventWorld::kChair, EventWorld::kLane).at(1).level(), row.level);
    WithdrawEvent command = SigningWorld::Withdrawing(event_id);
    if (row.is_signed) command = world.SignedChange(command, 'a');
    ASSERT_EQ(world.Withdraw(command).outcome, audit::Outcome::kApplied);
    const ItemRow notice = world.Released(EventWorld::kChair, EventWorld::kLane).at(2);
    ASSERT_EQ(notice.kind(), ITEM_KIND_ACCESS_WITHDRAWN);
    EXPECT_EQ(notice.originator_may_be_named(), row.named)
        << row.level << row.holder_may_be_named << row.is_signed;
  }
}

/// Access that ends though the event stands is nobody's signed word.
TEST(TakeBackSigned, AnEventThatStandsCarriesNone) {
  SigningWorld world;
  world.Enrol('a');
  world.OpenSession(EventWorld::kMember);
  const std::string event_id = world.PublishOne();
  ASSERT_EQ(world.Inbox(EventWorld::kMember).size(), 1u);
  world.Amend(world.SignedChange(EventWorld::Controlling(event_id, true), 'a'));
  const auto released = world.Released(EventWorld::kMember, EventWorld::kLane);
  ASSERT_TRUE(released.contains(2)) << "the member hears that access has ended";
  EXPECT_EQ(released.at(2).kind(), ITEM_KIND_ACCESS_WITHDRAWN);
  EXPECT_FALSE(released.at(2).originator_may_be_named());
}

}  // namespace
}  // namespace tearline::machine
