#include "broker/machine/look_again.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr char kChair[] = "probation/chair";
constexpr v1::Urgency kLane = v1::URGENCY_URGENT;

/// The world's policy, but chairs get a tear-line at most.
constexpr char kTearLineForChairs[] = R"(
id: "lower" version: 2 purpose: "For tests."
rules { id: "G7" kind: RULE_KIND_GRANT level: LEVEL_TEAR_LINE reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { seat: SEAT_KIND_CHAIR } } }
)";

class LookAgain : public testing::Test {
 protected:
  void PublishOne() {
    stored::v1::Publish event = world_.Event(nominal_);
    SealedTearLine& tear_line = *event.add_tear_lines();
    tear_line.mutable_text()->set_ciphertext("sealed text");
    tear_line.mutable_marking()->set_tier(v1::TIER_OFFICIAL);
    tear_line.mutable_audience()->set_panels(true);
    world_.Publish(event);
  }
  void LowerThePolicy() { world_.PutInForce(kTearLineForChairs); }
  void LeaveTheSeat() {
    SeatPost leave;
    leave.set_case_id(case_);
    leave.mutable_seat()->set_post(kChair);
    leave.set_leave(true);
    world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, leave);
  }
  Applied RetryAfter(const std::string& session, std::uint64_t sequence, std::uint32_t delay_ms) {
    Retry retry;
    retry.set_feed(kChair);
    retry.set_session_id(session);
    retry.set_lane(kLane);
    retry.set_sequence(sequence);
    retry.set_delay_ms(delay_ms);
    return world_.Say(World::System(kChair), COMMAND_NUMBER_RETRY, retry);
  }
  Applied ReleaseAgain() {
    ReleaseRows release;
    release.set_feed(kChair);
    return world_.Say(World::Broker(), COMMAND_NUMBER_RELEASE, release);
  }
  /// The releases the newest leaf tells of.
  std::vector<ReleasedDetail> Releases() const {
    std::vector<ReleasedDetail> releases;
    for (const Detail& detail : world_.Details()) {
      if (detail.has_released()) releases.push_back(detail.released());
    }
    return releases;
  }
  LaneRow Lane() const { return *world_.state.Find<LaneRow>(LaneKey(kChair, kLane)); }
  bool HasEvent(std::uint64_t sequence) const {
    const auto released = world_.Released(kChair, kLane);
    const auto found = released.find(sequence);
    return found != released.end() && found->second.kind() == ITEM_KIND_EVENT;
  }

  World world_;
  std::string nominal_ = world_.Register(1);
  std::string case_ = world_.OpenCase(nominal_, {{kChair, v1::SEAT_KIND_CHAIR}});
};

/// What was sent and not acknowledged goes out again as it may be told now, and the log says so.
TEST_F(LookAgain, LowersOnReconnectWhatMayBeToldLessOfNow) {
  world_.OpenSession(kChair);
  PublishOne();
  ASSERT_EQ(world_.Released(kChair, kLane).at(1).level(), v1::LEVEL_FULL);
  LowerThePolicy();
  world_.OpenSession(kChair);

  const ItemRow item = world_.Released(kChair, kLane).at(1);
  EXPECT_EQ(item.level(), v1::LEVEL_TEAR_LINE);
  EXPECT_EQ(item.segments_size(), 0);
  EXPECT_EQ(item.tries(), 1u) << "how often it was tried is not forgotten";
  EXPECT_EQ(Lane().outstanding(), 1u);
  EXPECT_EQ(Lane().outstanding_bytes(), item.bytes());
  ASSERT_EQ(Releases().size(), 1u);
  EXPECT_EQ(Releases()[0].sequence(), 1u);
  EXPECT_EQ(Releases()[0].level(), v1::LEVEL_TEAR_LINE);
}

TEST_F(LookAgain, LeavesAloneOnReconnectWhatMayStillBeTold) {
  world_.OpenSession(kChair);
  PublishOne();
  world_.OpenSession(kChair);
  EXPECT_EQ(world_.Released(kChair, kLane).at(1).level(), v1::LEVEL_FULL);
  EXPECT_FALSE(world_.DecisionFor(kChair).has_value()) << "nothing changed";

  world_.OpenCase(world_.Register(2), {{kChair, v1::SEAT_KIND_MEMBER}});
  world_.OpenSession(kChair);
  EXPECT_FALSE(world_.DecisionFor(kChair).has_value()) << "another person's case is no change";
  EXPECT_TRUE(Releases().empty());
}

/// Lost access: the event goes no more, the post is told which one, under the next number.
TEST_F(LookAgain, WithdrawsOnReconnectWhatMayNotBeToldAnyMore) {
  world_.OpenSession(kChair);
  PublishOne();
  const std::string event_id = world_.Released(kChair, kLane).at(1).event_id();
  LeaveTheSeat();
  world_.OpenSession(kChair);

  const auto released = world_.Released(kChair, kLane);
  ASSERT_EQ(released.size(), 1u);
  const auto& [sequence, notice] = *released.begin();
  EXPECT_EQ(sequence, 2u);
  EXPECT_EQ(notice.kind(), ITEM_KIND_ACCESS_WITHDRAWN);
  EXPECT_EQ(notice.event_id(), event_id);
  EXPECT_EQ(notice.withdrawn_sequence(), 1u);
  EXPECT_EQ(notice.level(), v1::LEVEL_UNSPECIFIED);
  EXPECT_EQ(Lane().outstanding(), 1u);
  EXPECT_EQ(Lane().outstanding_bytes(), notice.bytes());
  EXPECT_EQ(world_.DecisionFor(kChair)->level(), v1::LEVEL_WITHHELD);
  ASSERT_EQ(Releases().size(), 1u);
  EXPECT_EQ(Releases()[0].event_id(), "") << "no release of the event itself";
  EXPECT_EQ(Releases()[0].withdrawn_event_id(), event_id);
}

/// A notice of withdrawal is told like any item: acknowledged, and then it is over.
TEST_F(LookAgain, LetsAWithdrawalBeAcknowledgedButNotRead) {
  world_.OpenSession(kChair);
  PublishOne();
  LeaveTheSeat();
  const std::string session = world_.OpenSession(kChair);
  ReadItem read;
  read.set_feed(kChair);
  read.set_lane(kLane);
  read.set_sequence(2);
  EXPECT_EQ(world_.Say(World::Holder(kChair), COMMAND_NUMBER_READ, read).reason,
            v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(world_.Acknowledge(kChair, session, kLane, {1, 2}).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(Lane().outstanding(), 0u);
  EXPECT_EQ(Lane().outstanding_bytes(), 0u);
  EXPECT_FALSE(world_.state.Get(LaneItem(state::Table::kAcknowledged, kChair, kLane, 2)));
}

TEST_F(LookAgain, JudgesARetriedItemAgainBeforeItGoesOut) {
  const std::string session = world_.OpenSession(kChair);
  PublishOne();
  RetryAfter(session, 1, 60'000);
  LowerThePolicy();
  world_.PassAndPulse(60'000);
  const ItemRow item = world_.Released(kChair, kLane).at(1);
  EXPECT_EQ(item.level(), v1::LEVEL_TEAR_LINE);
  EXPECT_EQ(item.tries(), 2u);
  EXPECT_EQ(item.not_before_ms(), 0);
  ASSERT_EQ(Releases().size(), 1u);
  EXPECT_EQ(Releases()[0].level(), v1::LEVEL_TEAR_LINE);
}

TEST_F(LookAgain, WithdrawsARetriedItemWhoseAccessIsLost) {
  const std::string session = world_.OpenSession(kChair);
  PublishOne();
  RetryAfter(session, 1, 60'000);
  LeaveTheSeat();
  world_.PassAndPulse(60'000);
  EXPECT_FALSE(HasEvent(1));
  EXPECT_EQ(world_.Released(kChair, kLane).at(2).withdrawn_sequence(), 1u);
}

/// Withdrawn while its retry was still held back: hold and deadline end with it.
TEST_F(LookAgain, EndsTheHoldOfWhatItWithdraws) {
  const std::string session = world_.OpenSession(kChair);
  PublishOne();
  RetryAfter(session, 1, 60'000);
  LeaveTheSeat();
  world_.OpenSession(kChair);
  EXPECT_FALSE(HasEvent(1));
  EXPECT_EQ(world_.PassAndPulse(60'000).outcome, audit::Outcome::kApplied);
  EXPECT_TRUE(world_.state.Scan(state::Key(state::Table::kHold), 1).empty());
}

/// More than one record may judge: none is left at its old level once the writer has followed up.
TEST_F(LookAgain, GoesOnInFurtherRecordsUntilAllIsJudged) {
  stored::v1::OpenSession open;
  open.set_feed(kChair);
  open.set_window_messages(1000);
  open.set_window_bytes(model::kWindowBytesMax);
  world_.Say(World::System(kChair), COMMAND_NUMBER_OPEN_SESSION, open);
  constexpr std::uint64_t kEvents = model::kReleaseRowsMax + 50;
  for (std::uint64_t i = 0; i < kEvents; ++i) PublishOne();
  LowerThePolicy();
  const auto at_full = [this] {
    const auto released = world_.Released(kChair, kLane);
    return std::count_if(released.begin(), released.end(),
                         [](const auto& each) { return each.second.level() == v1::LEVEL_FULL; });
  };
  const Applied opened = world_.Say(World::System(kChair), COMMAND_NUMBER_OPEN_SESSION, open);
  EXPECT_EQ(at_full(), 50);
  EXPECT_EQ(opened.unfinished, std::set<std::string>{kChair});
  EXPECT_EQ(opened.feeds, std::set<std::string>{kChair});
  EXPECT_NE(Lane().look_again_from(), 0u);
  const Applied rest = ReleaseAgain();
  EXPECT_EQ(at_full(), 0);
  EXPECT_TRUE(rest.unfinished.empty());
  EXPECT_EQ(Lane().look_again_from(), 0u);
}

/// Whoever is about to send and finds the world changed asks for all to be looked at again.
TEST_F(LookAgain, IsDoneWhenAskedForWithinASession) {
  world_.OpenSession(kChair);
  PublishOne();
  LowerThePolicy();
  ReleaseAgain();
  EXPECT_EQ(world_.Released(kChair, kLane).at(1).level(), v1::LEVEL_FULL) << "was not asked for";
  ReleaseRows release;
  release.set_feed(kChair);
  release.set_look_again(true);
  world_.Say(World::Broker(), COMMAND_NUMBER_RELEASE, release);
  EXPECT_EQ(world_.Released(kChair, kLane).at(1).level(), v1::LEVEL_TEAR_LINE);
}

/// What a person has read need not be read again because it was judged again.
TEST(LookAgainAtWhatWasRead, OwesNoSecondReading) {
  constexpr char kAccountable[] = "ct-police/accountable";
  World world;
  const std::string nominal = world.Register(1);
  const std::string case_id = world.OpenCase(nominal, {}, kAccountable);
  world.OpenSession(kAccountable);
  world.Publish(world.Event(nominal), "prison/security");
  ReadItem read;
  read.set_feed(kAccountable);
  read.set_lane(kLane);
  read.set_sequence(1);
  world.Say(World::Holder(kAccountable), COMMAND_NUMBER_READ, read);
  ASSERT_TRUE(world.OpenObligations().empty());
  SeatPost seat;  // a change of the case, of no matter to the officer
  seat.set_case_id(case_id);
  seat.mutable_seat()->set_post("education/guest");
  seat.mutable_seat()->set_kind(v1::SEAT_KIND_GUEST);
  world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, seat);
  world.OpenSession(kAccountable);
  ASSERT_TRUE(world.DecisionFor(kAccountable).has_value());
  EXPECT_TRUE(world.DecisionFor(kAccountable)->again());
  EXPECT_TRUE(world.OpenObligations().empty());
}

}  // namespace
}  // namespace tearline::machine
