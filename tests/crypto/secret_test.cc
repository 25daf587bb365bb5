#include "broker/crypto/secret.h"

#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <utility>

namespace tearline::crypto {
namespace {

static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);

TEST(Secret, HoldsWhatItWasGiven) {
  const Secret secret("the key");
  EXPECT_EQ(secret.View(), "the key");
  EXPECT_EQ(secret.size(), 7U);
  EXPECT_TRUE(Secret().empty());
  EXPECT_EQ(Secret().View(), "");
}

TEST(Secret, IsFilledInPlace) {
  Secret secret = Secret::OfSize(3);
  EXPECT_EQ(secret.View(), std::string_view("\0\0\0", 3));
  secret.MutableBytes()[1] = 'x';
  EXPECT_EQ(secret.View(), std::string_view("\0x\0", 3));
}

TEST(Secret, MovesWithoutLeavingAnythingBehind) {
  Secret first("the key");
  Secret second = std::move(first);
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): that is the promise
  EXPECT_EQ(second.View(), "the key");
  Secret third("another");
  third = std::move(second);
  EXPECT_TRUE(second.empty());  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(third.View(), "the key");
}

TEST(Secret, WipingLeavesZeros) {
  std::string bytes = "the key";
  WipeBytes(bytes);
  EXPECT_EQ(bytes, std::string(7, '\0'));
  WipeBytes({});
}

TEST(Secret, ConstantTimeEqualityAgreesWithTheUsualOne) {
  EXPECT_TRUE(EqualInConstantTime("", ""));
  EXPECT_TRUE(EqualInConstantTime("same", "same"));
  EXPECT_FALSE(EqualInConstantTime("same", "sane"));
  EXPECT_FALSE(EqualInConstantTime("same", "same "));
}

}  // namespace
}  // namespace tearline::crypto
