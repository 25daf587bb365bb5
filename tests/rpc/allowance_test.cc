#include "broker/rpc/allowance.h"

#include <gtest/gtest.h>

namespace tearline::rpc {
namespace {

TEST(Allowance, IsEachMembersOwnAndComesBackWithTheMinute) {
  Allowance allowance(2);
  EXPECT_TRUE(allowance.Take("a/one", 60'000).ok());
  EXPECT_TRUE(allowance.Take("a/one", 61'000).ok());
  EXPECT_EQ(ReasonOf(allowance.Take("a/one", 119'999)), v1::ERROR_REASON_QUOTA_USED);
  EXPECT_TRUE(allowance.Take("a/other", 119'999).ok());
  EXPECT_TRUE(allowance.Take("a/one", 120'000).ok());
}

}  // namespace
}  // namespace tearline::rpc
