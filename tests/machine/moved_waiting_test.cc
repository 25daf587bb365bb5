#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/machine/feed_name.h"
#include "broker/machine/obligation.h"
#include "broker/machine/supersede.h"
#include "broker/model/limits.h"
#include "tests/machine/event_world.h"
#include "tests/machine/moving.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using testing::ElementsAre;
using testing::IsEmpty;

/// What waits for a post when its event is moved to a nominal who does not bring the post in.
class MovedWaiting : public Moving {
 protected:
  static constexpr char kPrison[] = "prison/security";
  static constexpr char kGuest[] = "education/guest";
  static constexpr v1::Urgency kRoutine = v1::URGENCY_ROUTINE;

  void Close(const std::string& feed, const std::string& session) {
    CloseSession close;
    close.set_feed(feed);
    close.set_session_id(session);
    world_.Say(World::System(PostOfFeed(feed)), COMMAND_NUMBER_CLOSE_SESSION, close);
  }
  void NameAccountable(const std::string& case_id, const std::string& post) {
    stored::v1::NameAccountable name;
    name.set_case_id(case_id);
    name.set_post(post);
    ASSERT_EQ(world_
                  .Say(World::System("probation/coordinator"), COMMAND_NUMBER_NAME_ACCOUNTABLE,
                       name)
                  .sentence,
              "");
  }
  /// Originator-controlled, with a tear-line for the panels: a chair is told that.
  std::string TellTearLine(const std::string& nominal) {
    stored::v1::Publish event = world_.Event(nominal);
    event.mutable_label()->set_originator_controlled(true);
    SealedTearLine& line = *event.add_tear_lines();
    line.mutable_text()->set_ciphertext("sealed text");
    line.mutable_marking()->set_tier(v1::TIER_OFFICIAL);
    line.mutable_audience()->set_panels(true);
    const std::string id = world_.NextEventId();
    EXPECT_EQ(world_.Publish(event).sentence, "");
    return id;
  }
  /// An event of `from_` of which a feed's post was told the tear-line, and whose whole waits.
  std::string ToldLessThanWaits(const std::string& feed) {
    const std::string session = world_.OpenSession(feed);
    const std::string event = TellTearLine(from_);
    Close(feed, session);
    EXPECT_EQ(world_
                  .Say(Why(World::System(kIntel)), COMMAND_NUMBER_AMEND_EVENT,
                       EventWorld::Controlling(event, false))
                  .sentence,
              "");
    EXPECT_EQ(world_.Waiting(feed, kUrgent), 1U);
    return event;
  }
  /// So many events that one record does not come to what is told after them.
  void TellMoreThanOneRecordJudges() {
    for (int i = 0; i < model::kReleaseRowsMax; ++i) world_.Tell(from_);
  }
  void Suspend(const std::string& agency, bool suspended) {
    SetSuspension command;
    command.set_agency(agency);
    command.set_suspended(suspended);
    world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_SUSPENSION, command);
  }
  /// All that the pulses have to do with a move is done.
  void SettleAll() {
    for (int i = 0; i < 64 && NextDeadlineMs(world_.state) <= world_.now_ms; ++i) {
      world_.PassAndPulse(0);
    }
  }
  /// The numbers of what a feed was told is taken back, in the lane.
  std::vector<std::uint64_t> TakenBack(const std::string& feed) const {
    std::vector<std::uint64_t> numbers;
    for (const auto& [number, item] : world_.Released(feed, kUrgent)) {
      if (item.kind() == ITEM_KIND_ACCESS_WITHDRAWN) numbers.push_back(item.withdrawn_sequence());
    }
    return numbers;
  }
};

/// What waits goes; what the post had been told before is taken back, and both are on record.
TEST_F(MovedWaiting, WhatHadBeenToldIsTakenBackWithItsSuccessor) {
  const std::string event = ToldLessThanWaits(kLeft);
  ASSERT_EQ(Move().sentence, "");
  ASSERT_TRUE(world_.DecisionFor(kLeft).has_value());
  EXPECT_EQ(world_.DecisionFor(kLeft)->level(), v1::LEVEL_WITHHELD);
  SettleAll();
  world_.OpenSession(kLeft);
  EXPECT_THAT(OutEvents(kLeft), IsEmpty());
  EXPECT_THAT(TakenBack(kLeft), ElementsAre(1U));
  EXPECT_EQ(world_.Waiting(kLeft, kUrgent), 0U);
  EXPECT_FALSE(world_.state.Get(ItemOfKey(kLeft, event)).has_value());
  ExpectReplays();
}

/// Moved once more before the post has heard of the first move, to somebody it has nothing to do
/// with.
TEST_F(MovedWaiting, SoItIsWhereASecondMoveOvertakesTheFirst) {
  SeatPost seat;
  seat.set_case_id(case_);
  seat.mutable_seat()->set_post(kLeft);
  seat.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
  const Applied seated =
      world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, seat);
  ASSERT_EQ(seated.sentence, "");
  const std::string third = world_.Register(3);
  const std::string session = world_.OpenSession(kLeft);
  world_.Tell(from_);
  Close(kLeft, session);
  ASSERT_EQ(Move().sentence, "");
  ASSERT_EQ(world_.Waiting(kLeft, kUrgent), 1U) << "the same, as the other's";
  world_.now_ms += 1000;
  ASSERT_EQ(Move(Booking(known_, third)).sentence, "");
  SettleAll();
  world_.OpenSession(kLeft);
  EXPECT_THAT(OutEvents(kLeft), IsEmpty());
  EXPECT_THAT(TakenBack(kLeft), ElementsAre(1U));
}

/// What was told before a seek, and waits to be told again under another number.
TEST_F(MovedWaiting, SoItIsWhereASubscriptionWentBack) {
  const std::string feed = world_.Subscribe(kGuest, WishingWorld::About({from_}));
  const std::string session = world_.OpenSession(feed);
  world_.Tell(from_);
  const std::string event = world_.Tell(from_);
  world_.Acknowledge(feed, session, kUrgent, {2});
  Retry retry;
  retry.set_feed(feed);
  retry.set_session_id(session);
  retry.set_lane(kUrgent);
  retry.set_sequence(1);
  retry.set_delay_ms(60'000);
  ASSERT_EQ(world_.Say(World::System(kGuest), COMMAND_NUMBER_RETRY, retry).sentence, "");
  ASSERT_EQ(world_.Seek(feed, v1::START_FROM_BEGINNING).sentence, "");
  ASSERT_EQ(world_.Waiting(feed, kUrgent), 2U) << "held back";
  ASSERT_EQ(Move().sentence, "");
  SettleAll();
  EXPECT_THAT(world_.Out(feed), IsEmpty());
  EXPECT_THAT(TakenBack(feed), ElementsAre(1U, 2U));
  ExpectReplays();
}

/// The subscription in which it waited is gone, and what waited there forgotten, or not yet: the
/// inbox says it, and names no number.
TEST_F(MovedWaiting, SoItIsWhereTheSubscriptionIsGone) {
  const std::string third = world_.Register(3);
  for (const bool forgotten : {false, true}) {
    world_.now_ms += 1000;
    const std::string feed = world_.Subscribe(kGuest, WishingWorld::About({from_, known_}));
    const std::string session = world_.OpenSession(feed);
    world_.Tell(from_);
    Close(feed, session);
    ASSERT_EQ(Move().sentence, "");
    ASSERT_EQ(world_.Waiting(feed, kUrgent), 1U);
    world_.Delete(feed);
    if (forgotten) SettleAll();
    world_.now_ms += 1000;
    ASSERT_EQ(Move(Booking(known_, third)).sentence, "");
    SettleAll();
    const std::string inbox = world_.OpenSession(kGuest);
    EXPECT_THAT(TakenBack(kGuest), ElementsAre(0U)) << forgotten;
    Close(kGuest, inbox);
    world_.Acknowledge(kGuest, world_.OpenSession(kGuest), kUrgent,
                       {world_.Released(kGuest, kUrgent).begin()->first});
  }
}

/// What was never told leaves without a word, and nobody must read it any more.
TEST_F(MovedWaiting, WhatWasNeverToldIsNotSpokenOf) {
  NameAccountable(from_case_, kPrison);
  const std::string event = world_.Tell(from_);
  ASSERT_TRUE(MustStillRead(kPrison, event, world_.state));
  ASSERT_EQ(Move().sentence, "");
  SettleAll();
  EXPECT_FALSE(MustStillRead(kPrison, event, world_.state));
  world_.OpenSession(kPrison);
  EXPECT_TRUE(world_.Released(kPrison, kUrgent).empty());
}

/// A notice goes out before the pulses have come to the event that it speaks of: whether that is
/// still for the post is asked before it is judged.
TEST_F(MovedWaiting, IsNotLetGoForANoticeThatSpeaksOfIt) {
  TellMoreThanOneRecordJudges();
  NameAccountable(from_case_, kPrison);
  const std::string event = world_.Tell(from_, kRoutine);
  ASSERT_EQ(Move().sentence, "");
  ASSERT_EQ(world_.Waiting(kPrison, kRoutine), 1U) << "not judged yet";
  world_.OpenSession(kPrison);
  EXPECT_THAT(world_.Out(kPrison, kRoutine), IsEmpty());
  SettleAll();
  EXPECT_THAT(world_.Out(kPrison, kRoutine), IsEmpty());
  EXPECT_FALSE(MustStillRead(kPrison, event, world_.state));
  ExpectReplays();
}

/// Nor for a post that is back in reach, before the pulses have come to it.
TEST_F(MovedWaiting, IsNotLetGoToAPostThatIsBack) {
  TellMoreThanOneRecordJudges();
  NameAccountable(from_case_, kPrison);
  const std::string event = world_.Tell(from_);
  Suspend("prison", true);
  world_.PassAndPulse(0);
  Suspend("prison", false);
  world_.now_ms += 1;
  ASSERT_EQ(Move().sentence, "");
  ASSERT_EQ(world_.Waiting(kPrison, kUrgent), 2U) << "not judged yet, nor its notice";
  SettleAll();
  world_.OpenSession(kPrison);
  EXPECT_THAT(world_.Out(kPrison), IsEmpty());
  EXPECT_FALSE(MustStillRead(kPrison, event, world_.state));
  ExpectReplays();
}

/// What waits in a subscription and is owed to the post as the other's comes into the inbox, with
/// what follows.
TEST_F(MovedWaiting, IsOwedInTheInboxIfTheOtherBringsThePostIn) {
  const std::string feed = world_.Subscribe(kGuest, WishingWorld::About({from_, known_}));
  NameAccountable(case_, kGuest);
  const std::string event = world_.Tell(from_);
  ASSERT_EQ(world_.Waiting(feed, kUrgent), 1U);
  ASSERT_EQ(Move().sentence, "");
  SettleAll();
  EXPECT_EQ(world_.Waiting(feed, kUrgent), 0U);
  world_.OpenSession(kGuest);
  EXPECT_THAT(OutEvents(kGuest), ElementsAre(event));
  EXPECT_TRUE(world_.Released(kGuest, kUrgent).begin()->second.late());
}

/// Records of before mean what they meant.
TEST_F(MovedWaiting, WentSilentlyBefore) {
  ToldLessThanWaits(kLeft);
  world_.behaviour_version = kMovedWaitingFrom - 1;
  ASSERT_EQ(Move().sentence, "");
  EXPECT_FALSE(world_.DecisionFor(kLeft).has_value());
  SettleAll();
  world_.OpenSession(kLeft);
  EXPECT_TRUE(world_.Released(kLeft, kUrgent).empty());
  ExpectReplays();
}

}  // namespace
}  // namespace tearline::machine
