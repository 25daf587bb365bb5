#include "broker/machine/missed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/missed_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using testing::ElementsAre;
using testing::IsEmpty;

/// What the seat has not read goes to its substitute, who is judged as the seat.
TEST_F(Missed, UnreadEventsGoToTheSeatsSubstitute) {
  world.PublishOne();
  world.PublishControlled();
  ASSERT_THAT(Inbox(kSubstitute), IsEmpty());
  Suspend("police");
  EXPECT_THAT(Inbox(kSubstitute), ElementsAre("event full"))
      << "not what its originator controls, which the seat was not told of either";
}

/// Nobody's access is widened by another's absence but the substitute's, and that no further than
/// its own agency, roles and limits let it: here the policy keeps prisons out.
TEST_F(Missed, ASubstituteIsJudgedAsWhatItIs) {
  world.PutInForce(R"(id: "kept-out" version: 1 purpose: "For tests.")" + World::PanelRules() + R"(
rules { id: "A1" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { agency_kind: AGENCY_KIND_PRISON } } })");
  world.behaviour_version = kReachFrom;
  const std::string event_id = world.PublishOne();
  Suspend("police");
  EXPECT_THAT(Inbox(kSubstitute), IsEmpty());
  bool recorded = false;
  for (model::Position at = 1; at <= world.records.size(); ++at) {
    for (const Detail& detail : world.Details(at)) {
      recorded = recorded || (detail.decision().event_id() == event_id &&
                              detail.decision().post() == kSubstitute &&
                              detail.decision().level() == v1::LEVEL_WITHHELD);
    }
  }
  EXPECT_TRUE(recorded) << "who was not told, and why, is on record";
}

/// Of the chair, to whom a tear-line is owed: an unmet duty from the suspension on.
TEST_F(Missed, OpensOneObligationForAllThatACannotBeToldSeatIsOwed) {
  for (int i = 0; i < 3; ++i) world.PublishOne();
  ASSERT_EQ(Unmet(), nullptr);
  Suspend("probation");
  const ObligationRow* unmet = Unmet();
  ASSERT_NE(unmet, nullptr);
  EXPECT_EQ(unmet->count(), 3u);
  EXPECT_THAT(unmet->owed_posts(), ElementsAre(EventWorld::kChair));
  EXPECT_EQ(unmet->debtor_post(), EventWorld::kAccountable);
  EXPECT_EQ(unmet->due_ms(), world.now_ms + 4 * kHourMs);

  world.PassAndPulse(kHourMs);
  world.PublishOne();
  unmet = Unmet();
  EXPECT_EQ(unmet->count(), 4u) << "what comes meanwhile joins it";
  EXPECT_EQ(unmet->due_ms(), world.now_ms + 3 * kHourMs) << "the earliest deadline stands";
}

/// Whoever chairs the panel hears that a seat which is owed something cannot be reached.
TEST_F(Missed, TellsWhoChairsThatAnAnswerableSeatCannotBeReached) {
  world.PublishOne();
  ASSERT_THAT(Inbox(EventWorld::kChair), ElementsAre("event full"));
  Suspend("ct-police");
  EXPECT_THAT(Inbox(EventWorld::kChair),
              ElementsAre("event full", "obligation sanitise-or-review"));
}

TEST_F(Missed, WhatIsPublishedMeanwhileGoesToTheSubstituteAtOnce) {
  Suspend("police");
  world.PublishOne();
  EXPECT_THAT(Inbox(kSubstitute), ElementsAre("event full"));
  EXPECT_THAT(world.Inbox(EventWorld::kMember), IsEmpty());
  EXPECT_EQ(MissedBy(EventWorld::kMember), 1u);
}

/// What the seat's system has received is done; unless a person must read it.
TEST_F(Missed, CountsWhatWasReceivedOnlyIfItMustBeRead) {
  for (const char* post : {EventWorld::kMember, EventWorld::kAccountable}) {
    const std::string session = world.OpenSession(post);
    world.PublishOne();
    world.Acknowledge(post, session, EventWorld::kLane, {1});
  }
  Suspend("police");
  EXPECT_EQ(MissedBy(EventWorld::kMember), 1u) << "the second, which it has not received";
  Suspend("ct-police");
  EXPECT_EQ(MissedBy(EventWorld::kAccountable), 2u);
}

/// A session that nobody closed lets nothing go, and what it had let go stays where it was.
TEST_F(Missed, NothingGoesOutAndNothingIsTakenBack) {
  world.OpenSession(EventWorld::kMember);
  world.PublishOne();
  ASSERT_EQ(world.Inbox(EventWorld::kMember).size(), 1u);
  Suspend("police");
  world.PublishOne();
  ReleaseRows again;
  again.set_feed(EventWorld::kMember);
  again.set_look_again(true);
  world.Say(World::Broker(), COMMAND_NUMBER_RELEASE, again);
  EXPECT_THAT(world.Inbox(EventWorld::kMember), ElementsAre("event full"));
}

/// Back, the seat catches up, in the order of the ledger, and nothing is owed any more.
TEST_F(Missed, IsCaughtUpWithWhenTheSeatIsBack) {
  world.PublishOne();
  Suspend("probation");
  world.PublishOne();
  ASSERT_NE(Unmet(), nullptr);
  ASSERT_EQ(MissedBy(EventWorld::kChair), 2u);
  Suspend("probation", false);
  EXPECT_EQ(Unmet(), nullptr);
  EXPECT_EQ(MissedBy(EventWorld::kChair), 0u);
  EXPECT_THAT(Inbox(EventWorld::kChair), ElementsAre("event full", "event full"));
  EXPECT_FALSE(world.Released(EventWorld::kChair, EventWorld::kLane).at(1).late());
  EXPECT_TRUE(world.Released(EventWorld::kChair, EventWorld::kLane).at(2).late());
}

/// The substitute sits for as long as the seat is out of reach, and no longer.
TEST_F(Missed, ASubstituteGetsNothingOnceTheSeatIsBack) {
  Suspend("police");
  world.PublishOne();
  Suspend("police", false);
  world.PublishOne();
  EXPECT_FALSE(world.DecisionFor(kSubstitute).has_value());
  EXPECT_THAT(Inbox(kSubstitute), IsEmpty()) << "what waited is judged as it goes out";
}

/// What was withdrawn meanwhile is caught up with by nobody.
TEST_F(Missed, LeavesOutWhatWasWithdrawn) {
  Suspend("probation");
  const std::string event_id = world.PublishOne();
  world.Withdraw(event_id, v1::WITHDRAWAL_REASON_INACCURATE);
  Suspend("probation", false);
  EXPECT_THAT(Inbox(EventWorld::kChair), IsEmpty());
  EXPECT_EQ(MissedBy(EventWorld::kChair), 0u);
}

/// An authority whose certificate has expired is as good as a suspension, by another reason.
TEST_F(Missed, GoesTheSameWayWhenTheAuthorityExpires) {
  world.PublishOne();
  AdmitAgency command;
  *command.mutable_agency() = world.state.Find<AgencyRow>(AgencyKey("probation"))->agency();
  command.mutable_agency()->mutable_authority_valid_until()->set_seconds(world.now_ms / 1000 + 60);
  const Applied asked = world.Say(World::System(kOperator), COMMAND_NUMBER_ADMIT_AGENCY, command);
  SecondHand second;
  second.set_pending_id(model::PendingId::Parse(asked.made_id)->Bytes());
  world.Say(World::System("board/operator"), COMMAND_NUMBER_SECOND_HAND, second);
  world.PassAndPulse(60'000);
  world.PassAndPulse(0);
  const ObligationRow* unmet = Unmet(v1::RULE_REASON_RECIPIENT_UNCERTIFIED);
  ASSERT_NE(unmet, nullptr);
  EXPECT_EQ(unmet->count(), 1u);
}

/// What is owed by a post out of reach climbs at once: its notices wait in its feed for it to come
/// back, and nobody waits for them.
TEST_F(Missed, WhatTheSeatOwesClimbsAtOnce) {
  Suspend("probation");
  EXPECT_EQ(ToldOfAHandOver(), "board/board");
}

TEST_F(Missed, WhatASeatInReachOwesWaitsForItsTime) {
  EXPECT_EQ(ToldOfAHandOver(), "probation/supervisor");
}

/// More than one record may look at: pulses go on, and a crash between them costs nothing.
TEST_F(Missed, GoesOnOverSeveralRecordsAndCrashes) {
  constexpr int kEvents = model::kReleaseRowsMax + 10;
  for (int i = 0; i < kEvents; ++i) world.PublishOne();
  SetSuspension command;
  command.set_agency("probation");
  command.set_suspended(true);
  world.Say(World::System(kOperator), COMMAND_NUMBER_SET_SUSPENSION, command);
  world.PassAndPulse(0);
  EXPECT_LT(MissedBy(EventWorld::kChair), static_cast<std::size_t>(kEvents));
  world.Crash();
  for (int i = 0; i < 8; ++i) world.PassAndPulse(0);
  EXPECT_EQ(MissedBy(EventWorld::kChair), static_cast<std::size_t>(kEvents));
  ASSERT_NE(Unmet(), nullptr);
  EXPECT_EQ(Unmet()->count(), static_cast<std::uint64_t>(kEvents));
  command.set_suspended(false);
  world.Say(World::System(kOperator), COMMAND_NUMBER_SET_SUSPENSION, command);
  world.PassAndPulse(0);
  world.Crash();
  for (int i = 0; i < 8; ++i) world.PassAndPulse(0);
  EXPECT_EQ(MissedBy(EventWorld::kChair), 0u);
  EXPECT_EQ(Unmet(), nullptr);
}

}  // namespace
}  // namespace tearline::machine
