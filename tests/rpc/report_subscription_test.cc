#include "broker/rpc/report_subscription.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "broker/machine/feed_name.h"
#include "broker/machine/rows.h"
#include "tests/machine/wishing_world.h"

namespace tearline::rpc {
namespace {

using machine::WishingWorld;

class ReportSubscriptionTest : public testing::Test {
 protected:
  /// A wish of prison/security for one person; the feed's name.
  std::string Wish(const std::string& nominal,
                   v1::StartFrom from = v1::START_FROM_NOW) {
    return world_.Subscribe("prison/security", WishingWorld::About({nominal}), from);
  }
  std::optional<v1::ReportedSubscription> Reported(const std::string& feed) const {
    const std::string post = machine::PostOfFeed(feed);
    const std::string id = machine::SubscriptionOfFeed(feed);
    const auto row = world_.state.Find<stored::v1::SubscriptionRow>(machine::SubscriptionKey(post, id));
    return ReportSubscription(post, id, row.value(), world_.now_ms, world_.state);
  }

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

/// P6. Nothing may be told, or there is nothing: the report says the same.
TEST_F(ReportSubscriptionTest, OneFromWhichAllIsWithheldLooksLikeOneForNothing) {
  const std::string known = world_.Register(1);
  const std::string feeds[] = {Wish(known), Wish(world_.Register(2))};
  world_.HoldBack(known);
  std::string said[2];
  for (int i = 0; i < 2; ++i) {
    auto reported = Reported(feeds[i]);
    ASSERT_TRUE(reported.has_value());
    reported->clear_subscription_id();
    reported->clear_created_at();
    said[i] = reported->SerializeAsString();
  }
  EXPECT_EQ(said[0], said[1]);
}

}  // namespace
}  // namespace tearline::rpc
