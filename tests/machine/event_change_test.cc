#include "broker/machine/event_change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/event_world.h"
#include "tests/machine/wishing_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr v1::Urgency kLane = EventWorld::kLane;

/// The story of an unmet duty: nothing told, nobody chased any more once a tear-line is written.
TEST(EventChange, TellsWhoeverWasNotToldAndEndsWhatWasOwed) {
  EventWorld world;
  world.OpenSession(EventWorld::kChair);
  const std::string event = world.PublishControlled();
  ASSERT_THAT(world.Inbox(EventWorld::kChair), IsEmpty());
  ASSERT_EQ(world.Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW).size(), 1u);
  world.Amend(world.Writing(event));
  EXPECT_THAT(world.Inbox(EventWorld::kChair), ElementsAre("event tear-line"));
  EXPECT_THAT(world.Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW), IsEmpty());
}

/// A tear-line that does not reach whom it is owed to ends nothing.
TEST(EventChange, ChasesOnWhatIsStillOwed) {
  EventWorld world;
  const std::string event = world.PublishControlled();
  const auto owed = world.Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW);
  AmendEvent for_others = world.Writing(event);
  for_others.mutable_tear_lines(0)->mutable_audience()->set_panels(false);
  for_others.mutable_tear_lines(0)->mutable_audience()->add_posts("prison/security");
  ASSERT_EQ(world.Amend(for_others).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world.Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW), owed);
}

/// Two were owed it; the second's is still open when the first has been told.
TEST(EventChange, EndsAnObligationWhenTheLastItIsOwedToIsTold) {
  EventWorld world;
  const std::string first = world.PublishControlled();
  const std::string second = world.PublishControlled();
  const auto owed = world.Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW);
  ASSERT_EQ(owed.size(), 1u);
  world.Amend(world.Writing(first));
  EXPECT_EQ(world.Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW), owed);
  EXPECT_EQ(world.OpenObligations().at(owed.begin()->second).count(), 1u);
  world.Amend(world.Writing(second));
  EXPECT_THAT(world.Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW), IsEmpty());
}

/// A raise reaches a wish that was given nothing.
TEST(EventChange, OffersToWhoeverWishesForIt) {
  WishingWorld world;
  const std::string nominal = world.Register(1);
  const std::string feed = world.Subscribe("prison/security", WishingWorld::About({nominal}));
  world.OpenSession(feed);
  const std::string event = world.HoldBack(nominal);
  ASSERT_THAT(world.Out(feed), IsEmpty());
  AmendEvent lift = EventWorld::Controlling(event, false);
  Actor intel = World::System("ct-police/intel");
  intel.set_purpose("public-protection");
  ASSERT_EQ(world.Say(intel, COMMAND_NUMBER_AMEND_EVENT, lift).outcome, audit::Outcome::kApplied);
  EXPECT_THAT(world.Out(feed), ElementsAre(event));
  WithdrawEvent withdraw;
  withdraw.set_event_id(event);
  withdraw.set_reason(v1::WITHDRAWAL_REASON_SENT_IN_ERROR);
  ASSERT_EQ(world.Say(intel, COMMAND_NUMBER_WITHDRAW_EVENT, withdraw).outcome,
            audit::Outcome::kApplied);
  const auto released = world.Released(feed, kLane);
  ASSERT_EQ(released.size(), 1u);
  EXPECT_EQ(released.begin()->second.kind(), ITEM_KIND_ACCESS_WITHDRAWN);
  EXPECT_EQ(released.begin()->second.withdrawn_sequence(), 1u);
}

/// P3. A board is owed what it wishes for by a rule alone: nobody's case or supervision brings it
/// in. An amendment that tells it nothing ends nothing, whether the wish still stands or not; one
/// that tells it all does.
TEST(EventChange, ChasesOnWhatIsOwedToAWishWithoutACase) {
  for (const bool wish_stands : {true, false}) {
    WishingWorld world;
    world.PutInForce(R"(id: "boards" version: 2
rules { id: "G1" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { role: POST_ROLE_STRATEGIC_BOARD } } }
rules { id: "A1" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD
  reason: RULE_REASON_ORIGINATOR_CONTROL when { event { originator_controlled: true } } }
rules { id: "D1" kind: RULE_KIND_DUTY level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { role: POST_ROLE_STRATEGIC_BOARD } } })");
    const std::string nominal = world.Register(1);
    const std::string feed = world.Subscribe("board/board", WishingWorld::About({nominal}));
    const std::string event = world.HoldBack(nominal);
    const auto owed = world.OpenObligations();
    ASSERT_EQ(owed.size(), 1u);
    ASSERT_EQ(owed.begin()->second.owed_posts(0), "board/board");
    if (!wish_stands) world.Delete(feed);
    Actor intel = World::System("ct-police/intel");
    intel.set_purpose("correction");
    AmendEvent write;
    write.set_event_id(event);
    SealedTearLine& line = *write.add_tear_lines();
    line.mutable_text()->set_ciphertext("sealed text");
    line.mutable_marking()->set_tier(v1::TIER_OFFICIAL);
    line.mutable_audience()->set_panels(true);
    ASSERT_EQ(world.Say(intel, COMMAND_NUMBER_AMEND_EVENT, write).sentence, "");
    EXPECT_EQ(world.OpenObligations().size(), 1u) << wish_stands;
    EXPECT_TRUE(world.OpenObligations().contains(owed.begin()->first)) << wish_stands;
    ASSERT_EQ(world.Say(intel, COMMAND_NUMBER_AMEND_EVENT, EventWorld::Controlling(event, false))
                  .sentence,
              "");
    EXPECT_EQ(world.OpenObligations().size(), 0u) << wish_stands;
  }
}

/// The feed it came by is gone: the inbox says so, without a number.
TEST(EventChange, ReachesWhoeverHadItByASubscriptionThatIsGone) {
  WishingWorld world;
  const std::string nominal = world.Register(1);
  const std::string feed = world.Subscribe("prison/security", WishingWorld::About({nominal}));
  world.OpenSession(feed);
  const std::string event = world.Tell(nominal);
  ASSERT_THAT(world.Out(feed), ElementsAre(event));
  world.Delete(feed);
  Actor intel = World::System("ct-police/intel");
  intel.set_purpose("correction");
  WithdrawEvent withdraw;
  withdraw.set_event_id(event);
  withdraw.set_reason(v1::WITHDRAWAL_REASON_SENT_IN_ERROR);
  ASSERT_EQ(world.Say(intel, COMMAND_NUMBER_WITHDRAW_EVENT, withdraw).outcome,
            audit::Outcome::kApplied);
  world.OpenSession("prison/security");
  const auto released = world.Released("prison/security", kLane);
  ASSERT_EQ(released.size(), 2u);
  EXPECT_EQ(released.begin()->second.kind(), ITEM_KIND_ACCESS_WITHDRAWN);
  EXPECT_EQ(released.begin()->second.withdrawn_sequence(), 0u);
}

/// A world with more panel members than one record judges.
class ManyReceivers : public testing::Test {
 protected:
  static constexpr int kPosts = model::kReleaseRowsMax + 44;
  static constexpr int kSeats = 60;

  static std::string Post(int number) {
    char name[32];
    std::snprintf(name, sizeof name, "many/p%03d", number);
    return name;
  }
  static stored::v1::Genesis Directory() {
    stored::v1::Genesis genesis = GenesisUnder(R"(
id: "many" version: 1 purpose: "For tests."
rules { id: "G1" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { seat: SEAT_KIND_MEMBER } } }
)");
    const auto add = [&genesis](const std::string& name, v1::PostRole role) {
      v1::Post post;
      post.set_post(name);
      post.add_roles(role);
      post.mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
      post.mutable_clearance()->set_sensitive(true);
      AddPost(post, genesis);
    };
    AddAgency("many", v1::AGENCY_KIND_PROBATION, genesis);
    AddAgency("police", v1::AGENCY_KIND_POLICE, genesis);
    AddAgency("probation", v1::AGENCY_KIND_PROBATION, genesis);
    AddAgency("ct-police", v1::AGENCY_KIND_POLICE, genesis);
    add("police/coordinator", v1::POST_ROLE_COORDINATOR);
    add("probation/coordinator", v1::POST_ROLE_COORDINATOR);
    add("ct-police/intel", v1::POST_ROLE_INTELLIGENCE);
    for (int i = 0; i < kPosts; ++i) add(Post(i), v1::POST_ROLE_PRACTITIONER);
    return genesis;
  }

  ManyReceivers() : world_(Directory()) {
    stored::v1::Publish event;
    for (int first = 0; first < kPosts; first += kSeats) {
      const std::string nominal = world_.Register(first + 1);
      std::vector<std::pair<std::string, v1::SeatKind>> seats;
      for (int i = first; i < std::min(first + kSeats, kPosts); ++i) {
        seats.emplace_back(Post(i), v1::SEAT_KIND_MEMBER);
      }
      world_.OpenCase(nominal, seats);
      if (first == 0) {
        event = world_.Event(nominal);
      } else {
        event.add_nominals()->set_nominal_id(nominal);
        SealedSegment& segment = *event.add_segments();
        segment = event.segments(0);
        segment.set_nominal_indexes(0, static_cast<std::uint32_t>(event.nominals_size() - 1));
      }
    }
    event_ = world_.NextEventId();
    world_.Publish(event);
  }

  std::size_t Waiting() const {
    std::size_t waiting = 0;
    for (int i = 0; i < kPosts; ++i) waiting += world_.Waiting(Post(i), kLane);
    return waiting;
  }

  World world_;
  std::string event_;
};

/// More than one record may judge: the pulses go on, and nobody is told what holds no more
/// meanwhile.
TEST_F(ManyReceivers, AreComeToRecordByRecord) {
  ASSERT_EQ(Waiting(), static_cast<std::size_t>(kPosts));
  Actor intel = World::System("ct-police/intel");
  intel.set_purpose("correction");
  WithdrawEvent withdraw;
  withdraw.set_event_id(event_);
  withdraw.set_reason(v1::WITHDRAWAL_REASON_INACCURATE);
  ASSERT_EQ(world_.Say(intel, COMMAND_NUMBER_WITHDRAW_EVENT, withdraw).outcome,
            audit::Outcome::kApplied);
  EXPECT_EQ(Waiting(), static_cast<std::size_t>(kPosts - model::kReleaseRowsMax));
  EXPECT_TRUE(world_.state.Get(EventChangeKey(event_)));
  const std::string last = Post(kPosts - 1);
  world_.OpenSession(last);
  EXPECT_TRUE(world_.Released(last, kLane).empty()) << "it is judged as it would be let go";

  EXPECT_LE(NextDeadlineMs(world_.state), world_.now_ms);
  world_.PassAndPulse(0);
  EXPECT_EQ(Waiting(), 0u);
  EXPECT_FALSE(world_.state.Get(EventChangeKey(event_)));
  EXPECT_GT(NextDeadlineMs(world_.state), world_.now_ms) << "nothing goes on any more";
  EXPECT_TRUE(world_.OpenObligations().empty()) << "nobody had received it";
  EXPECT_EQ(Replay(world_.records).Digest(), world_.state.Digest());
}

/// Amended again before the first amendment had come to everybody: all are judged as it is now.
TEST_F(ManyReceivers, AreJudgedAsTheEventIsNowIfItChangesAgain) {
  Actor intel = World::System("ct-police/intel");
  intel.set_purpose("correction");
  AmendEvent amend = EventWorld::Controlling(event_, true);
  ASSERT_EQ(world_.Say(intel, COMMAND_NUMBER_AMEND_EVENT, amend).outcome, audit::Outcome::kApplied);
  ASSERT_TRUE(world_.state.Get(EventChangeKey(event_)));
  WithdrawEvent withdraw;
  withdraw.set_event_id(event_);
  withdraw.set_reason(v1::WITHDRAWAL_REASON_INACCURATE);
  world_.Say(intel, COMMAND_NUMBER_WITHDRAW_EVENT, withdraw);
  EXPECT_EQ(Waiting(), static_cast<std::size_t>(kPosts - model::kReleaseRowsMax));
  world_.PassAndPulse(0);
  EXPECT_EQ(Waiting(), 0u);
  EXPECT_FALSE(world_.state.Get(EventChangeKey(event_)));
}

}  // namespace
}  // namespace tearline::machine
