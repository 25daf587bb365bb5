#include "broker/machine/supersede.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/machine/rows.h"
#include "broker/machine/silence.h"
#include "tests/machine/event_world.h"
#include "tests/machine/wishing_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using testing::ElementsAre;
using testing::IsEmpty;

class Superseding : public testing::Test {
 protected:
  static constexpr const char* kChair = EventWorld::kChair;
  static constexpr const char* kAccountable = EventWorld::kAccountable;
  static constexpr v1::Urgency kLane = EventWorld::kLane;

  /// Controlled, with a tear-line for the panel: the chair is told that.
  std::string PublishWithTearLine() {
    const std::string event = world_.PublishControlled();
    world_.Amend(world_.Writing(event));
    return event;
  }
  Applied Read(const std::string& post, std::uint64_t sequence) {
    ReadItem read;
    read.set_feed(post);
    read.set_lane(kLane);
    read.set_sequence(sequence);
    return world_.Say(World::Holder(post), COMMAND_NUMBER_READ, read);
  }

  EventWorld world_;
};

/// More may be told: the same event comes again, whatever became of what was told before.
TEST_F(Superseding, SendsAgainWhatMayBeToldMoreOfNow) {
  const std::string event = PublishWithTearLine();
  const std::string session = world_.OpenSession(kChair);
  ASSERT_THAT(world_.Inbox(kChair), ElementsAre("event tear-line"));
  world_.Acknowledge(kChair, session, kLane, {1});
  world_.Amend(EventWorld::Controlling(event, false));
  EXPECT_THAT(world_.Inbox(kChair), ElementsAre("event full supersedes 1"));
  EXPECT_EQ(world_.DecisionFor(kChair)->level(), v1::LEVEL_FULL);
  EXPECT_TRUE(world_.DecisionFor(kChair)->again());
}

/// What was let go and not settled leaves the window: it is not sent twice.
TEST_F(Superseding, TakesThePlaceOfWhatIsNotSettled) {
  const std::string event = PublishWithTearLine();
  world_.OpenSession(kChair);
  world_.Amend(EventWorld::Controlling(event, false));
  EXPECT_THAT(world_.Inbox(kChair), ElementsAre("event full supersedes 1"));
  const LaneRow lane = *world_.state.Find<LaneRow>(LaneKey(kChair, kLane));
  EXPECT_EQ(lane.outstanding(), 1u);
  EXPECT_EQ(lane.next_sequence(), 3u);
}

TEST_F(Superseding, SendsAgainWhatWasWrittenAnew) {
  const std::string event = PublishWithTearLine();
  world_.OpenSession(kChair);
  AmendEvent replace = world_.Writing(event);
  replace.add_retired_tear_lines(0);
  world_.Amend(replace);
  EXPECT_THAT(world_.Inbox(kChair), ElementsAre("event tear-line supersedes 1"));
  EXPECT_EQ(world_.Released(kChair, kLane).at(2).tear_line(), 1u);
}

/// Less may be told: that is said first, then it comes as far as it may be told.
TEST_F(Superseding, SaysThatAccessIsWithdrawnWhereLessMayBeTold) {
  const std::string event = PublishWithTearLine();
  world_.OpenSession(kChair);
  world_.Amend(EventWorld::Controlling(event, false));
  world_.Amend(EventWorld::Controlling(event, true));
  EXPECT_THAT(world_.Inbox(kChair), ElementsAre("withdrawn 2", "event tear-line supersedes 2"));
  EXPECT_EQ(world_.Released(kChair, kLane).at(3).withdrawal_reason(),
            v1::WITHDRAWAL_REASON_UNSPECIFIED)
      << "the event stands";
}

TEST_F(Superseding, TakesBackWhatMayNotBeToldAnyMore) {
  const std::string event = PublishWithTearLine();
  world_.OpenSession(kChair);
  AmendEvent retire;
  retire.set_event_id(event);
  retire.add_retired_tear_lines(0);
  world_.Amend(retire);
  EXPECT_THAT(world_.Inbox(kChair), ElementsAre("withdrawn 1"));
  EXPECT_EQ(world_.Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW).size(), 1u)
      << "the chair is owed what it is not told";
  EXPECT_THAT(world_.Open(v1::OBLIGATION_TYPE_CONFIRM_DELETION), IsEmpty());
}

/// What waits was never told: it is told as it may be told now, and nothing else is said.
TEST_F(Superseding, JudgesInItsPlaceWhatStillWaits) {
  const std::string event = PublishWithTearLine();
  world_.Amend(EventWorld::Controlling(event, false));
  EXPECT_EQ(world_.Waiting(kChair, kLane), 1u);
  world_.OpenSession(kChair);
  EXPECT_THAT(world_.Inbox(kChair), ElementsAre("event full"));
}

/// Told tear-line, then full while nobody listened, then nothing: what was told is taken back.
TEST_F(Superseding, TakesBackWhatWasToldThoughItsSuccessorNeverWent) {
  const std::string event = PublishWithTearLine();
  const std::string session = world_.OpenSession(kChair);
  CloseSession close;
  close.set_feed(kChair);
  close.set_session_id(session);
  world_.Say(World::System(kChair), COMMAND_NUMBER_CLOSE_SESSION, close);
  world_.Amend(EventWorld::Controlling(event, false));
  AmendEvent narrow = EventWorld::Controlling(event, true);
  narrow.add_retired_tear_lines(0);
  world_.Amend(narrow);
  world_.OpenSession(kChair);
  EXPECT_THAT(world_.Inbox(kChair), ElementsAre("withdrawn 1"));
}

/// Nobody else's matter: what may be told as before stays as it was, and nothing is said.
TEST_F(Superseding, SaysNothingToWhoeverIsToldAsBefore) {
  world_.OpenSession(kAccountable);
  const std::string event = PublishWithTearLine();
  EXPECT_THAT(world_.Inbox(kAccountable),
              ElementsAre("event full", "obligation read", "obligation sanitise-or-review"));
  const auto released = world_.Released(kAccountable, kLane);
  EXPECT_EQ(released.at(1).judged_position(), world_.records.size())
      << "it need not be looked at again";
  EXPECT_EQ(world_.Open(v1::OBLIGATION_TYPE_READ).size(), 1u);
}

/// Whoever read what is superseded is owed to read what takes its place, and can.
TEST_F(Superseding, IsToBeReadAgainWhereReadingIsOwed) {
  world_.PutInForce(R"(
id: "words" version: 2 purpose: "For tests."
rules { id: "G1" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { accountable_officer: true } } }
rules { id: "Q1" kind: RULE_KIND_CAP_QUALIFIED level: LEVEL_TEAR_LINE
  reason: RULE_REASON_ORIGINATOR_CONTROL when { event { originator_controlled: true } } }
rules { id: "D1" kind: RULE_KIND_DUTY level: LEVEL_TEAR_LINE
  reason: RULE_REASON_ACCOUNTABLE_OFFICER_MUST_KNOW
  when { recipient { accountable_officer: true } }
  oblige { type: OBLIGATION_TYPE_READ within: "4h" } }
)");
  const std::string event = world_.PublishControlled();
  AmendEvent words = world_.Writing(event);
  words.mutable_tear_lines(0)->mutable_audience()->add_posts(kAccountable);
  world_.Amend(words);
  const std::string session = world_.OpenSession(kAccountable);
  ASSERT_THAT(world_.Inbox(kAccountable), ElementsAre("event tear-line", "obligation read"));
  ASSERT_EQ(Read(kAccountable, 1).outcome, audit::Outcome::kApplied);
  world_.Acknowledge(kAccountable, session, kLane, {1, 2});
  ASSERT_THAT(world_.Open(v1::OBLIGATION_TYPE_READ), IsEmpty());

  world_.Amend(EventWorld::Controlling(event, false));
  EXPECT_THAT(world_.Inbox(kAccountable),
              ElementsAre("event full supersedes 1", "obligation read"));
  EXPECT_EQ(world_.Open(v1::OBLIGATION_TYPE_READ).size(), 1u);
  world_.Acknowledge(kAccountable, session, kLane, {3, 4});
  EXPECT_EQ(Read(kAccountable, 3).outcome, audit::Outcome::kApplied);
  EXPECT_THAT(world_.Open(v1::OBLIGATION_TYPE_READ), IsEmpty());
}

TEST_F(Superseding, ReachesASubscriptionToo) {
  CreateSubscription wish;
  wish.mutable_selector()->add_nominal_ids(model::NominalId::FromBytes(world_.nominal)->Text());
  wish.set_from(v1::START_FROM_BEGINNING);
  Actor member = World::System("police/panel");
  const Applied made = world_.Say(member, COMMAND_NUMBER_CREATE_SUBSCRIPTION, wish);
  ASSERT_EQ(made.outcome, audit::Outcome::kApplied) << made.sentence;
  const std::string feed = "police/panel/" + made.made_id;
  world_.OpenSession(feed);
  const std::string event = world_.PublishControlled();
  ASSERT_THAT(world_.Inbox(feed), IsEmpty());
  world_.OpenSession("police/panel");
  world_.Amend(EventWorld::Controlling(event, false));
  EXPECT_THAT(world_.Inbox("police/panel"), ElementsAre("event full"))
      << "a seat's is the inbox, whatever else it wishes for";
  EXPECT_THAT(world_.Inbox(feed), IsEmpty());
}

constexpr char kPointed[] = R"(id: "pointed" version: 3 purpose: "For tests."
rules { id: "G2" kind: RULE_KIND_GRANT level: LEVEL_POINTER reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { agency_kind: AGENCY_KIND_PRISON } } }
rules { id: "G3" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { event { originator_controlled: false } recipient { agency_kind: AGENCY_KIND_PRISON } } })";

constexpr v1::Urgency kUrgent = v1::URGENCY_URGENT;

/// What a subscription told that was deleted since, and that nobody owes.
class SupersedingGone : public testing::Test {
 protected:
  static constexpr const char* kPrison = "prison/security";

  SupersedingGone() : known_(world_.Register(1)), feed_(Wish()) { world_.PutInForce(kPointed); }
  void TearDown() override {
    EXPECT_EQ(Replay(world_.records).Digest().Hex(), world_.state.Digest().Hex());
  }

  std::string Wish() { return world_.Subscribe(kPrison, WishingWorld::About({known_})); }
  /// Tells it, has it received, and deletes the subscription.
  void TellAndDelete(bool controlled) {
    const std::string session = world_.OpenSession(feed_);
    stored::v1::Publish event = world_.Event(known_);
    event.mutable_label()->set_originator_controlled(controlled);
    event.mutable_label()->set_existence_may_be_told(true);
    event.mutable_label()->set_pointer_post("ct-police/intel");
    event_ = world_.NextEventId();
    world_.last = world_.Publish(event);
    ASSERT_EQ(world_.Take(feed_, session), std::vector<std::string>{event_});
    world_.Delete(feed_);
  }
  void Amend(bool controlled) {
    AmendEvent command;
    command.set_event_id(event_);
    v1::ReleaseTerms& terms = *command.mutable_terms();
    terms.set_originator_controlled(controlled);
    terms.set_existence_may_be_told(true);
    terms.set_pointer_post("ct-police/intel");
    Actor actor = World::System("ct-police/intel");
    actor.set_purpose("correction");
    world_.last = world_.Say(actor, COMMAND_NUMBER_AMEND_EVENT, command);
    ASSERT_EQ(world_.last.sentence, "");
  }
  LetGoRow Told() const { return *world_.state.Find<LetGoRow>(LetGoKey(kPrison, event_)); }

  WishingWorld world_;
  const std::string known_;
  const std::string feed_;
  std::string event_;
};

/// No feed would bring what is said now: the post goes on knowing what it was told.
TEST_F(SupersedingGone, StandsWhereNobodyAsksForMore) {
  TellAndDelete(/*controlled=*/true);
  ASSERT_EQ(Told().level(), v1::LEVEL_POINTER);
  world_.behaviour_version = kGoneFeedsFrom;
  Amend(/*controlled=*/false);
  EXPECT_FALSE(Told().ended());
  EXPECT_EQ(Told().level(), v1::LEVEL_POINTER);
  EXPECT_TRUE(KnowsOf(event_, kPrison, world_.state));
  EXPECT_EQ(world_.Waiting(kPrison, kUrgent), 0u);
}

TEST_F(SupersedingGone, WasLostBefore) {
  TellAndDelete(/*controlled=*/true);
  world_.behaviour_version = kGoneFeedsFrom - 1;
  Amend(/*controlled=*/false);
  EXPECT_TRUE(Told().ended());
}

TEST_F(SupersedingGone, ComesInAnotherThatWishesForIt) {
  const std::string other = Wish();
  TellAndDelete(/*controlled=*/true);
  world_.OpenSession(other);
  Amend(/*controlled=*/false);
  EXPECT_EQ(world_.Out(other), std::vector<std::string>{event_});
  EXPECT_TRUE(world_.Released(other, kUrgent).begin()->second.superseding());
  EXPECT_EQ(Told().level(), v1::LEVEL_FULL);
}

/// Another that has still to go through it gets it by that, once: until then what was told stands.
TEST_F(SupersedingGone, DoesNotComeBeforeItsTimeInOneThatCatchesUp) {
  const std::string other =
      world_.Subscribe(kPrison, WishingWorld::About({known_}), v1::START_FROM_BEGINNING);
  TellAndDelete(/*controlled=*/true);
  Amend(/*controlled=*/false);
  EXPECT_FALSE(Told().ended());
  EXPECT_EQ(Told().level(), v1::LEVEL_POINTER);
  EXPECT_EQ(world_.Waiting(other, kUrgent), 0u);
}

/// Less may be told: that what it had is taken back is said in the inbox.
TEST_F(SupersedingGone, IsTakenBackWhereLessMayBeTold) {
  TellAndDelete(/*controlled=*/false);
  ASSERT_EQ(Told().level(), v1::LEVEL_FULL);
  Amend(/*controlled=*/true);
  EXPECT_TRUE(Told().ended());
  world_.OpenSession(kPrison);
  const auto released = world_.Released(kPrison, kUrgent);
  ASSERT_EQ(released.size(), 1u);
  EXPECT_EQ(released.begin()->second.kind(), ITEM_KIND_ACCESS_WITHDRAWN);
}

}  // namespace
}  // namespace tearline::machine
