#include "broker/machine/raise.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/machine/feed_name.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/raising.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

class RaiseTest : public Raising {};

/// What was withheld under the policy before reaches whoever the new one tells of it: once, late,
/// in the order of the ledger.
TEST_F(RaiseTest, ANewPolicyBringsWhatTheOldOneWithheld) {
  const std::vector<std::string> events = Tell(3);
  world_.OpenSession(kPanel);
  ASSERT_TRUE(world_.Out(kPanel).empty());
  Approve(Policy("all", Grant("G1", "FULL", "recipient { on_panel: true }")));
  EXPECT_TRUE(world_.Out(kPanel).empty()) << "the record itself is judged by the old one";
  EXPECT_EQ(PulseUntilThrough(), 1);
  EXPECT_EQ(world_.Out(kPanel), events);
  for (const auto& [number, item] : world_.Released(kPanel, kUrgent)) {
    EXPECT_TRUE(item.late());
    EXPECT_EQ(item.level(), v1::LEVEL_FULL);
  }
  EXPECT_EQ(world_.Waiting(kChair, kUrgent), 3u) << "whoever had all gets nothing anew";
  ExpectReplays();
}

TEST_F(RaiseTest, InEveryLane) {
  for (const v1::Urgency lane : {v1::URGENCY_IMMEDIATE, kUrgent, v1::URGENCY_ROUTINE}) {
    Tell(2, lane);
  }
  Approve(Policy("all", Grant("G1", "FULL", "recipient { on_panel: true }")));
  PulseUntilThrough();
  for (const v1::Urgency lane : {v1::URGENCY_IMMEDIATE, kUrgent, v1::URGENCY_ROUTINE}) {
    EXPECT_EQ(world_.Waiting(kPanel, lane), 2u) << lane;
  }
}

/// What was received at less is superseded by more, and a person's reading of the less is none of
/// the more.
TEST_F(RaiseTest, SupersedesWhatWasToldLess) {
  Approve(Policy("pointers", Grant("G1", "FULL", kChairSeat) + Grant("G2", "POINTER", kMemberSeat)));
  const std::vector<std::string> events = {TellPointed(), TellPointed()};
  const std::string session = world_.OpenSession(kPanel);
  ASSERT_EQ(world_.Take(kPanel, session), events);
  TellPointed();  // is out, and not settled
  ASSERT_EQ(world_.Out(kPanel).size(), 1u);

  Approve(Policy("all", Grant("G1", "FULL", "recipient { on_panel: true }")));
  PulseUntilThrough();
  const auto released = world_.Released(kPanel, kUrgent);
  ASSERT_EQ(released.size(), 3u);
  for (const auto& [number, item] : released) {
    EXPECT_TRUE(item.superseding());
    EXPECT_TRUE(item.late());
    EXPECT_EQ(item.level(), v1::LEVEL_FULL);
  }
  ExpectReplays();
}

/// A lower policy takes nothing back that was received, and brings nothing.
TEST_F(RaiseTest, BringsNothingWhereLessIsTold) {
  Approve(Policy("all", Grant("G1", "FULL", "recipient { on_panel: true }")));
  TellPointed();
  TellPointed();
  const std::string session = world_.OpenSession(kPanel);
  world_.Take(kPanel, session);
  Approve(Policy("pointers", Grant("G1", "FULL", kChairSeat) + Grant("G2", "POINTER", kMemberSeat)));
  PulseUntilThrough();
  EXPECT_EQ(world_.Judged(), 0);
  EXPECT_TRUE(world_.Out(kPanel).empty());
}

/// Whatever is owed under the new policy and not met opens its obligation; what is owed no more
/// ends it.
TEST_F(RaiseTest, OpensWhatComesToBeOwedAndEndsWhatIsNot) {
  Tell(2);
  const std::string owed =
      Policy("owed", Grant("G1", "FULL", kChairSeat) + Duty("D1", "FULL", kMemberSeat) +
                         "rules { id: 'A1' kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD "
                         "reason: RULE_REASON_ACCESS_LIMITED when { " +
                         kMemberSeat + " } }\n");
  Approve(owed);
  PulseUntilThrough();
  const auto open = world_.OpenObligations();
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open.begin()->second.count(), 2u);
  Approve(Policy("chairs-again", Grant("G1", "FULL", kChairSeat)));
  PulseUntilThrough();
  EXPECT_TRUE(world_.OpenObligations().empty());
  ExpectReplays();
}

/// As many as a record may judge, and the rest by the next pulses, across a crash.
TEST_F(RaiseTest, IsCarriedOnByPulsesAcrossACrash) {
  const int count = model::kReleaseRowsMax + 10;
  Tell(count);
  Approve(Policy("all", Grant("G1", "FULL", "recipient { on_panel: true }")));
  world_.PassAndPulse(0);
  EXPECT_EQ(world_.Waiting(kPanel, kUrgent), static_cast<std::size_t>(model::kReleaseRowsMax));
  world_.Crash();
  EXPECT_EQ(PulseUntilThrough(), 1);
  EXPECT_EQ(world_.Waiting(kPanel, kUrgent), static_cast<std::size_t>(count));
  EXPECT_FALSE(IsDue());
}

/// The next policy is what the rest is judged by, and all that went before once more.
TEST_F(RaiseTest, BeginsAnewWithTheNextPolicy) {
  Tell(model::kReleaseRowsMax + 10);
  Approve(Policy("all", Grant("G1", "FULL", "recipient { on_panel: true }")));
  world_.PassAndPulse(0);
  Approve(kChairsAlone + "\n# again\n");
  PulseUntilThrough();
  EXPECT_EQ(world_.Waiting(kPanel, kUrgent), static_cast<std::size_t>(model::kReleaseRowsMax))
      << "what waits is judged as it goes out";
  world_.OpenSession(kPanel);
  world_.GoOn();
  EXPECT_TRUE(world_.Out(kPanel).empty());
}

/// A subscription gets what was recorded since it was made, and no more.
TEST_F(RaiseTest, BringsASubscriptionWhatItWishedFor) {
  Tell(1);
  const std::string feed = world_.Subscribe("education/guest", WishingWorld::About({nominal_}));
  const std::vector<std::string> since = Tell(2);
  Approve(Policy("schools", Grant("G1", "FULL", kChairSeat) + Grant("G3", "FULL", kEducation)));
  PulseUntilThrough();
  world_.OpenSession(feed);
  world_.GoOn();
  EXPECT_EQ(world_.Out(feed), since);
  ExpectReplays();
}

/// A post that is given the clearance it lacked is told what it was not.
TEST_F(RaiseTest, ReachesAPostThatIsClearedForMore) {
  Approve(Policy("cleared", Grant("G1", "FULL", kChairSeat) +
                                Grant("G2", "FULL",
                                      "recipient { seat: SEAT_KIND_MEMBER cleared: true }")));
  auto post = world_.state.Find<PostRow>(PostKey(kPanel))->post();
  const auto clearance = post.clearance();
  post.mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
  post.mutable_clearance()->clear_sensitive();
  SetPost set;
  *set.mutable_post() = post;
  world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set);
  const std::vector<std::string> events = Tell(2);
  PulseUntilThrough();
  ASSERT_EQ(world_.Waiting(kPanel, kUrgent), 0u);
  *set.mutable_post()->mutable_clearance() = clearance;
  world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set);
  PulseUntilThrough();
  world_.OpenSession(kPanel);
  EXPECT_EQ(world_.Out(kPanel), events);
}

/// Law 10. An approval of before there were raises means what it meant.
TEST_F(RaiseTest, IsNotBegunByWhatWasRecordedBefore) {
  version_ = kRaisesReachFrom - 1;
  Tell(2);
  Approve(Policy("all", Grant("G1", "FULL", "recipient { on_panel: true }")));
  EXPECT_FALSE(IsDue());
}

/// One record weighs no more than it has room for, also of one event that many wish for.
TEST_F(RaiseTest, GoesOnWithinOneEvent) {
  constexpr int kWishers = 60;
  constexpr int kEvents = 5;
  std::vector<std::string> feeds;
  for (int i = 0; i < kWishers; ++i) {
    SetPost set;
    *set.mutable_post() = world_.state.Find<PostRow>(PostKey("education/guest"))->post();
    set.mutable_post()->set_post("education/w" + std::to_string(100 + i));
    world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set);
    Actor wisher = World::System("education/guest");
    wisher.set_post(set.post().post());
    CreateSubscription wish;
    *wish.mutable_selector() = WishingWorld::About({nominal_});
    wish.set_from(v1::START_FROM_NOW);
    const Applied made = world_.Say(wisher, COMMAND_NUMBER_CREATE_SUBSCRIPTION, wish);
    ASSERT_EQ(made.sentence, "");
    feeds.push_back(SubscriptionFeed(wisher.post(),
                                     model::SubscriptionId::Parse(made.made_id)->Bytes()));
  }
  Tell(kEvents);
  Approve(Policy("schools", Grant("G1", "FULL", kChairSeat) + Grant("G3", "FULL", kEducation)));
  world_.PassAndPulse(0);
  EXPECT_EQ(world_.Judged(), model::kReleaseRowsMax);
  world_.Crash();
  world_.PassAndPulse(0);
  EXPECT_EQ(world_.Judged(), kWishers * kEvents - model::kReleaseRowsMax);
  EXPECT_FALSE(IsDue());
  for (const std::string& feed : feeds) EXPECT_EQ(world_.Waiting(feed, kUrgent), 5u) << feed;
  ExpectReplays();
}

/// Law 10. Records of before weighed an event for all.
TEST_F(RaiseTest, WeighedAnEventForAllBefore) {
  version_ = kRaisesBoundedFrom - 1;
  Tell(1);
  Approve(Policy("all", Grant("G1", "FULL", "recipient { on_panel: true }")));
  PulseUntilThrough();
  EXPECT_EQ(world_.Waiting(kPanel, kUrgent), 1u);
  ExpectReplays();
}

}  // namespace
}  // namespace tearline::machine
