#include "clients/verifier/feed_name.h"

#include <gtest/gtest.h>

namespace tearline::verifier {
namespace {

TEST(FeedName, BeginsWithThePost) {
  EXPECT_EQ(PostOfFeed("police/desk"), "police/desk");
  EXPECT_EQ(PostOfFeed("police/desk/recalls"), "police/desk");
  EXPECT_EQ(PostOfFeed("police/desk/recalls/more"), "police/desk");
  EXPECT_EQ(PostOfFeed("police"), "police");
  EXPECT_EQ(PostOfFeed(""), "");
}

}  // namespace
}  // namespace tearline::verifier
