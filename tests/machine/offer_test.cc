#include "broker/machine/offer.h"

#include <gtest/gtest.h>

#include "broker/machine/rows.h"
#include "broker/machine/silence.h"
#include "broker/model/limits.h"
#include "tests/machine/request_world.h"
#include "tests/machine/wishing_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr char kPrison[] = "prison/security";
constexpr v1::Urgency kUrgent = v1::URGENCY_URGENT;

class OfferTest : public testing::Test {
 protected:
  v1::Selector AboutHim() const { return WishingWorld::About({nominal_}); }

  WishingWorld world_;
  std::string nominal_ = world_.Register(1);
};

/// One sync from publish to disclosure holds for a subscription, too.
TEST_F(OfferTest, HappensWithinThePublishItself) {
  const std::string feed = world_.Subscribe(kPrison, AboutHim());
  world_.OpenSession(feed);
  const std::string event = world_.Tell(nominal_);
  EXPECT_EQ(world_.last.feeds, std::set<std::string>{feed});
  EXPECT_EQ(world_.Out(feed), std::vector<std::string>{event});
  EXPECT_EQ(world_.DecisionFor(kPrison)->level(), v1::LEVEL_FULL);
  EXPECT_FALSE(world_.DecisionFor(kPrison)->late());
}

/// P10. To ask is not to get: who asks is judged as whoever did not.
TEST_F(OfferTest, WidensNothing) {
  const std::string feed = world_.Subscribe("police/panel", v1::Selector());
  world_.OpenSession(feed);
  world_.Tell(nominal_);
  EXPECT_TRUE(world_.Out(feed).empty());
  EXPECT_EQ(world_.DecisionFor("police/panel")->level(), v1::LEVEL_WITHHELD);
}

/// P6. What is withheld is recorded, and leaves no trace in the feed.
TEST_F(OfferTest, IsSilentAboutWhatIsWithheld) {
  const std::string feed = world_.Subscribe(kPrison, AboutHim());
  world_.OpenSession(feed);
  world_.HoldBack(nominal_);
  EXPECT_TRUE(world_.last.feeds.empty());
  ASSERT_TRUE(world_.DecisionFor(kPrison).has_value());
  EXPECT_EQ(world_.DecisionFor(kPrison)->level(), v1::LEVEL_WITHHELD);
  EXPECT_TRUE(world_.OpenObligations().empty()) << "nobody owed it";
  world_.Tell(nominal_);
  EXPECT_EQ(world_.Released(feed, kUrgent).begin()->first, 1u) << "no number was used";
}

TEST_F(OfferTest, LeavesToTheInboxWhatADutyBringsThere) {
  world_.OpenCase(nominal_, {{kPrison, v1::SEAT_KIND_MEMBER}});
  const std::string feed = world_.Subscribe(kPrison, AboutHim());
  world_.OpenSession(feed);
  world_.OpenSession(kPrison);
  world_.Tell(nominal_);
  EXPECT_EQ(world_.Judged(), 1) << "one post is judged once";
  EXPECT_EQ(world_.Out(kPrison).size(), 1u);
  EXPECT_TRUE(world_.Out(feed).empty());
  EXPECT_EQ(world_.Lane(feed).waiting(), 0u);
}

/// Where policy owes a post what it only wished for, it is due where duties are due.
TEST_F(OfferTest, PutsIntoTheInboxWhatIsOwedToWhoeverAsked) {
  const std::string feed = world_.Subscribe("board/board", AboutHim());
  world_.Tell(nominal_);
  EXPECT_EQ(world_.Waiting(feed, kUrgent), 0u);
  EXPECT_EQ(world_.Waiting("board/board", kUrgent), 1u);
  EXPECT_TRUE(world_.OpenObligations().empty());
  stored::v1::Publish secret = world_.Event(nominal_);
  secret.mutable_segments(0)->add_flags(v1::CONTENT_FLAG_SOURCE_IDENTITY);
  world_.Publish(secret);
  EXPECT_EQ(world_.Waiting("board/board", kUrgent), 1u);
  EXPECT_EQ(world_.OpenObligations().size(), 1u) << "P3: and is chased if it is not met";
}

TEST_F(OfferTest, GivesOneOfAPostsSubscriptionsTheEventTheOldest) {
  const std::string older = world_.Subscribe(kPrison, AboutHim());
  const std::string younger = world_.Subscribe(kPrison, v1::Selector());
  world_.Tell(nominal_);
  EXPECT_EQ(world_.Judged(), 1);
  EXPECT_EQ(world_.Waiting(older, kUrgent), 1u);
  EXPECT_EQ(world_.Waiting(younger, kUrgent), 0u);
  world_.Tell(world_.Register(2));
  EXPECT_EQ(world_.Waiting(younger, kUrgent), 1u);
}

TEST_F(OfferTest, BringsAPostNothingOfItsOwn) {
  const std::string feed = world_.Subscribe(kPrison, AboutHim(), v1::START_FROM_BEGINNING);
  const std::string live = world_.Subscribe(kPrison, AboutHim());
  world_.Publish(world_.Event(nominal_), kPrison);
  world_.OpenSession(feed);
  EXPECT_TRUE(world_.Out(feed).empty());
  EXPECT_EQ(world_.Waiting(live, kUrgent), 0u);
}

/// Ten thousand may wait; what comes after them is found again when there is room.
TEST_F(OfferTest, FallsBackToCatchingUpBeyondTenThousand) {
  const std::string feed = world_.Subscribe(kPrison, AboutHim());
  state::Batch batch(world_.state);
  LaneRow row = world_.Lane(feed);
  row.set_waiting(model::kSubscriptionWaitingMax - 1);
  batch.PutRow(LaneKey(feed, kUrgent), row);
  world_.state.Commit(batch);

  world_.Tell(nominal_);
  EXPECT_EQ(world_.Lane(feed).waiting(), model::kSubscriptionWaitingMax);
  EXPECT_EQ(world_.Lane(feed).catch_up_from(), 0u);
  world_.Tell(nominal_);
  EXPECT_EQ(world_.Lane(feed).waiting(), model::kSubscriptionWaitingMax);
  EXPECT_EQ(world_.Lane(feed).catch_up_from(), world_.records.size());
  EXPECT_EQ(world_.Judged(), 0) << "it is judged when it is its turn";
  world_.Tell(nominal_, v1::URGENCY_IMMEDIATE);
  EXPECT_EQ(world_.Lane(feed, v1::URGENCY_IMMEDIATE).waiting(), 1u) << "a lane for itself";
}

/// One record judges 256 posts that wish; the others' lanes find the event by themselves.
TEST_F(OfferTest, JudgesTwoHundredAndFiftySixPostsAtOnce) {
  std::vector<std::string> feeds;
  for (int i = 0; i < model::kOffersMax + 2; ++i) {
    SetPost command;
    v1::Post& post = *command.mutable_post();
    post.set_post("prison/wing-" + std::to_string(i));
    post.add_roles(v1::POST_ROLE_PRISON_SECURITY);
    post.set_holder("security-holder");
    post.set_deputy("security-deputy");
    post.add_services("security-system");
    post.mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
    post.mutable_clearance()->set_sensitive(true);
    ASSERT_EQ(world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, command).outcome,
              audit::Outcome::kApplied);
    CreateSubscription create;
    *create.mutable_selector() = AboutHim();
    create.set_from(v1::START_FROM_NOW);
    Actor actor = World::System(kPrison);
    actor.set_post(post.post());
    const Applied made = world_.Say(actor, COMMAND_NUMBER_CREATE_SUBSCRIPTION, create);
    feeds.push_back(post.post() + "/" + made.made_id);
  }
  const std::string event = world_.Tell(nominal_);
  EXPECT_EQ(world_.Judged(), model::kOffersMax);
  int behind = 0;
  for (const std::string& feed : feeds) behind += world_.Lane(feed).catch_up_from() != 0 ? 1 : 0;
  EXPECT_EQ(behind, 2);
}

/// Posts that ask about somebody: one that supervises them, one that told something about them.
class OfferAskedTest : public testing::Test {
 protected:
  static constexpr const char* kSupervisor = RequestWorld::kSupervisor;
  static constexpr const char* kHealth = RequestWorld::kHealth;

  OfferAskedTest() { world_.PublishFor("", world_.other, kHealth); }
  /// A request of RequestWorld::kChecks; its id.
  std::string AskedBy(const std::string& post) {
    const Applied asked = world_.Ask(world_.AskingOf(RequestWorld::kChecks), post);
    return model::InformationRequestId::Parse(asked.made_id)->Bytes();
  }
  /// What comes to RequestWorld::kHealth by a subscription, and is not owed it.
  std::string Subscribe() {
    CreateSubscription command;
    *command.mutable_selector() = WishingWorld::About({world_.other});
    command.set_from(v1::START_FROM_NOW);
    const Applied made =
        world_.Say(World::System(kHealth), COMMAND_NUMBER_CREATE_SUBSCRIPTION, command);
    return std::string(kHealth) + "/" + made.made_id;
  }
  RequestWorld world_;
};

/// P6. What waits was judged as it came. Whoever is kept out since will not be told of it: so it is
/// no answer.
TEST_F(OfferAskedTest, JudgesNowWhatWaits) {
  const std::string event = world_.PublishFor(kSupervisor, world_.other);
  ASSERT_EQ(world_.Waiting(kSupervisor, kUrgent), 1u);
  const std::string kept_out = AskedBy(kSupervisor);
  const std::string told = AskedBy(kSupervisor);
  world_.KeepOut(world_.other, {kSupervisor});
  EXPECT_EQ(world_.AnswerBy(kept_out, event).reason, v1::ERROR_REASON_ANSWER_NOT_TOLD);
  world_.KeepOut(world_.other, {});
  EXPECT_EQ(world_.AnswerBy(told, event).reason, v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(world_.DecisionFor(kSupervisor)->level(), v1::LEVEL_FULL) << "it is on record";
  EXPECT_EQ(world_.Waiting(kSupervisor, kUrgent), 1u) << "and comes once";
}

/// P6. The same of what a subscription had: that is judged for itself.
TEST_F(OfferAskedTest, JudgesNowWhatASubscriptionHad) {
  const std::string feed = Subscribe();
  const std::string event = world_.PublishFor(kHealth, world_.other);
  ASSERT_EQ(world_.Waiting(feed, kUrgent), 1u);
  const std::string request = AskedBy(kHealth);
  world_.KeepOut(world_.other, {kHealth});
  EXPECT_EQ(world_.AnswerBy(request, event).reason, v1::ERROR_REASON_ANSWER_NOT_TOLD);
  world_.KeepOut(world_.other, {});
  EXPECT_EQ(world_.AnswerBy(request, event).reason, v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(world_.Waiting(feed, kUrgent), 0u);
  world_.OpenSession(kHealth);
  EXPECT_TRUE(KnowsOf(event, kHealth, world_.state)) << "whoever asked has it in the inbox";
}

/// P6. What was told and is taken back is not told: it answers when it is told anew.
TEST_F(OfferAskedTest, JudgesNowWhatWasTakenBack) {
  world_.OpenSession(kSupervisor);
  const std::string event = world_.PublishFor(kSupervisor, world_.other);
  ASSERT_TRUE(KnowsOf(event, kSupervisor, world_.state));
  const std::string request = AskedBy(kSupervisor);
  world_.KeepOut(world_.other, {kSupervisor});
  world_.OpenSession(kSupervisor);  // at which what was let go is looked at again
  ASSERT_FALSE(KnowsOf(event, kSupervisor, world_.state));
  EXPECT_EQ(world_.AnswerBy(request, event).reason, v1::ERROR_REASON_ANSWER_NOT_TOLD);
  world_.KeepOut(world_.other, {});
  EXPECT_EQ(world_.AnswerBy(request, event).reason, v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_TRUE(KnowsOf(event, kSupervisor, world_.state));
}

}  // namespace
}  // namespace tearline::machine
