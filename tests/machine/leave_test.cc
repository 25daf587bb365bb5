#include "broker/machine/leave.h"

#include "broker/machine/climb.h"
#include "broker/machine/obligation.h"
#include "broker/machine/reach.h"
#include "broker/model/limits.h"
#include "tests/machine/handing_over.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

class Leave : public HandingOver {
 protected:
  Applied Say(const Actor& actor, std::int64_t until_ms, std::int64_t from_ms = 0,
              const std::string& post = kPost) {
    SetLeave command;
    command.set_post(post);
    command.set_from_ms(from_ms);
    command.set_until_ms(until_ms);
    return world_.Say(actor, COMMAND_NUMBER_SET_LEAVE, command);
  }
  /// The holder says that they are away for some hours from now on, or from a time on.
  Applied Away(int hours, std::int64_t from_ms = 0) {
    return Say(World::Holder(kPost), world_.now_ms + hours * kHourMs, from_ms);
  }
  Applied Back() { return Say(World::Holder(kPost), 0); }
  void Suspend(const std::string& member) {
    SetSuspension command;
    command.set_agency("probation");
    command.set_member(member);
    command.set_suspended(true);
    world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_SUSPENSION, command);
  }
  Applied TakeOver(const std::string& member) {
    Ask(member);
    return Discharge(Member(member));
  }
};

/// Whoever stands in takes over, and the holder takes back: each in person, each having asked.
TEST_F(Leave, HandsThePostToWhoeverStandsInAndBack) {
  EXPECT_EQ(InCharge(PostIs()), "supervisor-holder");
  ASSERT_EQ(Away(72).outcome, audit::Outcome::kApplied);
  EXPECT_TRUE(IsAway(PostIs()));
  EXPECT_EQ(InCharge(PostIs()), "supervisor-deputy");
  ASSERT_TRUE(Waits());
  EXPECT_EQ(TakeOver("supervisor-holder").reason, v1::ERROR_REASON_PERSON_REQUIRED) << "away";
  EXPECT_EQ(TakeOver("supervisor-deputy").outcome, audit::Outcome::kApplied);
  EXPECT_FALSE(Waits());

  world_.PassAndPulse(72 * kHourMs - 1);
  EXPECT_TRUE(IsAway(PostIs()));
  world_.PassAndPulse(1);
  EXPECT_FALSE(PostIs().has_leave());
  ASSERT_TRUE(Waits());
  EXPECT_EQ(TakeOver("supervisor-deputy").reason, v1::ERROR_REASON_PERSON_REQUIRED) << "back";
  EXPECT_EQ(TakeOver("supervisor-holder").outcome, audit::Outcome::kApplied);
  EXPECT_EQ(Replay(world_.records).Digest().Hex(), world_.state.Digest().Hex());
}

/// A leave that is planned changes nothing until it begins.
TEST_F(Leave, BeginsAtItsTime) {
  const std::int64_t from_ms = world_.now_ms + 24 * kHourMs;
  ASSERT_EQ(Away(48, from_ms).outcome, audit::Outcome::kApplied);
  EXPECT_FALSE(IsAway(PostIs()));
  EXPECT_FALSE(Waits());
  world_.PassAndPulse(24 * kHourMs - 1);
  EXPECT_FALSE(Waits());
  world_.PassAndPulse(1);
  EXPECT_TRUE(IsAway(PostIs()));
  EXPECT_TRUE(Waits());
  world_.PassAndPulse(24 * kHourMs);
  EXPECT_FALSE(IsAway(PostIs()));
}

/// A pulse that comes late finds it begun and over.
TEST_F(Leave, ThatIsOverBeforeTheNextPulseIsOver) {
  Away(48, world_.now_ms + 24 * kHourMs);
  world_.PassAndPulse(72 * kHourMs);
  world_.PassAndPulse(0);
  EXPECT_FALSE(PostIs().has_leave());
  EXPECT_TRUE(Waits()) << "somebody may have left it to whoever stood in";
}

/// Said again it is another; the holder comes back early, or does not go.
TEST_F(Leave, IsSaidAnewOrDropped) {
  EXPECT_EQ(Back().reason, v1::ERROR_REASON_WRONG_STATE) << "not away";
  Away(72, world_.now_ms + 24 * kHourMs);
  EXPECT_EQ(Back().outcome, audit::Outcome::kApplied);
  EXPECT_FALSE(PostIs().has_leave());
  EXPECT_FALSE(Waits());

  Away(72);
  const std::int64_t from_ms = PostIs().leave().from_ms();
  world_.now_ms += kHourMs;
  Away(24);
  EXPECT_EQ(PostIs().leave().from_ms(), from_ms) << "still the same, but shorter";
  EXPECT_EQ(Owed().count(), 1U) << "nobody else has charge of it";
  world_.PassAndPulse(24 * kHourMs);
  EXPECT_FALSE(PostIs().has_leave());
  world_.PassAndPulse(72 * kHourMs);
  EXPECT_FALSE(PostIs().has_leave()) << "no time of the first one is left";
}

/// P3. Nobody holds the case: what is owed does not wait, and the line hears at once.
TEST_F(Leave, WithoutADeputyLeavesNobodyThere) {
  Change("supervisor-holder", "");
  ASSERT_FALSE(IsDeadAddress(kPost, world_.state));
  Away(72);
  EXPECT_TRUE(IsNobodyThere(kPost, world_.state));
  ASSERT_TRUE(Waits());
  EXPECT_LE(NextDeadlineMs(world_.state), world_.now_ms);
  world_.PassAndPulse(0);
  const std::string above = PostIs().post().escalates_to();
  EXPECT_EQ(Owed().told_post(), above);
  EXPECT_EQ(Discharge(World::Holder(above), DISCHARGE_METHOD_OVERTAKEN).reason,
            v1::ERROR_REASON_FIELD_INVALID)
      << "somebody holds it, and must read what waits";
  Back();
  EXPECT_FALSE(IsNobodyThere(kPost, world_.state));
  EXPECT_TRUE(Waits()) << "the holder reads what came";
}

/// Whoever stands in was told from the beginning: after their time it is the line's.
TEST_F(Leave, IsNoLongerWayUpTheLine) {
  Away(24 * 30);
  world_.PassAndPulse(model::kTakeOverWithin.count());
  const ObligationRow row = Owed();
  EXPECT_EQ(row.stage(), 2U);
  EXPECT_EQ(row.told_post(), PostIs().post().escalates_to());
}

/// It was the holder's: another holder is not away. Another deputy takes over.
TEST_F(Leave, EndsWithItsHolder) {
  Away(72);
  Change("supervisor-holder", "chair-deputy");
  EXPECT_EQ(InCharge(PostIs()), "chair-deputy");
  EXPECT_EQ(Owed().count(), 2U);
  Change("chair-holder", "chair-deputy");
  EXPECT_FALSE(PostIs().has_leave());
  EXPECT_EQ(InCharge(PostIs()), "chair-holder");
  world_.PassAndPulse(72 * kHourMs);
  EXPECT_FALSE(PostIs().has_leave());
  EXPECT_EQ(Replay(world_.records).Digest().Hex(), world_.state.Digest().Hex());
}

/// One hand says that somebody is away: whoever that brings no nearer is told no more for it (P10).
TEST_F(Leave, ChangesNothingOfWhoIsWithinReach) {
  for (const char* member : {"supervisor-deputy", "supervisor-system"}) Suspend(member);
  ASSERT_FALSE(IsOutOfReach(kPost, world_.state));
  Away(72);
  EXPECT_FALSE(IsOutOfReach(kPost, world_.state));
  EXPECT_FALSE(IsDeadAddress(kPost, world_.state));
  EXPECT_TRUE(IsNobodyThere(kPost, world_.state)) << "whoever stands in may not act";
  Suspend("supervisor-holder");
  EXPECT_TRUE(IsOutOfReach(kPost, world_.state));
  Back();
  EXPECT_TRUE(IsOutOfReach(kPost, world_.state)) << "a leave brings nobody back";
}

/// Who stands in is another person.
TEST_F(Leave, IsNotStoodInForByWhoIsAway) {
  Change("supervisor-holder", "supervisor-holder");
  Away(72);
  EXPECT_EQ(InCharge(PostIs()), "");
  EXPECT_TRUE(IsNobodyThere(kPost, world_.state));
  EXPECT_TRUE(Waits());
}

/// P3. Nobody took over for three weeks, and the line has heard of it to its end. Whoever is back
/// has their time, and is chased as ever.
TEST_F(Leave, AtItsEndTheHolderIsChasedAsEver) {
  Change("supervisor-holder", "");
  Away(24 * 21);
  for (int day = 0; day < 22; ++day) world_.PassAndPulse(24 * kHourMs);
  ASSERT_FALSE(IsAway(PostIs()));
  const ObligationRow row = Owed();
  EXPECT_EQ(row.count(), 2U);
  EXPECT_EQ(row.stage(), 0U);
  EXPECT_EQ(row.told_post(), kPost);
  EXPECT_GT(row.next_step_ms(), world_.now_ms);
  world_.PassAndPulse(model::kTakeOverWithin.count());
  EXPECT_EQ(Owed().stage(), 2U) << "it has no deputy";
}

/// P3. The last step for whoever had charge falls due in the very pulse in which another comes to
/// have it: that one has their time, and is chased.
TEST_F(Leave, ThatBeginsAsTheLastStepFallsDueHasItsOwnTime) {
  for (const std::uint16_t version :
       {static_cast<std::uint16_t>(kStepTakenOnceFrom - 1), kStepTakenOnceFrom}) {
    world_ = World();
    Change("chair-holder", "supervisor-deputy");
    const std::int64_t steps_ms = model::kTakeOverWithin.count() + 48 * kHourMs;  // deputy, board
    ASSERT_EQ(Say(World::System("desk/operator"), world_.now_ms + steps_ms + 240 * kHourMs,
                  world_.now_ms + steps_ms - kHourMs)
                  .sentence,
              "");
    world_.PassAndPulse(model::kTakeOverWithin.count());
    world_.PassAndPulse(24 * kHourMs);
    ASSERT_EQ(Owed().told_post(), PostIs().post().escalates_to());
    ASSERT_GT(Owed().next_step_ms(), world_.now_ms);
    world_.behaviour_version = version;
    world_.PassAndPulse(30 * kHourMs);
    ASSERT_EQ(InCharge(PostIs()), "supervisor-deputy");
    ASSERT_TRUE(Waits());
    if (version < kStepTakenOnceFrom) {
      EXPECT_EQ(Owed().next_step_ms(), 0) << "told, and chased no more";
      continue;
    }
    EXPECT_EQ(Owed().stage(), 0U);
    EXPECT_EQ(Owed().told_post(), kPost);
    EXPECT_EQ(Owed().next_step_ms(), world_.now_ms + model::kTakeOverWithin.count());
    EXPECT_EQ(Replay(world_.records).Digest().Hex(), world_.state.Digest().Hex());
  }
}

/// P3. A hand-over that waits for somebody who goes away does not wait for them.
TEST_F(Leave, HasWhatWaitsClimbAtOnceIfNobodyStandsIn) {
  Change("chair-holder", "");
  ASSERT_GT(NextDeadlineMs(world_.state), world_.now_ms);
  SetLeave command;
  command.set_post(kPost);
  command.set_until_ms(world_.now_ms + 72 * kHourMs);
  world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_LEAVE, command);
  world_.PassAndPulse(0);
  EXPECT_EQ(Owed().told_post(), PostIs().post().escalates_to());
}

/// Whoever stands in has the step that is theirs, unless it was theirs from the beginning.
TEST_F(Leave, LeavesADeputyTheirStepOfWhatWasOwedBefore) {
  Change("chair-holder", "supervisor-deputy");
  world_.PassAndPulse(model::kTakeOverWithin.count() - 1);
  Say(World::System("desk/operator"), world_.now_ms + 72 * kHourMs);
  world_.PassAndPulse(1);
  EXPECT_EQ(Owed().stage(), 1U);
}

/// P10. Its own post, the one above, and operators; to others the post is not there.
TEST_F(Leave, IsForThePostItsLineAndOperatorsToSay) {
  const std::int64_t until_ms = world_.now_ms + kHourMs;
  const std::string above = PostIs().post().escalates_to();
  for (const Actor& actor :
       {World::System(kPost), World::Holder(above), World::System("desk/operator")}) {
    EXPECT_EQ(Say(actor, until_ms).outcome, audit::Outcome::kApplied) << actor.post();
  }
  EXPECT_EQ(Say(World::Holder("police/panel"), until_ms).reason, v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(Say(World::System("desk/operator"), until_ms, 0, "probation/ghost").reason,
            v1::ERROR_REASON_NOT_FOUND);
}

TEST_F(Leave, KeepsItsBounds) {
  EXPECT_EQ(Away(0).reason, v1::ERROR_REASON_FIELD_INVALID) << "over already";
  EXPECT_EQ(Away(24, world_.now_ms + 24 * kHourMs).reason, v1::ERROR_REASON_FIELD_INVALID);
  const std::int64_t last_ms = world_.now_ms + model::kLeaveMax.count();
  EXPECT_EQ(Say(World::Holder(kPost), last_ms + 1).reason, v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(Say(World::Holder(kPost), last_ms).outcome, audit::Outcome::kApplied);
  Change("", "supervisor-deputy");
  EXPECT_EQ(Say(World::System(kPost), last_ms).reason, v1::ERROR_REASON_WRONG_STATE) << "vacant";
}

}  // namespace
}  // namespace tearline::machine
