#include "broker/machine/taken_up.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "broker/machine/hand_over.h"
#include "broker/machine/passed_on.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/taken_up_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using testing::ElementsAre;
using testing::IsEmpty;

/// What waited when it died, and what came meanwhile: late, with the times that it had, and once.
TEST_F(TakenUp, WhatNobodyReadGoesToTheNewPostLateAndOnce) {
  const std::string first = Tell();
  const std::int64_t accepted_ms = world_.now_ms;
  Retire(Known(kChecks));
  world_.now_ms += RequestWorld::kHourMs;
  Tell();
  ASSERT_EQ(MustRead(), (std::map<std::string, int>{{kChecks, 2}}));
  Set(New());
  EXPECT_THAT(Inbox(kNew), ElementsAre("full late", "full late"));
  EXPECT_EQ(world_.state.Find<EventRow>(EventKey(first))->accepted_ms(), accepted_ms);
  EXPECT_EQ(MustRead(), (std::map<std::string, int>{{kChecks, 2}, {kNew, 2}}))
      << "owed by both until somebody reads it";
  EXPECT_EQ(Said("work-taken-up", kChecks), 1);
  EXPECT_EQ(Said("unread-handed-on", kChecks), 1);
  Set(New());
  v1::Post vacant = New();
  Retire(vacant);
  Set(New());
  EXPECT_THAT(Inbox(kNew), ElementsAre("full late", "full late")) << "nothing twice";
}

/// Whoever reads it at the one reads it for the other.
TEST_F(TakenUp, WhatIsReadThereIsReadForBoth) {
  Tell();
  Retire(Known(kChecks));
  Set(New());
  ASSERT_THAT(Inbox(kNew), ElementsAre("full late"));
  ASSERT_EQ(Read(kNew, 1).sentence, "");
  EXPECT_THAT(MustRead(), IsEmpty());
  Set(checks_);
  EXPECT_THAT(MustRead(), IsEmpty()) << "nor when it is back";
}

/// What comes from then on comes to whoever does the work, in time, as the dead one is judged.
TEST_F(TakenUp, WhatComesFromThenOnComesToItAtOnce) {
  Retire(Known(kChecks));
  Tell();
  EXPECT_FALSE(world_.DecisionFor(kNew).has_value());
  Set(New());
  Tell();
  ASSERT_TRUE(world_.DecisionFor(kNew).has_value());
  EXPECT_EQ(world_.DecisionFor(kNew)->level(), v1::LEVEL_FULL);
  EXPECT_EQ(world_.DecisionFor(kNew)->duty(), v1::LEVEL_FULL) << "it is answerable now";
  EXPECT_THAT(Inbox(kNew), ElementsAre("full late", "full"));
}

/// P6, P10. It is what it is: its own limits hold, and its own clearance. What is owed then is owed.
TEST_F(TakenUp, ItIsJudgedAnewAndNotAsWhatTheOtherMightSee) {
  v1::Post vacant = New();
  vacant.clear_capabilities();
  Set(vacant);
  world_.KeepOut(world_.nominal, {kNew});
  Tell();
  Retire(Known(kChecks));
  Set(New());
  EXPECT_THAT(Inbox(kNew), IsEmpty());
  EXPECT_EQ(MustRead(), (std::map<std::string, int>{{kChecks, 1}})) << "it goes on being chased";
  EXPECT_EQ(OriginatorHeard(), 0);
}

/// P10. Whoever told something of the person hears that another post is told of them.
TEST_F(TakenUp, OriginatorsHearOfIt) {
  Tell();
  Retire(Known(kChecks));
  Set(New());
  EXPECT_EQ(OriginatorHeard(), 1);
}

/// Back, the post has its inbox as it was, once; whoever did its work is what it was before.
TEST_F(TakenUp, TheOldPostComesBackAndNothingIsToldTwice) {
  Tell();
  Retire(Known(kChecks));
  Set(New());
  ASSERT_THAT(Inbox(kNew), ElementsAre("full late"));
  world_.Acknowledge(kNew, session_, kLane, {1});
  Set(checks_);
  EXPECT_EQ(Said("work-given-back", kChecks), 1);
  Tell();
  EXPECT_FALSE(world_.DecisionFor(kNew).has_value());
  EXPECT_THAT(Inbox(kChecks), ElementsAre("full", "full"));
  EXPECT_EQ(MustRead(), (std::map<std::string, int>{{kChecks, 2}})) << "each by whom it concerns";
  Retire(Known(kChecks));
  EXPECT_EQ(WhoDoesTheWorkOf(kChecks, world_.state), "") << "it was given back";
  v1::Post vacant = New();
  Retire(vacant);
  Set(New());
  EXPECT_EQ(WhoDoesTheWorkOf(kChecks, world_.state), kNew);
  EXPECT_THAT(Inbox(kNew), ElementsAre("full late")) << "the newer alone: the other it had";
}

/// What waits for whoever did the work, and was not let go, is not for it any more.
TEST_F(TakenUp, WhatWaitsForWhoDidTheWorkIsNotLetGoAfterwards) {
  const std::string event = Tell();
  Retire(Known(kChecks));
  Set(New());
  ASSERT_TRUE(Has(kNew, event));
  Set(checks_);
  EXPECT_THAT(Inbox(kNew), IsEmpty());
  EXPECT_EQ(MustRead(), (std::map<std::string, int>{{kChecks, 1}}));
}

/// Everybody who acts for it is suspended for good: the same.
TEST_F(TakenUp, ASuspendedPostsWorkIsTakenUpToo) {
  Tell();
  SetSuspension suspend;
  suspend.set_agency("police");
  suspend.set_suspended(true);
  for (const char* member : {"checks-holder", "checks-deputy", "checks-system"}) {
    suspend.set_member(member);
    world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_SUSPENSION, suspend);
  }
  Pulse();
  ASSERT_TRUE(IsDeadAddress(kChecks, world_.state));
  Set(New());
  EXPECT_THAT(Inbox(kNew), ElementsAre("full late"));
  suspend.set_suspended(false);
  world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_SUSPENSION, suspend);
  Pulse();
  Tell();
  EXPECT_FALSE(world_.DecisionFor(kNew).has_value());
  EXPECT_THAT(Inbox(kChecks), ElementsAre("full", "full"));
}

/// A post that does less, another agency's, and one that comes after another that is there: none.
TEST_F(TakenUp, OnePostThatDoesAllOfItTakesItUp) {
  Tell();
  Retire(Known(kChecks));
  v1::Post less = New();
  less.set_post("police/half");
  less.mutable_capabilities()->RemoveLast();
  Set(less);
  v1::Post south = Known(RequestWorld::kSouth);
  south.add_capabilities(v1::CAPABILITY_ENQUIRIES);
  Set(south);
  EXPECT_EQ(WhoDoesTheWorkOf(kChecks, world_.state), "");
  Set(New());
  v1::Post second = New();
  second.set_post("police/second");
  Set(second);
  EXPECT_EQ(WhoDoesTheWorkOf(kChecks, world_.state), kNew);
  EXPECT_THAT(WhoseWorkItDoes(kNew, world_.state), ElementsAre(kChecks));
  EXPECT_THAT(WhoseWorkItDoes("police/second", world_.state), IsEmpty());
  EXPECT_EQ(world_.Waiting("police/second", kLane), 0u) << "another is there";
  less = New();
  less.clear_capabilities();
  Set(less);
  EXPECT_EQ(WhoDoesTheWorkOf(kChecks, world_.state), "") << "it answers for that no more";
}

/// More than one record may judge is carried on by pulses.
TEST_F(TakenUp, PulsesCarryOnWhatOneRecordCannot) {
  std::vector<std::string> events;
  for (int i = 0; i < model::kReleaseRowsMax + 40; ++i) events.push_back(Tell());
  Retire(Known(kChecks));
  Set(New());
  for (const std::string& event : events) EXPECT_TRUE(Has(kNew, event));
  EXPECT_EQ(MustRead().at(kNew), static_cast<int>(events.size()));
}

/// What was withdrawn is nobody's to read.
TEST_F(TakenUp, WhatWasWithdrawnIsNotHandedOn) {
  const std::string event = Tell();
  Retire(Known(kChecks));
  WithdrawEvent withdraw;
  withdraw.set_event_id(event);
  withdraw.set_reason(v1::WITHDRAWAL_REASON_SENT_IN_ERROR);
  Actor actor = World::System(kHealth);
  actor.set_purpose("correction");
  ASSERT_EQ(world_.Say(actor, COMMAND_NUMBER_WITHDRAW_EVENT, withdraw).sentence, "");
  Set(New());
  EXPECT_THAT(Inbox(kNew), IsEmpty());
}

/// The person whom it supervised without a case.
TEST_F(TakenUp, WhoeverItSupervisedIsSupervised) {
  SetSupervisor supervise;
  supervise.set_nominal_id(world_.other);
  supervise.set_post(kChecks);
  Actor clerk = World::System("probation/coordinator");
  clerk.set_purpose("allocation");
  ASSERT_EQ(world_.Say(clerk, COMMAND_NUMBER_SET_SUPERVISOR, supervise).sentence, "");
  Retire(Known(kChecks));
  Set(New());
  world_.Publish(world_.Event(world_.other), kHealth);
  EXPECT_TRUE(world_.DecisionFor(kNew).has_value());
}

TEST_F(TakenUp, HoldsFromItsVersionOn) {
  world_.behaviour_version = kRequestsPassedOnFrom - 1;
  Tell();
  Retire(Known(kChecks));
  Set(New());
  EXPECT_THAT(Inbox(kNew), IsEmpty());
  EXPECT_EQ(WhoDoesTheWorkOf(kChecks, world_.state), "");
}

}  // namespace
}  // namespace tearline::machine
