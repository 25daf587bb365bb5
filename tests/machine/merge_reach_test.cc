#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "broker/machine/identity.h"
#include "broker/model/limits.h"
#include "tests/machine/merging.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

/// Whom a merge shows more, whom it tells nothing, and what comes of the past.
using MergeReach = Merging;

/// The past of either comes to whoever has to do with the person: once, late; and what follows.
TEST_F(MergeReach, BringsThePastOnceAndLate) {
  world_.OpenSession(kChair);
  const std::string before = world_.Tell(other_);
  EXPECT_TRUE(world_.Released(kChair, kUrgent).empty()) << "nobody's case yet";
  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
  Settle();
  auto released = world_.Released(kChair, kUrgent);
  ASSERT_EQ(released.size(), 1u);
  EXPECT_EQ(released.begin()->second.event_id(), before);
  EXPECT_TRUE(released.begin()->second.late());
  world_.Tell(other_);
  Settle();
  released = world_.Released(kChair, kUrgent);
  ASSERT_EQ(released.size(), 2u);
  EXPECT_FALSE(released.rbegin()->second.late());
}

/// Access is never simply unioned: who is kept out of one is kept out of the person.
TEST_F(MergeReach, KeepsOutOfBothWhoWasKeptOutOfOne) {
  world_.PutInForce(kKeepingOut);
  KeepOut(other_, kChair);
  world_.Tell(known_);
  ASSERT_EQ(world_.DecisionFor(kChair)->level(), v1::LEVEL_FULL);
  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
  world_.Tell(known_);
  EXPECT_EQ(world_.DecisionFor(kChair)->level(), v1::LEVEL_WITHHELD);
}

/// P10. Taking it back may let somebody see more whom the other's limits kept out: that takes two.
TEST_F(MergeReach, GivesBackWhatTheOthersLimitsKeptFromAPost) {
  world_.PutInForce(kKeepingOut);
  world_.OpenSession("ct-police/intel");
  world_.OpenSession(kChair);
  KeepOut(other_, kChair);
  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
  const std::string kept = world_.Tell(known_);
  ASSERT_EQ(world_.DecisionFor(kChair)->level(), v1::LEVEL_WITHHELD);
  const Applied asked = Unmerge(other_);
  ASSERT_EQ(asked.outcome, audit::Outcome::kAwaitsSecondHand);
  Confirm(asked);
  Settle();
  EXPECT_EQ(OutEvents(kChair), std::vector<std::string>{kept}) << "late, and once";
  EXPECT_TRUE(world_.Released(kChair, kUrgent).begin()->second.late());
  EXPECT_FALSE(ToldOfAccess("ct-police/intel").empty()) << "and whoever told it hears of that";
}

/// Both sides hear of a merge: who sits on the panel of the one and supervises the other has had to
/// do with both, and is told that they are one; under each id. Who is kept out is not.
TEST_F(MergeReach, TellsWhoHadToDoWithBothThatTheyAreOne) {
  for (const bool kept_out : {false, true}) {
    const std::string one = world_.Register(kept_out ? 13 : 11);
    const std::string two = world_.Register(kept_out ? 14 : 12);
    world_.OpenCase(one, {{kChair, v1::SEAT_KIND_CHAIR}});
    SetSupervisor supervisor;
    supervisor.set_nominal_id(two);
    supervisor.set_post(kChair);
    ASSERT_EQ(world_
                  .Say(Why(World::System("police/coordinator")), COMMAND_NUMBER_SET_SUPERVISOR,
                       supervisor)
                  .sentence,
              "");
    if (kept_out) KeepOut(two, kChair);
    world_.OpenSession(kChair);
    const std::size_t before = ToldOfAccess(kChair).size();
    ASSERT_EQ(Merge(two, one).sentence, "");
    const auto told = ToldOfAccess(kChair);
    ASSERT_EQ(told.size() - before, kept_out ? 0u : 2u);
    if (kept_out) continue;
    std::set<std::string> about;
    for (std::size_t i = before; i < told.size(); ++i) about.insert(told[i].nominal_id());
    EXPECT_EQ(about, (std::set<std::string>{one, two}));
  }
  ExpectReplays();
}

/// So is whose wish brings it the other's past, if it was told something by it; a wish that was
/// answered with nothing teaches nobody who is who.
TEST_F(MergeReach, TellsWhoseWishIsAnsweredWithBoth) {
  const std::string granted = world_.Subscribe("prison/security", WishingWorld::About({other_}));
  constexpr char kInVain[] = "ct-police/accountable";
  const std::string in_vain = world_.Subscribe(kInVain, WishingWorld::About({other_}));
  world_.OpenSession(granted);
  world_.OpenSession(in_vain);
  for (const char* post : {"prison/security", kInVain}) world_.OpenSession(post);
  world_.Tell(other_);
  ASSERT_EQ(world_.Out(granted).size(), 1u);
  ASSERT_TRUE(world_.Out(in_vain).empty());
  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
  const auto told = ToldOfAccess("prison/security");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].nominal_id(), known_) << "whose past it gets from now on";
  EXPECT_TRUE(ToldOfAccess(kInVain).empty());
  ExpectReplays();
}

/// One record looks at so many events for who was told; whoever may have been told of what lies
/// beyond them hears of it: silence would break what is promised.
TEST_F(MergeReach, LooksAtSoManyEventsForWhoWasTold) {
  enum class Case { kTold, kToldBeyond, kNeverTold, kNeverToldOfFew };
  for (const Case each :
       {Case::kTold, Case::kToldBeyond, Case::kNeverTold, Case::kNeverToldOfFew}) {
    WishingWorld world;
    const std::string known = world.Register(1);
    const std::string other = world.Register(2);
    world.OpenCase(known, {{kChair, v1::SEAT_KIND_CHAIR}});
    const int few = each == Case::kNeverToldOfFew || each == Case::kTold ? 2 : 0;
    for (int i = few; i < model::kLookedAtRowsMax; ++i) world.HoldBack(other);
    const std::string feed = world.Subscribe("prison/security", WishingWorld::About({other}));
    world.OpenSession(feed);
    world.OpenSession("prison/security");
    const bool is_told = each == Case::kTold || each == Case::kToldBeyond;
    is_told ? world.Tell(other) : world.HoldBack(other);
    ASSERT_EQ(world.Out(feed).size(), is_told ? 1u : 0u);
    ASSERT_EQ(world.Merge(other, known).outcome, audit::Outcome::kApplied);
    std::size_t told = 0;
    for (const auto& [number, item] : world.Released("prison/security", v1::URGENCY_ROUTINE)) {
      told += item.kind() == ITEM_KIND_ACCESS_CHANGED ? 1 : 0;
    }
    EXPECT_EQ(told, each == Case::kNeverToldOfFew ? 0u : 1u) << static_cast<int>(each);
  }
}

/// P6. Who is kept out of the removed one gets nothing of it, and cannot tell that there was a
/// merge.
TEST_F(MergeReach, TellsNothingToWhomIsKeptOut) {
  world_.PutInForce(kKeepingOut);
  KeepOut(other_, kChair);
  world_.Tell(other_);
  world_.OpenSession(kChair);
  const std::size_t frames = world_.Released(kChair, v1::URGENCY_ROUTINE).size();
  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
  Settle();
  world_.Tell(other_);
  EXPECT_TRUE(world_.Released(kChair, kUrgent).empty());
  EXPECT_EQ(world_.Released(kChair, v1::URGENCY_ROUTINE).size(), frames);
  EXPECT_EQ(world_.Waiting(kChair, kUrgent), 0u);
  EXPECT_EQ(Resolve(2, kChair), Text(other_)) << "as ever";
  EXPECT_EQ(Resolve(1, kChair), Text(known_));
  EXPECT_EQ(Resolve(2), Text(known_)) << "to others it is one person";
}

/// Both sides are told: who told something of the one, and whom the case of the other brings in.
TEST_F(MergeReach, TellsOriginatorsAndHolders) {
  world_.Tell(other_);
  world_.OpenSession("ct-police/intel");
  world_.OpenSession(kChair);
  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
  const auto told = ToldOfAccess("ct-police/intel");
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0].other_post(), kChair);
  EXPECT_EQ(told[0].nominal_id(), other_);
  EXPECT_EQ(told[1].other_agency(), "probation") << "it leads the case";
  const auto holder = ToldOfAccess(kChair);
  ASSERT_EQ(holder.size(), 1u);
  EXPECT_EQ(holder[0].other_post(), kChair);
  EXPECT_EQ(holder[0].nominal_id(), other_) << "its own case names the other id";
}

/// Whoever told something of any of the nominals hears of a seat in the person's case, and of a
/// change of the post that has it.
TEST_F(MergeReach, LaterChangesAreToldToOriginatorsOfEither) {
  world_.Tell(other_);
  world_.OpenSession("ct-police/intel");
  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
  const std::size_t before = ToldOfAccess("ct-police/intel").size();
  SeatPost seat;
  seat.set_case_id(case_);
  seat.mutable_seat()->set_post("prison/security");
  seat.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
  ASSERT_EQ(world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, seat).outcome,
            audit::Outcome::kApplied);
  auto told = ToldOfAccess("ct-police/intel");
  ASSERT_EQ(told.size(), before + 1);
  EXPECT_EQ(told.back().other_post(), "prison/security");
  EXPECT_EQ(told.back().nominal_id(), other_);

  SetPost change;
  *change.mutable_post() = world_.state.Find<PostRow>(PostKey("prison/security"))->post();
  change.mutable_post()->add_roles(v1::POST_ROLE_INTAKE);
  ASSERT_EQ(world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, change).outcome,
            audit::Outcome::kApplied);
  told = ToldOfAccess("ct-police/intel");
  ASSERT_EQ(told.size(), before + 2);
  EXPECT_EQ(told.back().nominal_id(), other_);
}

/// It does not matter which of the two it is kept out of, nor which of the two an event is about.
TEST_F(MergeReach, WhatKeepsOutOfTheSurvivingOneKeepsOutOfTheRemovedOne) {
  world_.PutInForce(kKeepingOut);
  KeepOut(known_, kChair);
  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
  for (const std::string& each : {known_, other_}) {
    world_.Tell(each);
    EXPECT_EQ(world_.DecisionFor(kChair)->level(), v1::LEVEL_WITHHELD);
  }
}

/// Limits set on either nominal hold for the person, from then on.
TEST_F(MergeReach, LimitsOfTheRemovedOneHoldForThePerson) {
  world_.PutInForce(kKeepingOut);
  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
  KeepOut(other_, kChair);
  world_.Tell(known_);
  EXPECT_EQ(world_.DecisionFor(kChair)->level(), v1::LEVEL_WITHHELD);
}

/// Glass broken for either is broken for the person: what the removed one has opens, too.
TEST_F(MergeReach, GlassBrokenForOneOpensThePerson) {
  const std::string before = world_.Tell(known_);
  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
  BreakGlass command;
  command.set_nominal_id(other_);
  command.set_reason(v1::BREAK_GLASS_REASON_THREAT_TO_LIFE);
  command.set_because("somebody is in danger");
  command.set_lasts_ms(60 * 60 * 1000);
  world_.OpenSession("police/panel");
  ASSERT_EQ(
      world_.Say(Why(World::Holder("police/panel")), COMMAND_NUMBER_BREAK_GLASS, command).outcome,
      audit::Outcome::kApplied);
  Settle();
  EXPECT_TRUE(world_.DecisionFor("police/panel").has_value());
  world_.Tell(known_);
  EXPECT_TRUE(world_.DecisionFor("police/panel").has_value());
}

/// A wish for either id is a wish for the person: what was recorded since it was made comes once.
TEST_F(MergeReach, AWishForEitherIsAWishForThePerson) {
  const std::string long_ago = world_.Tell(other_);
  const std::string feed = world_.Subscribe("prison/security", WishingWorld::About({known_}));
  const std::string back = world_.Subscribe("education/guest", WishingWorld::About({other_}));
  world_.OpenSession(feed);
  world_.OpenSession(back);
  const std::string of_other = world_.Tell(other_);
  const std::string of_known = world_.Tell(known_);
  ASSERT_EQ(world_.Out(feed), std::vector<std::string>{of_known});
  ASSERT_EQ(world_.Out(back), std::vector<std::string>{of_other});
  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
  Settle();
  EXPECT_EQ(world_.Out(feed), (std::vector<std::string>{of_known, of_other}));
  EXPECT_EQ(world_.Out(back), (std::vector<std::string>{of_other, of_known}));
  EXPECT_TRUE(world_.Released(feed, kUrgent).rbegin()->second.late());
  const std::string after = world_.Tell(other_);
  EXPECT_EQ(world_.Out(feed), (std::vector<std::string>{of_known, of_other, after}));
  ASSERT_EQ(Unmerge(other_).outcome, audit::Outcome::kApplied);
  world_.Tell(other_);
  EXPECT_EQ(world_.Out(feed), std::vector<std::string>{of_known}) << "not wished for any more";
  world_.Seek(feed, v1::START_FROM_BEGINNING);
  ExpectReplays();
}

/// A lane that catches up when the merge comes gives each event once, whichever way it comes.
TEST_F(MergeReach, AWishThatCatchesUpGetsEachOnce) {
  const std::string one = world_.Tell(other_);
  const std::string two = world_.Tell(known_);
  const std::string feed =
      world_.Subscribe("prison/security", WishingWorld::About({known_}), v1::START_FROM_BEGINNING);
  const std::string three = world_.Tell(other_);
  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
  Settle();
  world_.OpenSession(feed);
  world_.GoOn();
  EXPECT_EQ(world_.Out(feed), (std::vector<std::string>{one, two, three}));
}

/// What is about both came by the one name already, and does not come again by the other.
TEST_F(MergeReach, AWishGetsWhatIsAboutBothOnce) {
  const std::string feed = world_.Subscribe("prison/security", WishingWorld::About({known_}));
  world_.OpenSession(feed);
  stored::v1::Publish both = world_.Event(known_);
  both.add_nominals()->set_nominal_id(other_);
  const std::string event = world_.NextEventId();
  world_.Publish(both);
  ASSERT_EQ(world_.Out(feed), std::vector<std::string>{event});
  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
  Settle();
  EXPECT_EQ(world_.Out(feed), std::vector<std::string>{event});
}

}  // namespace
}  // namespace tearline::machine
