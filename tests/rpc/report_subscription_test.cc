#include "broker/rpc/report_subscription.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "broker/machine/feed_name.h"
#include "broker/machine/rows.h"
#include "broker/rpc/server_limits.h"
#include "tests/machine/wishing_world.h"

namespace tearline::rpc {
namespace {

using namespace stored::v1;
using machine::WishingWorld;
using machine::World;

constexpr std::int64_t kDayMs = 24 * 3'600'000;

class ReportSubscriptionTest : public testing::Test {
 protected:
  /// A wish of prison/security for one person; the feed's name.
  std::string Wish(const std::string& nominal,
                   v1::StartFrom from = v1::START_FROM_NOW) {
    return world_.Subscribe("prison/security", WishingWorld::About({nominal}), from);
  }
  /// As a reader of an agency is shown it, of what is quiet for `quiet_ms`.
  std::optional<v1::ReportedSubscription> Reported(const std::string& feed,
                                                   const std::string& agency = "desk",
                                                   std::int64_t quiet_ms = 0) {
    const std::string post = machine::PostOfFeed(feed);
    const std::string id = machine::SubscriptionOfFeed(feed);
    const auto row = world_.state.Find<SubscriptionRow>(machine::SubscriptionKey(post, id));
    return ReportSubscription(post, id, row.value(), {agency, world_.now_ms - quiet_ms},
                              world_.state, looked_at_);
  }
  /// It has received, and nothing waits.
  std::string WishThatReceived(const std::string& nominal) {
    std::string feed = Wish(nominal);
    session_ = world_.OpenSession(feed);
    world_.Tell(nominal);
    world_.Take(feed, session_);
    world_.now_ms += kDayMs;
    return feed;
  }
  void CloseSession(const std::string& feed) {
    stored::v1::CloseSession close;
    close.set_feed(feed);
    close.set_session_id(session_);
    world_.Say(World::System(machine::PostOfFeed(feed)), COMMAND_NUMBER_CLOSE_SESSION, close);
  }

  std::string session_;
  std::size_t looked_at_ = 0;

  WishingWorld world_;
};

/// What was recorded before is looked at when a session asks for it: until then it waits.
TEST_F(ReportSubscriptionTest, OneWhoseHistoryNobodyAskedForWaits) {
  const std::string known = world_.Register(1);
  world_.Tell(known);
  const std::string feed = Wish(known, v1::START_FROM_BEGINNING);
  const auto reported = Reported(feed);
  ASSERT_TRUE(reported.has_value());
  EXPECT_FALSE(reported->never_received()) << "nobody looked yet";
  EXPECT_EQ(reported->waiting_since().seconds(), reported->created_at().seconds());
  world_.OpenSession(feed);
  EXPECT_FALSE(Reported(feed).has_value()) << "it has received";
}

/// P6. Nothing may be told, or there is nothing: to its own agency the report says the same.
TEST_F(ReportSubscriptionTest, OneFromWhichAllIsWithheldLooksLikeOneForNothing) {
  const std::string known = world_.Register(1);
  const std::string feeds[] = {Wish(known), Wish(world_.Register(2))};
  world_.HoldBack(known);
  std::string said[2];
  for (int i = 0; i < 2; ++i) {
    auto reported = Reported(feeds[i], "prison");
    ASSERT_TRUE(reported.has_value());
    reported->clear_subscription_id();
    reported->clear_created_at();
    said[i] = reported->SerializeAsString();
  }
  EXPECT_EQ(said[0], said[1]);
  EXPECT_EQ(Reported(feeds[0])->not_told(), 1u) << "others may know";
  EXPECT_EQ(Reported(feeds[1])->not_told(), 0u);
}

/// It received once, and since then all that came for it was withheld. Its own agency hears nothing.
TEST_F(ReportSubscriptionTest, OneFromWhichAllIsWithheldSinceItReceivedIsSaidToOthersAlone) {
  const std::string known = world_.Register(1);
  const std::string feed = WishThatReceived(known);
  EXPECT_FALSE(Reported(feed).has_value()) << "nothing has come since";
  world_.HoldBack(known);
  const std::int64_t first_s = world_.now_ms / 1000;
  world_.now_ms += kDayMs;
  world_.HoldBack(known, v1::URGENCY_IMMEDIATE);
  const auto reported = Reported(feed, "desk", kDayMs);
  ASSERT_TRUE(reported.has_value());
  EXPECT_EQ(reported->not_told(), 2u);
  EXPECT_EQ(reported->not_told_since().seconds(), first_s);
  EXPECT_FALSE(reported->never_received());
  EXPECT_FALSE(Reported(feed, "prison", kDayMs).has_value()) << "withheld means silent";
  EXPECT_FALSE(Reported(feed, "desk", 2 * kDayMs).has_value()) << "in these days it received";
  world_.Tell(known);
  EXPECT_FALSE(Reported(feed, "desk", kDayMs).has_value()) << "it is told again";
}

/// What its originator took back, and what is not wished for, ought not to have been received.
TEST_F(ReportSubscriptionTest, OnlyWhatItWishesForAndStandsCounts) {
  const std::string known = world_.Register(1);
  const std::string feed = WishThatReceived(known);
  world_.HoldBack(world_.Register(2));
  EXPECT_FALSE(Reported(feed).has_value());
  WithdrawEvent command;
  command.set_event_id(world_.HoldBack(known));
  command.set_reason(v1::WITHDRAWAL_REASON_SENT_IN_ERROR);
  ASSERT_TRUE(Reported(feed).has_value());
  stored::v1::Actor originator = World::System("ct-police/intel");
  originator.set_purpose("public-protection");
  ASSERT_EQ(world_.Say(originator, COMMAND_NUMBER_WITHDRAW_EVENT, command).sentence, "");
  EXPECT_FALSE(Reported(feed).has_value());
}

/// A wish that names nobody, and one for a person by another of their nominals.
TEST_F(ReportSubscriptionTest, LooksAtWhatAWishForManyBringsToo) {
  const std::string known = world_.Register(1);
  const std::string other = world_.Register(2);
  const std::string all = world_.Subscribe("prison/security", WishingWorld::About({}));
  const std::string one = world_.Subscribe("education/guest", WishingWorld::About({known}));
  ASSERT_EQ(world_.Merge(other, known).sentence, "");
  world_.HoldBack(other);
  EXPECT_EQ(Reported(all)->not_told(), 1u);
  EXPECT_EQ(Reported(one)->not_told(), 1u);
  EXPECT_EQ(looked_at_, 2u);
}

/// More than it looks at: of that nothing is said, rather than something half.
TEST_F(ReportSubscriptionTest, SaysNothingOfMoreThanItLooksAt) {
  const std::string known = world_.Register(1);
  const std::string feed = WishThatReceived(known);
  for (std::size_t i = 0; i + 1 < kWishLooksMax; ++i) world_.HoldBack(known);
  EXPECT_EQ(Reported(feed).value().not_told(), kWishLooksMax - 1);
  world_.HoldBack(known);
  EXPECT_FALSE(Reported(feed).has_value());
}

TEST_F(ReportSubscriptionTest, OneThatFellBehindAndNobodyAsksForIsReported) {
  const std::string known = world_.Register(1);
  const std::string feed = WishThatReceived(known);
  CloseSession(feed);
  EXPECT_FALSE(Reported(feed).has_value());
  world_.Seek(feed, v1::START_FROM_BEGINNING);
  const auto reported = Reported(feed, "prison");
  ASSERT_TRUE(reported.has_value());
  EXPECT_TRUE(reported->has_behind_since());
  EXPECT_FALSE(reported->has_waiting_since());
  world_.OpenSession(feed);
  EXPECT_FALSE(Reported(feed, "prison").has_value()) << "somebody asks";
}

TEST_F(ReportSubscriptionTest, OneWithItemsSetAsideIsReported) {
  const std::string known = world_.Register(1);
  const std::string feed = WishThatReceived(known);
  world_.Tell(known);
  Park park;
  park.set_feed(feed);
  park.set_session_id(session_);
  park.set_lane(v1::URGENCY_URGENT);
  park.set_sequence(2);
  ASSERT_EQ(world_.Say(World::System("prison/security"), COMMAND_NUMBER_PARK, park).sentence, "");
  const auto reported = Reported(feed, "prison");
  ASSERT_TRUE(reported.has_value());
  EXPECT_EQ(reported->parked(), 1u);
  EXPECT_EQ(looked_at_, 1u) << "it looked at it";
  EXPECT_EQ(reported->parked_since().seconds(), world_.now_ms / 1000);
  EXPECT_FALSE(Reported(feed, "prison", 1).has_value()) << "not for so long";
}

/// What comes while its post is suspended passes a wish by.
TEST_F(ReportSubscriptionTest, OneWhosePostIsOutOfReachIsReported) {
  const std::string feed = WishThatReceived(world_.Register(1));
  SetSuspension suspend;
  suspend.set_agency("prison");
  suspend.set_suspended(true);
  world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_SUSPENSION, suspend);
  EXPECT_TRUE(Reported(feed).value().out_of_reach());
  suspend.set_suspended(false);
  world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_SUSPENSION, suspend);
  EXPECT_FALSE(Reported(feed).has_value());
}

}  // namespace
}  // namespace tearline::rpc
