#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/machine/look_again.h"
#include "broker/machine/missed.h"
#include "broker/machine/silence.h"
#include "tests/machine/missed_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

/// What a post finds when it is back, and whom its absence concerned.
struct MissedBack : Missed {
  /// Members may see all; prisons that there is something.
  static constexpr char kLessToPrisons[] = R"(id: "less" version: 1 purpose: "For tests."
rules { id: "G1" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { seat: SEAT_KIND_MEMBER } } }
rules { id: "G2" kind: RULE_KIND_GRANT level: LEVEL_POINTER reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { agency_kind: AGENCY_KIND_PRISON } } })";

  void PublishWithPointer() {
    stored::v1::Publish event = world.Event(world.nominal);
    event.mutable_label()->set_existence_may_be_told(true);
    event.mutable_label()->set_pointer_post(EventWorld::kIntel);
    ASSERT_EQ(world.Publish(event).sentence, "");
  }
};

/// Who has left the seat meanwhile is not caught up for, whatever the policy says to its agency.
TEST_F(MissedBack, BringsNothingOfWhatThePostHasLeft) {
  world.PutInForce(R"(id: "police" version: 1 purpose: "For tests.")" + World::PanelRules() + R"(
rules { id: "G9" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { agency_kind: AGENCY_KIND_POLICE } } })");
  Suspend("police");
  world.PublishOne();
  ASSERT_EQ(MissedBy(EventWorld::kMember), 1u);
  LeaveSeat(EventWorld::kMember);
  Suspend("police", false);
  EXPECT_EQ(MissedBy(EventWorld::kMember), 0u);
  EXPECT_FALSE(world.DecisionFor(EventWorld::kMember).has_value());
  EXPECT_THAT(Inbox(EventWorld::kMember), IsEmpty());
}

/// Nor is anything owed to it any more.
TEST_F(MissedBack, OwesNothingToWhoHasLeft) {
  Suspend("probation");
  const std::string event_id = world.PublishOne();
  ASSERT_THAT(StillOwedTo(event_id, world.state), ElementsAre(EventWorld::kChair));
  LeaveSeat(EventWorld::kChair);
  Suspend("probation", false);
  EXPECT_THAT(StillOwedTo(event_id, world.state), IsEmpty());
  EXPECT_TRUE(IsWithheld(event_id, EventWorld::kChair, world.state)) << "it was told nothing of it";
  EXPECT_EQ(Unmet(), nullptr);
}

/// What the post settled and is not told any more: nobody of it must read it, and it is asked to
/// see to nothing about it.
TEST_F(MissedBack, EndsTheDutyToReadWhatIsWithheldNow) {
  const std::string session = world.OpenSession(EventWorld::kAccountable);
  const std::string event_id = world.PublishOne();
  world.Acknowledge(EventWorld::kAccountable, session, EventWorld::kLane, {1});
  ASSERT_EQ(world.Open(v1::OBLIGATION_TYPE_READ).count(EventWorld::kAccountable), 1u);
  Suspend("ct-police");
  NameAccountable other;
  other.set_case_id(world.case_id);
  other.set_post(kSubstitute);
  ASSERT_EQ(
      world.Say(World::System("probation/coordinator"), COMMAND_NUMBER_NAME_ACCOUNTABLE, other)
          .sentence,
      "");
  Suspend("ct-police", false);
  EXPECT_TRUE(IsWithheld(event_id, EventWorld::kAccountable, world.state));
  EXPECT_EQ(world.Open(v1::OBLIGATION_TYPE_READ).count(EventWorld::kAccountable), 0u);
}

/// What is still not told to the post, for another reason, is owed for that reason alone.
TEST_F(MissedBack, EndsWhatWasOwedBecauseThePostWasAway) {
  Suspend("probation");
  world.PublishControlled();
  ASSERT_NE(Unmet(), nullptr);
  Suspend("probation", false);
  EXPECT_EQ(Unmet(), nullptr);
  std::vector<std::string> owed;
  for (const auto& [id, row] : world.OpenObligations()) {
    if (row.type() != v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW) continue;
    owed.insert(owed.end(), row.owed_posts().begin(), row.owed_posts().end());
  }
  EXPECT_THAT(owed, ElementsAre(EventWorld::kChair)) << "no tear-line was written";
}

/// What waited to take the place of what was told, and is withheld now, says that that is taken
/// back.
TEST_F(MissedBack, TakesBackWhatASupersedingItemWouldHaveReplaced) {
  const std::string event_id = world.PublishControlled();
  world.Amend(world.Writing(event_id));
  const std::string session = world.OpenSession(EventWorld::kChair);
  ASSERT_THAT(world.Inbox(EventWorld::kChair), ElementsAre("event tear-line"));
  CloseSession close;
  close.set_feed(EventWorld::kChair);
  close.set_session_id(session);
  world.Say(World::System(EventWorld::kChair), COMMAND_NUMBER_CLOSE_SESSION, close);
  world.Amend(EventWorld::Controlling(event_id, false));
  Suspend("probation");
  LeaveSeat(EventWorld::kChair);
  Suspend("probation", false);
  EXPECT_THAT(Inbox(EventWorld::kChair), Contains("withdrawn 1"));
}

/// A notice that came meanwhile goes out to a session that nobody closed.
TEST_F(MissedBack, LetsGoWhatWaitedMeanwhile) {
  constexpr char kFirstHand[] = "probation/coordinator";
  SeatPost own;
  own.set_case_id(world.case_id);
  own.mutable_seat()->set_post("probation/supervisor");
  own.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
  ASSERT_EQ(world.Say(World::System(kFirstHand), COMMAND_NUMBER_SEAT_POST, own).outcome,
            audit::Outcome::kAwaitsSecondHand);
  world.OpenSession(kFirstHand);
  Suspend("probation");
  world.PassAndPulse(14 * 24 * kHourMs);
  ASSERT_EQ(world.Waiting(kFirstHand, v1::URGENCY_ROUTINE), 1u);
  Suspend("probation", false);
  EXPECT_EQ(world.Waiting(kFirstHand, v1::URGENCY_ROUTINE), 0u);
  EXPECT_EQ(world.Released(kFirstHand, v1::URGENCY_ROUTINE).size(), 1u);
}

/// A substitute that had less, and has settled it, is judged as the seat: it comes once more.
TEST_F(MissedBack, ASubstituteThatHadLessIsJudgedAsTheSeat) {
  world.PutInForce(kLessToPrisons);
  NameAccountable other;
  other.set_case_id(world.case_id);
  other.set_post(kSubstitute);
  world.Say(World::System("probation/coordinator"), COMMAND_NUMBER_NAME_ACCOUNTABLE, other);
  const std::string session = world.OpenSession(kSubstitute);
  PublishWithPointer();
  ASSERT_THAT(world.Inbox(kSubstitute), ElementsAre("event pointer"));
  world.Acknowledge(kSubstitute, session, EventWorld::kLane, {1});
  Suspend("police");
  EXPECT_THAT(world.Inbox(kSubstitute), ElementsAre("event full"));
  Suspend("police", false);
  Suspend("police");
  EXPECT_THAT(world.Inbox(kSubstitute), ElementsAre("event full")) << "once";
}

/// A substitute has settled the pointer that it was told, waits for the whole as the seat, and the
/// seat is back before it has it.
struct StoodInForAWhile : MissedBack {
  std::vector<std::string> ToldUnder(std::uint16_t version) {
    world.PutInForce(kLessToPrisons);
    NameAccountable other;
    other.set_case_id(world.case_id);
    other.set_post(kSubstitute);
    world.Say(World::System("probation/coordinator"), COMMAND_NUMBER_NAME_ACCOUNTABLE, other);
    const std::string session = world.OpenSession(kSubstitute);
    PublishWithPointer();
    EXPECT_THAT(world.Inbox(kSubstitute), ElementsAre("event pointer"));
    world.Acknowledge(kSubstitute, session, EventWorld::kLane, {1});
    CloseSession close;
    close.set_feed(kSubstitute);
    close.set_session_id(session);
    world.Say(World::System(kSubstitute), COMMAND_NUMBER_CLOSE_SESSION, close);
    world.behaviour_version = version;
    Suspend("police");
    EXPECT_EQ(world.Waiting(kSubstitute, EventWorld::kLane), 1u);
    Suspend("police", false);
    std::vector<std::string> told = Inbox(kSubstitute);
    EXPECT_EQ(world.Waiting(kSubstitute, EventWorld::kLane), 0u);
    return told;
  }
};

TEST_F(StoodInForAWhile, IsNotToldAlikeTwice) { EXPECT_THAT(ToldUnder(kToldOnceFrom), IsEmpty()); }

TEST_F(StoodInForAWhile, WasBefore) {
  EXPECT_THAT(ToldUnder(kToldOnceFrom - 1), ElementsAre("event pointer"));
}

/// P3. What a post has settled, and may be told more of now, comes to it once more: what was owed
/// does not end because it could be told.
TEST_F(MissedBack, BringsMoreOfWhatItHadLessOf) {
  const std::string less = R"(id: "less" version: 1 purpose: "For tests."
rules { id: "D1" kind: RULE_KIND_DUTY level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { seat: SEAT_KIND_MEMBER } }
  oblige { type: OBLIGATION_TYPE_READ within: "4h" escalate_every: "24h" } })";
  world.PutInForce(less + R"(
rules { id: "A1" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_POINTER
  reason: RULE_REASON_NEED_TO_KNOW when { recipient { seat: SEAT_KIND_MEMBER } } })");
  const std::string session = world.OpenSession(EventWorld::kMember);
  PublishWithPointer();
  ASSERT_THAT(world.Inbox(EventWorld::kMember), ElementsAre("event pointer", "obligation read"));
  ASSERT_NE(Unmet(v1::RULE_REASON_NEED_TO_KNOW), nullptr);
  world.Acknowledge(EventWorld::kMember, session, EventWorld::kLane, {1, 2});
  Suspend("police");
  world.PutInForce(less);
  Suspend("police", false);
  EXPECT_THAT(Inbox(EventWorld::kMember), ElementsAre("event full"));
  EXPECT_EQ(Unmet(v1::RULE_REASON_NEED_TO_KNOW), nullptr);
  EXPECT_EQ(Unmet(), nullptr);
}

/// The strategic board stands in for the chair, whose line ends there, and is told nothing: it may
/// be the last that hears of what is owed. Not so where it is kept out of the person.
struct AskedInVain : Missed {
  static constexpr char kBoard[] = "board/board";
};

TEST_F(AskedInVain, HearsOfWhatIsOwed) {
  const std::string event_id = world.PublishOne();
  Suspend("probation");
  ASSERT_THAT(StillOwedTo(event_id, world.state), ElementsAre(EventWorld::kChair));
  EXPECT_FALSE(IsToldLess(event_id, kBoard, world.state));
}

TEST_F(AskedInVain, HearsNothingWhereItIsKeptOut) {
  LimitAccess limit;
  limit.set_nominal_id(world.nominal);
  limit.add_excluded("board");
  Actor chair = World::System(EventWorld::kChair);
  chair.set_purpose("public-protection");
  ASSERT_EQ(world.Say(chair, COMMAND_NUMBER_LIMIT_ACCESS, limit).sentence, "");
  const std::string event_id = world.PublishOne();
  Suspend("probation");
  EXPECT_TRUE(IsWithheld(event_id, kBoard, world.state));
}

/// A decision that stands from when it was owed something gives way.
TEST_F(AskedInVain, IsOwedNoMoreWhatItWasOnceOwed) {
  const std::string event_id = world.PublishOne();
  state::Batch batch(world.state);
  const char owed[] = {static_cast<char>(v1::LEVEL_WITHHELD), '\1'};
  batch.Put(state::Key(state::Table::kToldLess).Fixed(event_id).Name(kBoard),
            std::string(owed, sizeof owed));
  world.state.Commit(batch);
  ASSERT_THAT(StillOwedTo(event_id, world.state), Contains(kBoard));
  Suspend("probation");
  EXPECT_THAT(StillOwedTo(event_id, world.state), Not(Contains(kBoard)));
  EXPECT_TRUE(IsWithheld(event_id, kBoard, world.state));
}

}  // namespace
}  // namespace tearline::machine
