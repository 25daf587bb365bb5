#include "clients/adapters/digest_text.h"

#include <gtest/gtest.h>

#include <string>

namespace tearline::adapters {
namespace {

/// Source: FIPS 180-2, appendix B.1, for "abc".
TEST(RunningDigest, IsHalfOfSha256) {
  RunningDigest digest;
  digest.Add("abc");
  EXPECT_EQ(digest.HalfText(), "ba7816bf8f01cfea414140de5dae2223");
}

TEST(RunningDigest, DoesNotDependOnThePieces) {
  RunningDigest digest;
  digest.Add("a");
  digest.Add("");
  digest.Add("bc");
  EXPECT_EQ(digest.HalfText(), "ba7816bf8f01cfea414140de5dae2223");
  EXPECT_EQ(RunningDigest().HalfText(), "e3b0c44298fc1c149afbf4c8996fb924");
}

}  // namespace
}  // namespace tearline::adapters
