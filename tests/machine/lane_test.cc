#include "broker/machine/lane.h"

#include <gtest/gtest.h>

#include "broker/machine/feed_name.h"
#include "broker/machine/rows.h"
#include "tests/machine/wishing_world.h"

namespace tearline::machine {
namespace {

constexpr char kPrison[] = "prison/security";

TEST(FeedName, SaysWhoseItIs) {
  const std::string id(16, '\x07');
  const std::string feed = SubscriptionFeed(kPrison, id);
  EXPECT_EQ(feed, "prison/security/sub_07070707070707070707070707070707");
  EXPECT_EQ(PostOfFeed(feed), kPrison);
  EXPECT_EQ(SubscriptionOfFeed(feed), id);
  EXPECT_FALSE(IsInbox(feed));
  EXPECT_EQ(PostOfFeed(kPrison), kPrison);
  EXPECT_TRUE(IsInbox(kPrison));
  EXPECT_EQ(SubscriptionOfFeed(kPrison), "");
  EXPECT_EQ(SubscriptionOfFeed("prison/security/sub_07"), "");
}

class LaneOfAFeed : public testing::Test {
 protected:
  WishingWorld world_;
  std::string nominal_ = world_.Register(1);
  std::string feed_ = world_.Subscribe(kPrison, WishingWorld::About({nominal_}));
  std::string event_ = world_.Tell(nominal_);
};

TEST_F(LaneOfAFeed, RemembersWhereAnEventEntered) {
  const auto entry = EntryOf(kPrison, event_, world_.state);
  ASSERT_TRUE(entry.has_value());
  EXPECT_EQ(entry->feed, feed_);
  EXPECT_EQ(entry->lane, v1::URGENCY_URGENT);
  EXPECT_EQ(entry->place, 1u);
  EXPECT_FALSE(EntryOf(kPrison, std::string(16, 'x'), world_.state).has_value());
}

TEST_F(LaneOfAFeed, GivesAnEventToAPostOnce) {
  const std::string other = SubscriptionFeed(kPrison, std::string(16, '\x07'));
  EXPECT_TRUE(IsTaken(other, event_, world_.state)) << "another subscription of the post has it";
  EXPECT_FALSE(IsTaken(feed_, event_, world_.state)) << "its own may bring it again, after a seek";
  EXPECT_FALSE(IsTaken(kPrison, event_, world_.state)) << "the inbox takes what is owed";
  EXPECT_FALSE(IsTaken("education/guest", event_, world_.state));
  world_.Delete(feed_);
  EXPECT_FALSE(IsTaken(other, event_, world_.state)) << "who has it is gone";
}

TEST_F(LaneOfAFeed, CountsWhatWaits) {
  EXPECT_EQ(world_.Lane(feed_).waiting(), 1u);
  world_.Tell(nominal_);
  EXPECT_EQ(world_.Lane(feed_).waiting(), 2u);
  world_.OpenSession(feed_, 1);
  EXPECT_EQ(world_.Lane(feed_).waiting(), 1u);
  EXPECT_EQ(world_.Waiting(feed_, v1::URGENCY_URGENT), 1u);
}

}  // namespace
}  // namespace tearline::machine
