#include <gtest/gtest.h>

#include "broker/machine/obligation.h"
#include "tests/machine/action_world.h"
#include "tests/machine/erasing.h"
#include "tests/machine/meeting_world.h"
#include "tests/machine/request_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

/// Work that is open about a person who is erased: what is owed ends with the erasure, and who does
/// the work all the same, or says so later, ends it no second time.

/// It is done, and a replay says the same.
void ExpectDone(const Applied& work, const World& world) {
  EXPECT_EQ(work.outcome, audit::Outcome::kApplied) << work.sentence;
  EXPECT_EQ(Replay(world.records).Digest().Hex(), world.state.Digest().Hex());
}

TEST(ErasedWork, ARequestIsAnswered) {
  RequestWorld world;
  const std::string id = world.Ask();
  Erase(world.nominal, world, RequestWorld::kChecks);
  ExpectDone(world.Answer(id, v1::INFORMATION_OUTCOME_NOTHING_KNOWN), world);
}

TEST(ErasedWork, AMeetingHasItsMinutes) {
  MeetingWorld world;
  const std::string id = world.Hold();
  Erase(world.nominal, world);
  ExpectDone(world.Record(world.Recording(id)), world);
}

TEST(ErasedWork, AnActionIsDone) {
  ActionWorld world;
  const std::string id = world.AddOne();
  Erase(world.nominal, world);
  ExpectDone(world.EndIt(world.Ending(id, v1::ACTION_END_DONE)), world);
}

/// Nobody is chased to read what is gone, and no gate counts it. (From kErasedReadsEndFrom on.)
TEST(ErasedWork, WhatIsGoneNeedNotBeRead) {
  for (const bool ended : {true, false}) {
    ActionWorld world;
    world.behaviour_version = ended ? kErasedReadsEndFrom : kErasedReadsEndFrom - 1;
    Erase(world.nominal, world);
    EXPECT_EQ(world.Open(v1::OBLIGATION_TYPE_READ).empty(), ended);
    const Applied lowered = world.Set(world.To(v1::MAPPA_LEVEL_2));
    EXPECT_EQ(lowered.reason, ended ? v1::ERROR_REASON_UNSPECIFIED : v1::ERROR_REASON_WORK_OPEN)
        << lowered.sentence;
    EXPECT_EQ(Replay(world.records).Digest().Hex(), world.state.Digest().Hex());
  }
}

/// An action that nobody owes any more can't be carried over, and ends all the same.
TEST(ErasedWork, AnActionIsNotCarriedOver) {
  for (const v1::ActionEnd end : {v1::ACTION_END_DONE, v1::ACTION_END_OVERTAKEN}) {
    ActionWorld world;
    const std::string id = world.AddOne();
    Erase(world.nominal, world);
    EndAction carry = world.Ending(id, v1::ACTION_END_CARRIED_OVER);
    carry.set_due_ms(world.now_ms + 14 * ActionWorld::kDay);
    const Applied carried = world.EndIt(carry);
    EXPECT_EQ(carried.reason, v1::ERROR_REASON_WRONG_STATE) << carried.sentence;
    EXPECT_EQ(world.Action(id).carried_over(), 0u);
    ExpectDone(world.EndIt(world.Ending(id, end)), world);
  }
}

TEST(ErasedWork, AProposalIsAnsweredAndASeatLeft) {
  PanelWorld world;
  const std::string id = world.Propose();
  Erase(world.nominal, world);
  ExpectDone(world.Answer(id, PanelWorld::kChair), world);
  ExpectDone(world.Seat(PanelWorld::kMember, /*leave=*/true), world);
}

TEST(ErasedWork, AUseOfBreakGlassIsReviewed) {
  World world;
  const std::string nominal = world.Register(1);
  BreakGlass glass;
  glass.set_nominal_id(nominal);
  glass.set_reason(v1::BREAK_GLASS_REASON_THREAT_TO_LIFE);
  glass.set_because("a threat was made tonight; ref 12");
  glass.set_lasts_ms(3'600'000);
  const Applied broken =
      world.Say(WhyErased(World::Holder("prison/security")), COMMAND_NUMBER_BREAK_GLASS, glass);
  ASSERT_EQ(broken.outcome, audit::Outcome::kApplied) << broken.sentence;
  Erase(nominal, world);
  world.PassAndPulse(glass.lasts_ms());
  ReviewBreakGlass review;
  review.set_break_glass_id(model::GlassId::Parse(broken.made_id)->Bytes());
  review.set_finding(v1::BREAK_GLASS_FINDING_JUSTIFIED);
  ExpectDone(
      world.Say(WhyErased(World::Holder("desk/governance")), COMMAND_NUMBER_REVIEW_BREAK_GLASS, review),
      world);
}

}  // namespace
}  // namespace tearline::machine
