#include "broker/state/row_digest.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/doubles/hex.h"

namespace tearline::state {
namespace {

TEST(RowDigest, OfNothingIsSha256OfNothing) {
  EXPECT_EQ(RowDigest().Finish().Hex(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(RowDigest, IsSha256OverLengthsKeysAndValues) {
  RowDigest digest;
  digest.Add("\x01", doubles::FromHex("0000000000000005"));
  digest.Add("\x03police", "");
  EXPECT_EQ(digest.Finish(), crypto::Sha256(doubles::FromHex("00000001 01 00000008 0000000000000005"
                                                             "00000007 03706f6c696365 00000000")));
}

TEST(RowDigest, TellsWhereOneColumnEnds) {
  RowDigest left;
  left.Add("ab", "c");
  RowDigest right;
  right.Add("a", "bc");
  EXPECT_NE(left.Finish(), right.Finish());
}

}  // namespace
}  // namespace tearline::state
