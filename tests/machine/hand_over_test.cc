#include "broker/machine/hand_over.h"

#include "broker/machine/obligation.h"
#include "broker/model/limits.h"
#include "tests/machine/handing_over.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr v1::Urgency kUrgent = v1::URGENCY_URGENT;

using HandOver = HandingOver;

/// A new holder is told that something is handed over, and by when they must have taken it.
TEST_F(HandOver, IsOwedByThePostWhoseHolderChanges) {
  world_.OpenSession(kPost);
  ASSERT_EQ(Change("chair-holder").outcome, audit::Outcome::kApplied);
  ASSERT_TRUE(Waits());
  EXPECT_EQ(Owed().reason(), v1::RULE_REASON_HANDED_OVER);
  EXPECT_EQ(Owed().due_ms(), world_.now_ms + model::kTakeOverWithin.count());
  const auto told = world_.Released(kPost, kUrgent);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told.begin()->second.kind(), ITEM_KIND_OBLIGATION);
}

/// Nor does a new deputy, a clearance, or a vacancy that somebody stands in for.
TEST_F(HandOver, IsNotOwedWhereTheHolderStaysOrIsStoodInFor) {
  Change("supervisor-holder", "chair-deputy");
  EXPECT_FALSE(Waits()) << "another deputy";
  Change("");
  EXPECT_FALSE(Waits()) << "vacant, and deputised";
  Change("chair-holder");
  EXPECT_TRUE(Waits()) << "somebody comes to a vacant post";
}

/// Law 10. A change of holder recorded before there were hand-overs means what it meant.
TEST_F(HandOver, IsNotOwedUnderOlderBehaviour) {
  world_.behaviour_version = kPostsHandedOverFrom - 1;
  Change("chair-holder");
  EXPECT_FALSE(Waits());
}

/// It ends by the holder in person, who has asked for it: by nobody else, and in no other way.
TEST_F(HandOver, EndsByTheNewHolderWhoHasAsked) {
  Change("chair-holder");
  EXPECT_EQ(Discharge(Member("chair-holder")).reason, v1::ERROR_REASON_WRONG_STATE) << "not asked";
  ASSERT_EQ(Ask("supervisor-deputy").outcome, audit::Outcome::kApplied);
  EXPECT_EQ(Discharge(Member("chair-holder")).reason, v1::ERROR_REASON_WRONG_STATE)
      << "the deputy asked, not the holder";
  ASSERT_EQ(Ask("chair-holder").outcome, audit::Outcome::kApplied);
  for (const char* other : {"supervisor-deputy", "supervisor-system"}) {
    EXPECT_EQ(Discharge(Member(other)).reason, v1::ERROR_REASON_PERSON_REQUIRED) << other;
  }
  for (const DischargeMethod method : {DISCHARGE_METHOD_OVERTAKEN, DISCHARGE_METHOD_UPHELD,
                                       DISCHARGE_METHOD_TOLD_OTHERWISE, DISCHARGE_METHOD_DELETED}) {
    EXPECT_EQ(Discharge(Member("chair-holder"), method).reason, v1::ERROR_REASON_FIELD_INVALID);
  }
  EXPECT_EQ(Discharge(Member("chair-holder")).outcome, audit::Outcome::kApplied);
  EXPECT_FALSE(Waits());
}

/// No other obligation ends by being taken over.
TEST_F(HandOver, IsAllThatTakingOverEnds) {
  const std::string nominal = world_.Register(1);
  world_.OpenCase(nominal, {{"probation/chair", v1::SEAT_KIND_CHAIR}});
  Publish event = world_.Event(nominal);
  event.mutable_label()->set_originator_controlled(true);
  world_.Publish(event);
  const auto open = world_.OpenObligations();
  ASSERT_FALSE(open.empty());
  const auto& [id, row] = *open.begin();
  DischargeObligation command;
  command.set_obligation_id(id);
  command.set_method(DISCHARGE_METHOD_TAKEN_OVER);
  EXPECT_EQ(
      world_.Say(World::Holder(row.debtor_post()), COMMAND_NUMBER_DISCHARGE_OBLIGATION, command)
          .reason,
      v1::ERROR_REASON_FIELD_INVALID);
}

/// A holder who leaves without having taken over does not buy the next one time: it is one
/// hand-over, counted, and the next is told and must ask anew.
TEST_F(HandOver, IsJoinedByTheNextHolder) {
  Change("chair-holder");
  const std::int64_t due_ms = Owed().due_ms();
  Ask("chair-holder");
  world_.now_ms += 24 * kHourMs;
  world_.OpenSession(kPost);
  const std::size_t told = world_.Released(kPost, kUrgent).size();
  Change("supervisor-holder");
  EXPECT_EQ(Owed().count(), 2U);
  EXPECT_EQ(Owed().due_ms(), due_ms);
  EXPECT_EQ(world_.Released(kPost, kUrgent).size(), told + 1);
  EXPECT_EQ(Discharge(Member("supervisor-holder")).reason, v1::ERROR_REASON_WRONG_STATE);
  Ask("supervisor-holder");
  EXPECT_EQ(Discharge(Member("supervisor-holder")).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(Replay(world_.records).Digest().Hex(), world_.state.Digest().Hex());
}

/// Nobody takes over: to the deputy, then up the line.
TEST_F(HandOver, ClimbsWhenNobodyTakesOver) {
  Change("chair-holder");
  world_.PassAndPulse(model::kTakeOverWithin.count() - 1);
  EXPECT_EQ(Owed().stage(), 0U);
  world_.PassAndPulse(1);
  EXPECT_EQ(Owed().stage(), 1U);
  world_.PassAndPulse(24 * kHourMs);
  EXPECT_EQ(Owed().stage(), 2U);
  EXPECT_EQ(Owed().told_post(), PostIs().post().escalates_to());
}

/// The last who acted for a post has left: its line hears at once. While it is vacant a post above
/// may say that there is nothing to take over, or somebody comes and takes it.
TEST_F(HandOver, OfAPostNobodyActsForClimbsAtOnce) {
  Change("", "", /*services=*/false);
  ASSERT_TRUE(IsDeadAddress(kPost, world_.state));
  ASSERT_TRUE(Waits());
  EXPECT_LE(NextDeadlineMs(world_.state), world_.now_ms);
  world_.PassAndPulse(0);
  const std::string above = PostIs().post().escalates_to();
  ASSERT_FALSE(above.empty());
  EXPECT_EQ(Owed().told_post(), above);
  EXPECT_EQ(Discharge(World::Holder(above)).reason, v1::ERROR_REASON_PERSON_REQUIRED);
  EXPECT_EQ(Discharge(World::Holder(above), DISCHARGE_METHOD_OVERTAKEN).outcome,
            audit::Outcome::kApplied);
  EXPECT_FALSE(Waits());
}

TEST_F(HandOver, OfAHeldPostIsNotForThePostAboveToEnd) {
  Change("chair-holder");
  world_.PassAndPulse(model::kTakeOverWithin.count());
  world_.PassAndPulse(24 * kHourMs);
  EXPECT_EQ(Discharge(World::Holder(Owed().told_post()), DISCHARGE_METHOD_OVERTAKEN).reason,
            v1::ERROR_REASON_FIELD_INVALID);
}

/// P3. What a dead address owes does not wait for its time: it climbs at once, past every further
/// post that nobody acts for. Before, it waited.
TEST_F(HandOver, AndWhatADeadAddressOwesClimbsAtOnce) {
  for (const std::uint16_t version :
       {std::uint16_t{kPostsHandedOverFrom - 1}, kPostsHandedOverFrom}) {
    World world;
    const std::string nominal = world.Register(1);
    SetPost set;
    *set.mutable_post() = world.state.Find<PostRow>(PostKey("ct-police/accountable"))->post();
    set.mutable_post()->clear_holder();
    set.mutable_post()->clear_deputy();
    set.mutable_post()->clear_services();
    world.behaviour_version = kPostsHandedOverFrom - 1;
    world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set);
    world.OpenCase(nominal, {{"probation/chair", v1::SEAT_KIND_CHAIR}}, "ct-police/accountable");
    world.behaviour_version = version;
    world.Publish(world.Event(nominal));
    ASSERT_EQ(world.OpenObligations().size(), 1U);
    EXPECT_EQ(world.OpenObligations().begin()->second.debtor_post(), "ct-police/accountable");
    EXPECT_GT(world.OpenObligations().begin()->second.due_ms(), world.now_ms);
    const bool at_once = NextDeadlineMs(world.state) <= world.now_ms;
    EXPECT_EQ(at_once, version >= kPostsHandedOverFrom) << version;
    if (!at_once) continue;
    world.PassAndPulse(0);
    const auto row = world.OpenObligations().begin()->second;
    EXPECT_EQ(row.told_post(), set.post().escalates_to());
    EXPECT_EQ(row.stage(), 2U);
    EXPECT_GT(row.next_step_ms(), world.now_ms) << "somebody acts for that one: it has its time";
  }
}

TEST_F(HandOver, KnowsADeadAddress) {
  EXPECT_TRUE(IsDeadAddress("probation/ghost", world_.state)) << "nobody knows it";
  EXPECT_FALSE(IsDeadAddress(kPost, world_.state));
  Change("", "", /*services=*/true);
  EXPECT_FALSE(IsDeadAddress(kPost, world_.state)) << "a service acts for it";
  Change("", "supervisor-deputy", /*services=*/false);
  EXPECT_FALSE(IsDeadAddress(kPost, world_.state)) << "a deputy does";
  Change("supervisor-holder", "");
  SetLeave away;
  away.set_post(kPost);
  away.set_until_ms(world_.now_ms + 24 * kHourMs);
  world_.Say(World::Holder(kPost), COMMAND_NUMBER_SET_LEAVE, away);
  EXPECT_FALSE(IsDeadAddress(kPost, world_.state)) << "a service acts for it, and is told";
  EXPECT_TRUE(IsNobodyThere(kPost, world_.state)) << "but nobody reads it";
}

}  // namespace
}  // namespace tearline::machine
