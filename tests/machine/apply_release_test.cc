#include <gtest/gtest.h>

#include "broker/machine/lane.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr char kChair[] = "probation/chair";

class ApplyRelease : public testing::Test {
 protected:
  void Event(v1::Urgency lane) {
    stored::v1::Publish event = world_.Event(nominal_);
    event.set_urgency(lane);
    world_.Publish(event);
  }

  World world_;
  std::string nominal_ = world_.Register(1);
  std::string case_ = world_.OpenCase(nominal_, {{kChair, v1::SEAT_KIND_CHAIR}});
};

/// One sync from publish to disclosure: with a session open, publishing lets go.
TEST_F(ApplyRelease, HappensWithinThePublishItself) {
  world_.OpenSession(kChair);
  const Applied applied = world_.Publish(world_.Event(nominal_));
  EXPECT_EQ(applied.feeds, std::set<std::string>{kChair});
  EXPECT_EQ(world_.Released(kChair, v1::URGENCY_URGENT).size(), 1u);
}

/// P2. What is let go is in the leaf of the record that let it go.
TEST_F(ApplyRelease, IsRemembered) {
  world_.OpenSession(kChair);
  world_.Publish(world_.Event(nominal_));
  bool remembered = false;
  for (const Detail& detail : world_.Details()) {
    remembered |= detail.has_released() && detail.released().feed() == kChair &&
                  detail.released().sequence() == 1;
  }
  EXPECT_TRUE(remembered);
}

TEST_F(ApplyRelease, WaitsForASession) {
  world_.Publish(world_.Event(nominal_));
  EXPECT_EQ(world_.Waiting(kChair, v1::URGENCY_URGENT), 1u);
  EXPECT_TRUE(world_.Released(kChair, v1::URGENCY_URGENT).empty());
  world_.OpenSession(kChair);
  EXPECT_EQ(world_.Released(kChair, v1::URGENCY_URGENT).size(), 1u);
}

/// Numbers are gap-free in each lane, whatever lies between in the ledger.
TEST_F(ApplyRelease, NumbersWithoutGapsInEachLane) {
  world_.OpenSession(kChair);
  for (int i = 0; i < 5; ++i) {
    Event(v1::URGENCY_URGENT);
    Event(v1::URGENCY_ROUTINE);
    world_.Register(100 + i);
  }
  for (const v1::Urgency lane : {v1::URGENCY_URGENT, v1::URGENCY_ROUTINE}) {
    std::uint64_t expected = 1;
    for (const auto& [sequence, item] : world_.Released(kChair, lane)) {
      EXPECT_EQ(sequence, expected++);
    }
    EXPECT_EQ(expected, 6u);
  }
}

/// The window's both sides: as many as it holds, and not one more until one is acknowledged.
TEST_F(ApplyRelease, StopsAtTheWindow) {
  const std::string session = world_.OpenSession(kChair, /*window_messages=*/3);
  for (int i = 0; i < 5; ++i) world_.Publish(world_.Event(nominal_));
  EXPECT_EQ(world_.Released(kChair, v1::URGENCY_URGENT).size(), 3u);
  EXPECT_EQ(world_.Waiting(kChair, v1::URGENCY_URGENT), 2u);
  world_.Acknowledge(kChair, session, v1::URGENCY_URGENT, {2});
  EXPECT_EQ(world_.Released(kChair, v1::URGENCY_URGENT).size(), 3u);
  EXPECT_EQ(world_.Waiting(kChair, v1::URGENCY_URGENT), 1u);
}

TEST_F(ApplyRelease, StopsAtTheWindowsBytes) {
  world_.OpenSession(kChair);
  for (int i = 0; i < 20; ++i) {
    stored::v1::Publish event = world_.Event(nominal_);
    event.mutable_segments(0)->set_length(400 * 1024);
    world_.Publish(event);
  }
  EXPECT_EQ(world_.Released(kChair, v1::URGENCY_URGENT).size(), 10u) << "10 x 400 KiB in 4 MiB";
}

/// A full routine lane never holds what is immediate.
TEST_F(ApplyRelease, GivesEachLaneAWindowOfItsOwn) {
  world_.OpenSession(kChair, /*window_messages=*/1);
  Event(v1::URGENCY_ROUTINE);
  Event(v1::URGENCY_ROUTINE);
  Event(v1::URGENCY_IMMEDIATE);
  EXPECT_EQ(world_.Released(kChair, v1::URGENCY_IMMEDIATE).size(), 1u);
}

/// At most 256 rows go by one record; the writer is told to follow up.
TEST_F(ApplyRelease, GoesOnInAnotherRecordAfter256) {
  for (int i = 0; i < 300; ++i) world_.Publish(world_.Event(nominal_));
  stored::v1::OpenSession open;
  open.set_feed(kChair);
  open.set_window_messages(1000);
  open.set_window_bytes(16 * 1024 * 1024);
  const Applied opened = world_.Say(World::System(kChair), COMMAND_NUMBER_OPEN_SESSION, open);
  EXPECT_EQ(world_.Released(kChair, v1::URGENCY_URGENT).size(), 256u);
  EXPECT_EQ(opened.unfinished, std::set<std::string>{kChair});

  ReleaseRows release;
  release.set_feed(kChair);
  const Applied rest = world_.Say(World::Broker(), COMMAND_NUMBER_RELEASE, release);
  EXPECT_EQ(world_.Released(kChair, v1::URGENCY_URGENT).size(), 300u);
  EXPECT_TRUE(rest.unfinished.empty());
}

/// M5. What waited while its reader lost the seat is judged again, and stays unsaid.
TEST_F(ApplyRelease, JudgesAgainWhatWaitedThroughAChange) {
  world_.Publish(world_.Event(nominal_));
  SeatPost leave;
  leave.set_case_id(case_);
  leave.mutable_seat()->set_post(kChair);
  leave.set_leave(true);
  world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, leave);
  world_.OpenSession(kChair);
  EXPECT_TRUE(world_.Released(kChair, v1::URGENCY_URGENT).empty());
  EXPECT_EQ(world_.Waiting(kChair, v1::URGENCY_URGENT), 0u);
  const auto again = world_.DecisionFor(kChair);
  ASSERT_TRUE(again.has_value());
  EXPECT_TRUE(again->again());
  EXPECT_EQ(again->level(), v1::LEVEL_WITHHELD);
}

/// And one that was not changed is not judged twice.
TEST_F(ApplyRelease, JudgesOnceWhatDidNotChange) {
  world_.Publish(world_.Event(nominal_));
  world_.OpenSession(kChair);
  EXPECT_FALSE(world_.DecisionFor(kChair).has_value());
}

/// What has gone out leaves traces in the store, more with every item: nobody goes through them
/// again.
TEST_F(ApplyRelease, LooksForWhatWaitsBehindWhatHasGoneOut) {
  world_.OpenSession(kChair);
  for (int i = 0; i < 3; ++i) Event(v1::URGENCY_URGENT);
  const auto lane = world_.state.Find<LaneRow>(LaneKey(kChair, v1::URGENCY_URGENT));
  EXPECT_EQ(lane->waiting(), 0u);
  EXPECT_EQ(lane->next_place(), 4u);
  EXPECT_EQ(lane->held_below(), 4u);
  EXPECT_EQ(world_.Released(kChair, v1::URGENCY_URGENT).size(), 3u);
}

/// Rows that a retry holds back cost each record a bounded look, and none before a hold ends.
TEST_F(ApplyRelease, LooksAtHeldRowsOnceAndWithinABound) {
  const std::string session = world_.OpenSession(kChair);
  const std::string other = world_.Register(2);
  world_.OpenCase(other, {{kChair, v1::SEAT_KIND_CHAIR}});
  Event(v1::URGENCY_URGENT);
  Retry retry;
  retry.set_feed(kChair);
  retry.set_session_id(session);
  retry.set_lane(v1::URGENCY_URGENT);
  retry.set_sequence(1);
  retry.set_delay_ms(600'000);
  world_.Say(World::System(kChair), COMMAND_NUMBER_RETRY, retry);
  const std::string first_held = world_.Publish(world_.Event(nominal_)).made_id;
  for (int i = 1; i < model::kLookedAtRowsMax + 10; ++i) world_.Publish(world_.Event(nominal_));
  const auto lane = [this] {
    return *world_.state.Find<LaneRow>(LaneKey(kChair, v1::URGENCY_URGENT));
  };
  EXPECT_EQ(lane().held_below(), static_cast<std::uint64_t>(model::kLookedAtRowsMax) + 12);
  EXPECT_TRUE(world_.Publish(world_.Event(other)).unfinished.empty())
      << "what is known to be held is not looked at again";
  EXPECT_EQ(world_.Released(kChair, v1::URGENCY_URGENT).size(), 2u) << "another person's goes on";

  // The hold ends and another takes its place: all are looked at from the first, a bound at a
  // time, and nobody's event overtakes an earlier one of the same person.
  world_.Say(World::System(kChair), COMMAND_NUMBER_RETRY, retry);
  EXPECT_EQ(lane().held_below(), 0u);
  ReleaseRows release;
  release.set_feed(kChair);
  EXPECT_FALSE(world_.Say(World::Broker(), COMMAND_NUMBER_RELEASE, release).unfinished.empty());
  EXPECT_EQ(lane().held_below(), static_cast<std::uint64_t>(model::kLookedAtRowsMax) + 2);
  EXPECT_TRUE(world_.Say(World::Broker(), COMMAND_NUMBER_RELEASE, release).unfinished.empty());
  world_.PassAndPulse(600'000);
  const std::string next = world_.Released(kChair, v1::URGENCY_URGENT).at(3).event_id();
  EXPECT_EQ(model::EventId::FromBytes(next)->Text(), first_held);
}

TEST_F(ApplyRelease, GivesAPostAnEventOnce) {
  // Seated and supervising, by two nominals: still one item.
  const std::string other = world_.Register(2);
  world_.OpenCase(other, {{kChair, v1::SEAT_KIND_MEMBER}});
  stored::v1::Publish event = world_.Event(nominal_);
  event.add_nominals()->set_nominal_id(other);
  world_.Publish(event);
  EXPECT_EQ(world_.Waiting(kChair, v1::URGENCY_URGENT), 1u);
}

/// A notice in a faster lane never speaks of an event that would not be told any more: the event is
/// judged before the notice goes.
TEST(ApplyReleaseOfNotices, JudgesTheEventBeforeTheNoticeThatSpeaksOfIt) {
  constexpr char kOfficer[] = "ct-police/accountable";
  World world;
  const std::string nominal = world.Register(1);
  const std::string case_id = world.OpenCase(nominal, {}, kOfficer);
  stored::v1::Publish event = world.Event(nominal);
  event.set_urgency(v1::URGENCY_ROUTINE);
  world.Publish(event, "prison/security");
  ASSERT_EQ(world.Waiting(kOfficer, v1::URGENCY_URGENT), 1u) << "it must be read";
  ASSERT_EQ(world.Waiting(kOfficer, v1::URGENCY_ROUTINE), 1u);

  NameAccountable other;
  other.set_case_id(case_id);
  other.set_post("police/panel");
  world.Say(World::System("probation/coordinator"), COMMAND_NUMBER_NAME_ACCOUNTABLE, other);
  world.OpenSession(kOfficer);
  EXPECT_EQ(world.DecisionFor(kOfficer)->level(), v1::LEVEL_WITHHELD);
  EXPECT_TRUE(world.Released(kOfficer, v1::URGENCY_URGENT).empty()) << "not even that it exists";
  EXPECT_TRUE(world.Released(kOfficer, v1::URGENCY_ROUTINE).empty());
  EXPECT_EQ(world.Waiting(kOfficer, v1::URGENCY_URGENT), 0u);
  EXPECT_EQ(world.Waiting(kOfficer, v1::URGENCY_ROUTINE), 0u);
}

/// And one that may still be told is judged once, and keeps its place.
TEST(ApplyReleaseOfNotices, KeepsTheEventThatMayStillBeTold) {
  constexpr char kOfficer[] = "ct-police/accountable";
  World world;
  const std::string nominal = world.Register(1);
  const std::string case_id = world.OpenCase(nominal, {}, kOfficer);
  stored::v1::Publish event = world.Event(nominal);
  event.set_urgency(v1::URGENCY_ROUTINE);
  world.Publish(event, "prison/security");
  SeatPost seat;
  seat.set_case_id(case_id);
  seat.mutable_seat()->set_post("education/guest");
  seat.mutable_seat()->set_kind(v1::SEAT_KIND_GUEST);
  world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, seat);
  world.OpenSession(kOfficer);
  EXPECT_EQ(world.Released(kOfficer, v1::URGENCY_URGENT).size(), 1u);
  EXPECT_EQ(world.Released(kOfficer, v1::URGENCY_ROUTINE).at(1).level(), v1::LEVEL_FULL);
  int judged = 0;
  for (const Detail& detail : world.Details()) judged += detail.has_decision();
  EXPECT_EQ(judged, 1);
}

/// Nothing goes into the feed of an agency or member that is suspended, not even a notice, although
/// the session's end has not been recorded: it waits, and goes out when they are back.
TEST_F(ApplyRelease, LetsNothingGoToWhomeverIsSuspended) {
  constexpr char kOriginator[] = "ct-police/intel";
  for (const char* member : {"", "intel-system"}) {
    world_.Publish(world_.Event(nominal_));
    world_.OpenSession(kOriginator);
    const std::size_t before = world_.Released(kOriginator, v1::URGENCY_ROUTINE).size();
    SetSuspension suspend;
    suspend.set_agency("ct-police");
    suspend.set_member(member);
    suspend.set_suspended(true);
    world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_SUSPENSION, suspend);
    SeatPost seat;  // of which whoever told something is told
    seat.set_case_id(case_);
    seat.mutable_seat()->set_post("education/guest");
    seat.mutable_seat()->set_kind(v1::SEAT_KIND_GUEST);
    const Applied seated =
        world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, seat);
    EXPECT_FALSE(seated.feeds.contains(kOriginator)) << "suspended `" << member << "`";
    EXPECT_EQ(world_.Released(kOriginator, v1::URGENCY_ROUTINE).size(), before);
    EXPECT_EQ(world_.Waiting(kOriginator, v1::URGENCY_ROUTINE), 1u);
    suspend.set_suspended(false);
    world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_SUSPENSION, suspend);
    world_.OpenSession(kOriginator);
    EXPECT_GT(world_.Released(kOriginator, v1::URGENCY_ROUTINE).size(), before);
    EXPECT_EQ(world_.Waiting(kOriginator, v1::URGENCY_ROUTINE), 0u);
  }
}

}  // namespace
}  // namespace tearline::machine
