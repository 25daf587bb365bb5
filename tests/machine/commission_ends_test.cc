#include "broker/machine/commission.h"
#include "broker/machine/obligation.h"
#include "broker/machine/open_work.h"
#include "broker/machine/rows.h"
#include "broker/machine/tell_late.h"
#include "broker/model/limits.h"
#include "tests/machine/commissioning.h"

// How a commission ends: by its time, by somebody's word, with its case.

namespace tearline::machine {
namespace {

using namespace stored::v1;

class CommissionEnds : public Commissioning {
 protected:
  void Seat(v1::SeatKind kind) {
    SeatPost command;
    command.set_case_id(case_);
    command.mutable_seat()->set_post(kWriter);
    command.mutable_seat()->set_kind(kind);
    command.set_with_history(true);
    ASSERT_EQ(
        world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, command).sentence,
        "");
  }
};

/// Time ends it whether or not a pulse comes.
TEST_F(CommissionEnds, EndsByItself) {
  Begin();
  world_.now_ms += 28 * kDayMs - 1;
  Tell();
  EXPECT_EQ(world_.DecisionFor(kWriter)->level(), v1::LEVEL_FULL) << "a millisecond is left";
  world_.now_ms += 1;
  Tell();
  EXPECT_EQ(world_.DecisionFor(kWriter)->level(), v1::LEVEL_WITHHELD);
  world_.OpenSession(kWriter);
  EXPECT_TRUE(Out().empty()) << "what waits is judged as of now";
  Settle();
  EXPECT_EQ(Case().named_posts_size(), 0);
  Tell();
  EXPECT_FALSE(world_.DecisionFor(kWriter)) << "nothing brings it in";
  ExpectReplays();
}

/// What was let go and not received is taken back; what was received stays; nothing waits, and
/// nobody must read.
TEST_F(CommissionEnds, LeavesNothingThatWaits) {
  const std::string session = world_.OpenSession(kWriter);
  Begin();
  const std::string kept = Tell();
  world_.Acknowledge(kWriter, session, kUrgent, {1});
  Tell();
  Tell();
  ASSERT_EQ(Out().size(), 2u);
  ASSERT_TRUE(OwesAnything(kWriter)) << "it must read them";
  Pass(28 * kDayMs);
  EXPECT_TRUE(Out().empty());
  int taken_back = 0;
  for (const auto& [number, item] : world_.Released(kWriter, kUrgent)) {
    taken_back += item.kind() == ITEM_KIND_ACCESS_WITHDRAWN ? 1 : 0;
  }
  EXPECT_EQ(taken_back, 2);
  EXPECT_EQ(world_.Waiting(kWriter, kUrgent), 0u);
  EXPECT_FALSE(OwesAnything(kWriter));
  EXPECT_FALSE(world_.state.Find<LetGoRow>(LetGoKey(kWriter, kept))->ended());
  ExpectReplays();
}

/// Nor does it where nobody listens.
TEST_F(CommissionEnds, LeavesNothingThatWaitsForNobody) {
  for (int i = 0; i < 3; ++i) Tell();
  Withhold();
  Begin();
  EXPECT_EQ(world_.Waiting(kWriter, kUrgent), 3u);
  ASSERT_EQ(Say(Ending()).sentence, "");
  Settle();
  EXPECT_EQ(world_.Waiting(kWriter, kUrgent), 0u);
  EXPECT_TRUE(OwedToWriter().empty());
}

/// What was owed to the writer ends; what is owed to others of the same events goes on.
TEST_F(CommissionEnds, EndsWhatWasOwedToTheWriterAlone) {
  Withhold();
  Begin();
  ASSERT_EQ(OwedToWriter().size(), 1u);
  std::size_t chairs = 0;
  const auto owed_to_chair = [&] {
    chairs = 0;
    for (const auto& [id, row] : world_.OpenObligations()) {
      chairs += row.owed_posts_size() > 0 && row.owed_posts(0) == kChair ? 1 : 0;
    }
    return chairs;
  };
  ASSERT_EQ(owed_to_chair(), 1u);
  ASSERT_EQ(Say(Ending()).sentence, "");
  Settle();
  EXPECT_TRUE(OwedToWriter().empty());
  EXPECT_EQ(owed_to_chair(), 1u);
  ExpectReplays();
}

/// More than one record may look at: pulses carry both ends, and a crash costs nothing.
TEST_F(CommissionEnds, ComesAndGoesOverSeveralPulses) {
  for (int i = 0; i < model::kReleaseRowsMax + 20; ++i) Withhold();
  ASSERT_EQ(Say(Asked()).sentence, "");
  world_.PassAndPulse(0);
  EXPECT_LE(NextDeadlineMs(world_.state), world_.now_ms) << "there is more";
  world_.Crash();
  Settle();
  ASSERT_EQ(OwedToWriter().at(kOwner).count(), model::kReleaseRowsMax + 20u);
  ASSERT_EQ(Say(Ending()).sentence, "");
  world_.PassAndPulse(0);
  EXPECT_LE(NextDeadlineMs(world_.state), world_.now_ms) << "there is more";
  world_.Crash();
  Settle();
  EXPECT_TRUE(OwedToWriter().empty());
  ExpectReplays();
}

/// It may be commissioned again; what was received does not come twice.
TEST_F(CommissionEnds, BringsNothingTwice) {
  const std::string session = world_.OpenSession(kWriter);
  Tell();
  Begin();
  world_.Acknowledge(kWriter, session, kUrgent, {1});
  ASSERT_EQ(Say(Ending()).sentence, "");
  Settle();
  const std::string missed = Tell();
  EXPECT_FALSE(world_.DecisionFor(kWriter));
  Begin();
  EXPECT_EQ(Out(), std::vector<std::string>{missed});
}

/// The case ends before it: nothing is told any more, and its time comes without harm.
TEST_F(CommissionEnds, OutlivesItsCaseByNothing) {
  Withhold();
  Begin();
  EndCase end;
  end.set_case_id(case_);
  end.set_reason(v1::CASE_EXIT_REASON_CATEGORY_ENDED);
  const auto row = *world_.state.Find<CaseRow>(CaseKey(case_));
  for (const OpenPiece& piece : OpenWorkOf(case_, row, kChair, kBehaviourVersion, world_.state)) {
    Override& each = *end.add_overrides();
    each.set_work_id(piece.id);
    each.set_reason(v1::WORK_OVERRIDE_REASON_NOT_NEEDED);
  }
  const Applied ended = world_.Say(Why(World::System(kChair)), COMMAND_NUMBER_END_CASE, end);
  ASSERT_EQ(ended.sentence, "");
  Tell();
  EXPECT_FALSE(world_.DecisionFor(kWriter));
  EXPECT_EQ(Refused(Asked()), v1::ERROR_REASON_WRONG_STATE) << "the case has ended";
  Pass(28 * kDayMs);
  EXPECT_EQ(Case().named_posts_size(), 0);
  EXPECT_TRUE(OwedToWriter().empty());
  EXPECT_FALSE(world_.state.Find<NominalRow>(NominalKey(nominal_))->commission_until_ms());
  ExpectReplays();
}

/// Out of reach the writer is told nothing, and it is owed; back in time it catches up, and too
/// late it does not.
TEST_F(CommissionEnds, WaitsForAWriterWhoIsSuspendedUntilItsTimeIsOver) {
  const auto suspend = [this](bool suspended) {
    SetSuspension command;
    command.set_agency("prison");
    command.set_suspended(suspended);
    ASSERT_EQ(world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_SUSPENSION, command)
                  .sentence,
              "");
    Settle();
  };
  Begin();
  suspend(true);
  const std::string meanwhile = Tell();
  EXPECT_EQ(world_.DecisionFor(kWriter)->level(), v1::LEVEL_WITHHELD);
  EXPECT_EQ(world_.DecisionFor(kWriter)->shortfall(), v1::RULE_REASON_RECIPIENT_SUSPENDED);
  EXPECT_TRUE(OwedToWriter().contains("ct-police/accountable")) << "no owner can mend that";
  suspend(false);
  EXPECT_TRUE(OwedToWriter().empty());
  world_.OpenSession(kWriter);
  EXPECT_EQ(Out(), std::vector<std::string>{meanwhile});

  suspend(true);
  Tell();
  ASSERT_EQ(OwedToWriter().size(), 1u);
  Pass(28 * kDayMs);
  EXPECT_TRUE(OwedToWriter().empty());
  suspend(false);
  world_.OpenSession(kWriter);
  EXPECT_TRUE(Out().empty());
  ExpectReplays();
}

/// A person known by two nominals: what was told under either, and the end, hold for both.
TEST_F(CommissionEnds, IsOfThePersonWhateverTheyAreKnownBy) {
  const std::string other = world_.Register(2);
  Publish event = world_.Event(other);
  event.set_event_type("security.report.submitted");
  event.mutable_label()->set_originator_controlled(true);
  ASSERT_EQ(world_.Publish(event, kOwner).sentence, "");
  Begin();
  EXPECT_TRUE(OwedToWriter().empty());
  ASSERT_EQ(world_.Merge(other, nominal_).sentence, "");
  Settle();
  EXPECT_EQ(OwedToWriter().size(), 1u);
  Pass(28 * kDayMs);
  EXPECT_TRUE(OwedToWriter().empty());
  ExpectReplays();
}

/// What a seat brings the post comes, although its commission ends before that was gone through.
TEST_F(CommissionEnds, SwallowsNothingThatASeatBrings) {
  Begin();
  std::vector<std::string> others;  // nothing that a writer is told of
  for (int i = 0; i < 3; ++i) {
    others.push_back(world_.NextEventId());
    ASSERT_EQ(world_.Publish(world_.Event(nominal_), kOwner).sentence, "");
  }
  Seat(v1::SEAT_KIND_MEMBER);
  ASSERT_EQ(Say(Ending()).sentence, "");
  Settle();
  EXPECT_EQ(Case().named_posts_size(), 0);
  world_.OpenSession(kWriter);
  EXPECT_EQ(Out(), others);
  for (const auto& [number, item] : world_.Released(kWriter, kUrgent)) EXPECT_TRUE(item.late());
  ExpectReplays();
}

/// Nor is its end lost where the seat comes after it: what waits for the writer waits no more.
TEST_F(CommissionEnds, IsNotLostByASeatThatComesAfterIt) {
  for (int i = 0; i < 3; ++i) Tell();
  Withhold();
  Begin();
  ASSERT_EQ(world_.Waiting(kWriter, kUrgent), 3u);
  ASSERT_EQ(Say(Ending()).sentence, "");
  Seat(v1::SEAT_KIND_GUEST);  // who is told nothing
  Settle();
  EXPECT_EQ(world_.Waiting(kWriter, kUrgent), 0u);
  EXPECT_TRUE(OwedToWriter().empty());
  ExpectReplays();
}

/// Law 10. Records of before mean what they meant: the end took the place of what the seat brought.
TEST_F(CommissionEnds, SwallowedWhatASeatBroughtBefore) {
  world_.behaviour_version = kReceivedStandsFrom - 1;
  Begin();
  ASSERT_EQ(world_.Publish(world_.Event(nominal_), kOwner).sentence, "");
  Seat(v1::SEAT_KIND_MEMBER);
  ASSERT_EQ(Say(Ending()).sentence, "");
  Settle();
  world_.OpenSession(kWriter);
  EXPECT_TRUE(Out().empty());
}

/// What a dead writer's commission brought to whoever does its work is owed by nobody afterwards.
TEST_F(CommissionEnds, ForWhoeverDoesTheWorkOfADeadWriter) {
  constexpr char kSecond[] = "prison/second";
  const auto set = [&](const v1::Post& post) {
    SetPost command;
    *command.mutable_post() = post;
    ASSERT_EQ(
        world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, command).sentence, "");
    Settle();
  };
  AdmitMember admit;
  admit.mutable_member()->set_agency("prison");
  admit.mutable_member()->set_member("second-system");
  admit.mutable_member()->set_kind(v1::MEMBER_KIND_SERVICE);
  world_.Say(World::System("desk/operator"), COMMAND_NUMBER_ADMIT_MEMBER, admit);
  Begin();
  v1::Post writer = world_.state.Find<PostRow>(PostKey(kWriter))->post();
  writer.add_capabilities(v1::CAPABILITY_ENQUIRIES);
  v1::Post second = writer;
  second.set_post(kSecond);
  second.clear_deputy();
  second.clear_services();
  second.add_services("second-system");
  writer.clear_holder();
  writer.clear_deputy();
  writer.clear_services();
  set(writer);
  set(second);
  const std::string session = world_.OpenSession(kSecond);
  const std::string event = Tell();
  world_.Acknowledge(kSecond, session, kUrgent, {1});
  ASSERT_TRUE(MustStillRead(kSecond, event, world_.state));
  ASSERT_EQ(Say(Ending()).sentence, "");
  Settle();
  EXPECT_FALSE(MustStillRead(kSecond, event, world_.state));
  EXPECT_FALSE(OwesAnything(kSecond));
  ExpectReplays();
}

}  // namespace
}  // namespace tearline::machine
