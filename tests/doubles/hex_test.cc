#include "tests/doubles/hex.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace tearline::doubles {
namespace {

TEST(Hex, ReadsWhatItWrites) {
  EXPECT_EQ(FromHex("00 7f80ff"), std::string("\x00\x7f\x80\xff", 4));
  EXPECT_EQ(ToHex(std::string("\x00\x7f\x80\xff", 4)), "007f80ff");
}

TEST(Hex, AMistypedVectorIsAnError) {
  EXPECT_THROW(FromHex("abc"), std::invalid_argument);
  EXPECT_THROW(FromHex("0g"), std::invalid_argument);
}

}  // namespace
}  // namespace tearline::doubles
