#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/machine/rows.h"
#include "tests/machine/event_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t kHourMs = 60 * 60 * 1000;

std::string KeyId(char letter) { return std::string(model::SubjectKeyId::kBytes, letter); }

class ApplyWithdraw : public testing::Test {
 protected:
  static constexpr const char* kChair = EventWorld::kChair;
  static constexpr const char* kMember = EventWorld::kMember;
  static constexpr const char* kGuest = EventWorld::kGuest;
  static constexpr const char* kAccountable = EventWorld::kAccountable;
  static constexpr const char* kIntel = EventWorld::kIntel;
  static constexpr v1::Urgency kLane = EventWorld::kLane;

  std::vector<std::string> Debtors(v1::ObligationType type) const {
    std::vector<std::string> debtors;
    for (const auto& [debtor, id] : world_.Open(type)) debtors.push_back(debtor);
    return debtors;
  }

  EventWorld world_;
};

/// What was received is taken back, with the number it had and the reason, and is to be deleted.
TEST_F(ApplyWithdraw, TellsWhoeverReceivedItAndThatItIsToBeDeleted) {
  world_.OpenSession(kChair);
  const std::string event = world_.PublishOne();
  const Applied applied = world_.Withdraw(event, v1::WITHDRAWAL_REASON_INACCURATE);
  ASSERT_EQ(applied.outcome, audit::Outcome::kApplied) << applied.sentence;
  EXPECT_EQ(applied.HowFar(), Change::kTelling) << "no frame begun before goes out after it";
  EXPECT_THAT(world_.Inbox(kChair), ElementsAre("withdrawn 1", "obligation confirm-deletion"));
  const ItemRow notice = world_.Released(kChair, kLane).at(2);
  EXPECT_EQ(notice.withdrawal_reason(), v1::WITHDRAWAL_REASON_INACCURATE);
  EXPECT_THAT(Debtors(v1::OBLIGATION_TYPE_CONFIRM_DELETION), ElementsAre(kChair));
  EXPECT_EQ(world_.RowOf(event).withdrawn(), v1::WITHDRAWAL_REASON_INACCURATE);
  EXPECT_EQ(world_.DecisionFor(kChair)->level(), v1::LEVEL_WITHHELD);
  EXPECT_EQ(world_.DecisionFor(kChair)->shortfall(), v1::RULE_REASON_WITHDRAWN);
}

TEST_F(ApplyWithdraw, IsToldToWhoeverAcknowledgedOrReadItToo) {
  const std::string session = world_.OpenSession(kAccountable);
  const std::string event = world_.PublishOne();
  ASSERT_THAT(world_.Inbox(kAccountable), ElementsAre("event full", "obligation read"));
  ReadItem read;
  read.set_feed(kAccountable);
  read.set_lane(kLane);
  read.set_sequence(1);
  world_.Say(World::Holder(kAccountable), COMMAND_NUMBER_READ, read);
  world_.Acknowledge(kAccountable, session, kLane, {1, 2});
  world_.Withdraw(event, v1::WITHDRAWAL_REASON_SENT_IN_ERROR);
  EXPECT_THAT(world_.Inbox(kAccountable),
              ElementsAre("withdrawn 1", "obligation confirm-deletion"));
  EXPECT_THAT(Debtors(v1::OBLIGATION_TYPE_CONFIRM_DELETION), ElementsAre(kAccountable));
}

/// What a system acknowledged and nobody read can be read no more.
TEST_F(ApplyWithdraw, LeavesNothingToRead) {
  const std::string session = world_.OpenSession(kChair);
  const std::string event = world_.PublishOne();
  world_.Acknowledge(kChair, session, kLane, {1});
  world_.Withdraw(event, v1::WITHDRAWAL_REASON_SENT_IN_ERROR);
  ReadItem read;
  read.set_feed(kChair);
  read.set_lane(kLane);
  read.set_sequence(1);
  EXPECT_EQ(world_.Say(World::Holder(kChair), COMMAND_NUMBER_READ, read).reason,
            v1::ERROR_REASON_NOT_FOUND);
}

/// P6. What waits vanishes: nobody who has not had it hears that there was anything.
TEST_F(ApplyWithdraw, IsNeverHeardOfWhereItWaitedOrWasWithheld) {
  world_.OpenSession(kGuest);
  const std::string event = world_.PublishOne();
  ASSERT_EQ(world_.Waiting(kMember, kLane), 1u);
  ASSERT_EQ(world_.DecisionFor(kGuest)->level(), v1::LEVEL_WITHHELD);
  world_.Withdraw(event, v1::WITHDRAWAL_REASON_SPILLAGE);
  EXPECT_EQ(world_.Waiting(kMember, kLane), 0u);
  EXPECT_THAT(Debtors(v1::OBLIGATION_TYPE_CONFIRM_DELETION), IsEmpty());
  for (const char* post : {kMember, kGuest}) {
    world_.OpenSession(post);
    EXPECT_THAT(world_.Inbox(post), IsEmpty()) << post;
    EXPECT_FALSE(world_.state.Get(LetGoKey(post, event))) << post;
    const auto lane = world_.state.Find<LaneRow>(LaneKey(post, kLane));
    EXPECT_TRUE(!lane || lane->next_sequence() == 1) << post << ": no number was used";
  }
}

/// Nobody is chased to read what is not there, nor to write a tear-line for it.
TEST_F(ApplyWithdraw, EndsWhatIsOwedAboutIt) {
  const std::string event = world_.PublishControlled();
  ASSERT_EQ(world_.Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW).size(), 1u);
  ASSERT_EQ(world_.Open(v1::OBLIGATION_TYPE_READ).size(), 1u);
  world_.Withdraw(event, v1::WITHDRAWAL_REASON_SENT_IN_ERROR);
  EXPECT_TRUE(world_.OpenObligations().empty());
  world_.OpenSession(kAccountable);
  EXPECT_THAT(world_.Inbox(kAccountable), IsEmpty());
}

/// Two references to one person are one person: what is owed about them ends once.
TEST_F(ApplyWithdraw, EndsWhatIsOwedOnceWhereAPersonIsNamedTwice) {
  const std::string event = world_.NextEventId();
  stored::v1::Publish twice = world_.Event(world_.nominal);
  twice.add_nominals()->set_nominal_id(world_.nominal);
  twice.mutable_label()->set_originator_controlled(true);
  world_.Publish(twice);
  ASSERT_EQ(world_.Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW).size(), 1u);
  ASSERT_EQ(world_.Withdraw(event, v1::WITHDRAWAL_REASON_SENT_IN_ERROR).outcome,
            audit::Outcome::kApplied);
  EXPECT_TRUE(world_.OpenObligations().empty());
}

TEST_F(ApplyWithdraw, LeavesWhatIsOwedAboutOtherEvents) {
  const std::string event = world_.PublishControlled();
  world_.PublishControlled();
  const auto owed = world_.Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW);
  ASSERT_EQ(owed.size(), 1u) << "the second joined the first";
  world_.Withdraw(event, v1::WITHDRAWAL_REASON_SENT_IN_ERROR);
  EXPECT_EQ(world_.Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW), owed);
  EXPECT_EQ(world_.OpenObligations().at(owed.begin()->second).count(), 1u);
  EXPECT_EQ(world_.Open(v1::OBLIGATION_TYPE_READ).size(), 1u);
}

/// Seventy-two hours from becoming aware; nothing done by then climbs.
TEST_F(ApplyWithdraw, StartsTheBreachClockForASpillageAndAWrongPerson) {
  for (const auto& [reason, runs] :
       std::map<v1::WithdrawalReason, bool>{{v1::WITHDRAWAL_REASON_WRONG_PERSON, true},
                                            {v1::WITHDRAWAL_REASON_SPILLAGE, true},
                                            {v1::WITHDRAWAL_REASON_INACCURATE, false},
                                            {v1::WITHDRAWAL_REASON_SENT_IN_ERROR, false}}) {
    EventWorld world;
    world.Withdraw(world.PublishOne(), reason);
    const auto open = world.Open(v1::OBLIGATION_TYPE_REPORT_BREACH);
    ASSERT_EQ(open.size(), runs ? 1u : 0u) << v1::WithdrawalReason_Name(reason);
    if (!runs) continue;
    const std::string id = open.at(kIntel);
    EXPECT_EQ(world.OpenObligations().at(id).due_ms(), world.now_ms + 72 * kHourMs);
    world.PassAndPulse(72 * kHourMs - 1);
    EXPECT_EQ(world.OpenObligations().at(id).stage(), 0u);
    world.PassAndPulse(1);
    EXPECT_EQ(world.OpenObligations().at(id).stage(), 1u) << "to the deputy";
    world.PassAndPulse(24 * kHourMs);
    EXPECT_EQ(world.OpenObligations().at(id).told_post(), "board/board");
  }
}

/// Each event's breach is decided by itself.
TEST_F(ApplyWithdraw, RunsAClockForEachEvent) {
  const std::string first = world_.PublishOne();
  const std::string second = world_.PublishOne();
  world_.Withdraw(first, v1::WITHDRAWAL_REASON_WRONG_PERSON);
  world_.now_ms += kHourMs;
  world_.Withdraw(second, v1::WITHDRAWAL_REASON_WRONG_PERSON);
  EXPECT_EQ(world_.OpenObligations().size(), 2u);
}

TEST_F(ApplyWithdraw, IsForWhoeverAnswersForIt) {
  const std::string event = world_.PublishOne();
  const Applied not_theirs =
      world_.Withdraw(event, v1::WITHDRAWAL_REASON_SPILLAGE, "prison/security");
  const Applied not_there =
      world_.Withdraw(std::string(16, 'x'), v1::WITHDRAWAL_REASON_SPILLAGE, "prison/security");
  EXPECT_EQ(not_theirs.reason, v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(not_theirs.sentence, not_there.sentence) << "nobody learns whether there is one";
  EXPECT_EQ(not_there.reason, v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(world_.Withdraw(event, v1::WITHDRAWAL_REASON_SPILLAGE, "desk/governance").reason,
            v1::ERROR_REASON_NOT_FOUND)
      << "governance of another agency";
  EXPECT_EQ(world_.Withdraw(event, v1::WITHDRAWAL_REASON_SPILLAGE, "desk/operator").reason,
            v1::ERROR_REASON_NOT_PERMITTED);
  EXPECT_EQ(world_.Withdraw(event, v1::WITHDRAWAL_REASON_UNSPECIFIED).reason,
            v1::ERROR_REASON_FIELD_INVALID);
  WithdrawEvent command;
  command.set_event_id(event);
  command.set_reason(v1::WITHDRAWAL_REASON_INACCURATE);
  EXPECT_EQ(world_.Say(World::System(kIntel), COMMAND_NUMBER_WITHDRAW_EVENT, command).reason,
            v1::ERROR_REASON_PURPOSE_REQUIRED);
  EXPECT_EQ(world_.RowOf(event).withdrawn(), v1::WITHDRAWAL_REASON_UNSPECIFIED);
}

/// What was thought an error may turn out to be a spillage; nothing else comes twice.
TEST_F(ApplyWithdraw, ComesOnceMoreOnlyAsASpillage) {
  world_.OpenSession(kChair);
  const std::string event = world_.PublishOne();
  world_.Withdraw(event, v1::WITHDRAWAL_REASON_SENT_IN_ERROR);
  EXPECT_EQ(world_.Withdraw(event, v1::WITHDRAWAL_REASON_INACCURATE).reason,
            v1::ERROR_REASON_EVENT_WITHDRAWN);
  EXPECT_EQ(world_.Withdraw(event, v1::WITHDRAWAL_REASON_SPILLAGE).outcome,
            audit::Outcome::kApplied);
  EXPECT_EQ(world_.Withdraw(event, v1::WITHDRAWAL_REASON_SPILLAGE).reason,
            v1::ERROR_REASON_EVENT_WITHDRAWN);
  EXPECT_THAT(world_.Inbox(kChair), ElementsAre("withdrawn 1", "obligation confirm-deletion"))
      << "told once";
  EXPECT_THAT(Debtors(v1::OBLIGATION_TYPE_REPORT_BREACH), ElementsAre(kIntel));
}

/// A new seat's history does not bring it, nor does a subscription from the beginning.
TEST_F(ApplyWithdraw, ComesToNobodyLater) {
  const std::string event = world_.PublishOne();
  world_.Withdraw(event, v1::WITHDRAWAL_REASON_INACCURATE);
  SeatPost seat;
  seat.set_case_id(world_.case_id);
  seat.mutable_seat()->set_post("prison/security");
  seat.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
  seat.set_with_history(true);
  world_.OpenSession("prison/security");
  world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, seat);
  world_.PassAndPulse(0);
  ASSERT_TRUE(world_.DecisionFor("prison/security").has_value()) << "it was judged all the same";
  EXPECT_EQ(world_.DecisionFor("prison/security")->shortfall(), v1::RULE_REASON_WITHDRAWN);
  EXPECT_THAT(world_.Inbox("prison/security"), IsEmpty());

  CreateSubscription wish;
  wish.mutable_selector()->add_nominal_ids(model::NominalId::FromBytes(world_.nominal)->Text());
  wish.set_from(v1::START_FROM_BEGINNING);
  const Applied made = world_.Say(World::System(kMember), COMMAND_NUMBER_CREATE_SUBSCRIPTION, wish);
  ASSERT_EQ(made.outcome, audit::Outcome::kApplied) << made.sentence;
  const std::string feed = std::string(kMember) + "/" + made.made_id;
  world_.OpenSession(feed);
  EXPECT_TRUE(world_.Released(feed, kLane).empty());
  EXPECT_EQ(world_.Waiting(feed, kLane), 0u);
}

TEST_F(ApplyWithdraw, CannotBeRestedOnInADisclosure) {
  world_.OpenSession(kChair);  // who knows of it from there on
  const std::string event = world_.PublishOne();
  DecideDisclosure decide;
  decide.set_case_id(world_.case_id);
  decide.set_third_party(v1::THIRD_PARTY_EMPLOYER);
  decide.set_decision(v1::DISCLOSURE_DECISION_DECLINE);
  decide.add_event_ids(event);
  Actor chair = World::System(kChair);
  chair.set_purpose("public-protection");
  chair.set_legal_basis("CJA2003-327A");
  ASSERT_EQ(world_.Say(chair, COMMAND_NUMBER_DECIDE_DISCLOSURE, decide).outcome,
            audit::Outcome::kApplied);
  world_.Withdraw(event, v1::WITHDRAWAL_REASON_INACCURATE);
  EXPECT_EQ(world_.Say(chair, COMMAND_NUMBER_DECIDE_DISCLOSURE, decide).reason,
            v1::ERROR_REASON_EVENT_WITHDRAWN);
}

/// P8.
TEST_F(ApplyWithdraw, IsReplayedByteForByte) {
  world_.OpenSession(kChair);
  world_.PublishControlled();
  world_.Withdraw(world_.PublishOne(), v1::WITHDRAWAL_REASON_SPILLAGE);
  EXPECT_EQ(Replay(world_.records).Digest(), world_.state.Digest());
}

/// The two events were sealed under the same key 'a'; the first is spilled, and 'b' takes its
/// place.
class ApplySpillage : public ApplyWithdraw {
 protected:
  stored::v1::Publish SealedUnder(char letter, bool first = false) const {
    stored::v1::Publish event = world_.Event(world_.nominal);
    event.mutable_segments(0)->add_keys()->set_subject_key_id(KeyId(letter));
    if (!first) return event;
    SubjectKeyUse& use = *event.add_keys();
    use.set_subject_key_id(KeyId(letter));
    use.set_content_class(CONTENT_CLASS_SEGMENT);
    use.set_quarter(200);
    return event;
  }
  std::string PublishSealed(char letter, bool first = false) {
    const std::string id = world_.NextEventId();
    EXPECT_EQ(world_.Publish(SealedUnder(letter, first)).outcome, audit::Outcome::kApplied);
    return id;
  }
  static WithdrawEvent Spilling(const std::string& event_id, char before, char after,
                                model::Position until) {
    WithdrawEvent command;
    command.set_event_id(event_id);
    command.set_reason(v1::WITHDRAWAL_REASON_SPILLAGE);
    command.set_wrapped_until(until);
    ReplacedKey& key = *command.add_replaced_keys();
    key.set_old_key_id(KeyId(before));
    key.set_new_key_id(KeyId(after));
    return command;
  }
  SubjectKeyRow KeyRow(char letter) const {
    return *world_.state.Find<SubjectKeyRow>(SubjectKeyKey(KeyId(letter)));
  }
};

TEST_F(ApplySpillage, ReplacesTheKeysItOpensBy) {
  const std::string spilled = PublishSealed('a', true);
  PublishSealed('a');
  const Applied applied = world_.Withdraw(Spilling(spilled, 'a', 'b', world_.records.size()));
  ASSERT_EQ(applied.outcome, audit::Outcome::kApplied) << applied.sentence;
  EXPECT_EQ(applied.erased_keys, std::vector<std::string>{KeyId('a')});
  EXPECT_EQ(KeyRow('a').erased_position(), world_.records.size());
  EXPECT_EQ(KeyRow('a').replaced_by(), KeyId('b'));
  EXPECT_EQ(KeyRow('b').nominal_id(), world_.nominal);
  EXPECT_EQ(KeyRow('b').content_class(), CONTENT_CLASS_SEGMENT);
  EXPECT_EQ(KeyRow('b').quarter(), 200u);
  EXPECT_EQ(KeyRow('b').erased_position(), 0u);
  const auto in_use = world_.state.Scan(state::Key(state::Table::kSubjectKeyOf), 10);
  ASSERT_EQ(in_use.size(), 1u) << "nothing is sealed under the old one any more";
  EXPECT_TRUE(in_use[0].first.ends_with(KeyId('b')));
  EXPECT_EQ(world_.Publish(SealedUnder('a')).reason, v1::ERROR_REASON_UNAVAILABLE);
  EXPECT_EQ(world_.Publish(SealedUnder('b')).outcome, audit::Outcome::kApplied);
}

/// What was sealed under the key while the rest was being wrapped anew would be lost: it is wrapped
/// anew, too, first.
TEST_F(ApplySpillage, WaitsForWhatWasSealedMeanwhile) {
  const std::string spilled = PublishSealed('a', true);
  const model::Position prepared = world_.records.size();
  PublishSealed('a');
  EXPECT_EQ(world_.Withdraw(Spilling(spilled, 'a', 'b', prepared)).reason,
            v1::ERROR_REASON_UNAVAILABLE);
  EXPECT_EQ(KeyRow('a').erased_position(), 0u);
  EXPECT_EQ(world_.RowOf(spilled).withdrawn(), v1::WITHDRAWAL_REASON_UNSPECIFIED)
      << "all of it, or nothing";
  world_.PublishOne();  // under no key of these
  EXPECT_EQ(world_.Withdraw(Spilling(spilled, 'a', 'b', prepared + 1)).outcome,
            audit::Outcome::kApplied);
}

TEST_F(ApplySpillage, WaitsForATearLineWrittenMeanwhile) {
  const std::string spilled = PublishSealed('a', true);
  const std::string other = PublishSealed('a');
  const model::Position prepared = world_.records.size();
  AmendEvent amend = world_.Writing(other);
  amend.mutable_tear_lines(0)->mutable_text()->add_keys()->set_subject_key_id(KeyId('a'));
  ASSERT_EQ(world_.Amend(amend).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world_.Withdraw(Spilling(spilled, 'a', 'b', prepared)).reason,
            v1::ERROR_REASON_UNAVAILABLE);
  EXPECT_EQ(world_.Withdraw(Spilling(spilled, 'a', 'b', world_.records.size())).outcome,
            audit::Outcome::kApplied);
}

TEST_F(ApplySpillage, ReplacesExactlyTheKeysItOpensBy) {
  const std::string spilled = PublishSealed('a', true);
  PublishSealed('c', true);
  const model::Position now = world_.records.size();
  EXPECT_EQ(world_.Withdraw(spilled, v1::WITHDRAWAL_REASON_SPILLAGE).reason,
            v1::ERROR_REASON_UNAVAILABLE)
      << "none was replaced";
  EXPECT_EQ(world_.Withdraw(Spilling(spilled, 'c', 'b', now)).reason, v1::ERROR_REASON_UNAVAILABLE)
      << "another's key";
  EXPECT_EQ(world_.Withdraw(Spilling(spilled, 'a', 'c', now)).outcome, audit::Outcome::kUnappliable)
      << "a key that is in use";
}

/// A second spillage of the same quarter replaces the replacement.
TEST_F(ApplySpillage, FollowsOneReplacementToTheNext) {
  const std::string first = PublishSealed('a', true);
  const std::string second = PublishSealed('a');
  world_.Withdraw(Spilling(first, 'a', 'b', world_.records.size()));
  ASSERT_EQ(world_.Withdraw(Spilling(second, 'b', 'c', world_.records.size())).outcome,
            audit::Outcome::kApplied);
  EXPECT_EQ(KeyRow('b').replaced_by(), KeyId('c'));
  EXPECT_EQ(Replay(world_.records).Digest(), world_.state.Digest());
}

}  // namespace
}  // namespace tearline::machine
