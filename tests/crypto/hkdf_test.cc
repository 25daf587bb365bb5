#include "broker/crypto/hkdf.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/doubles/hex.h"

namespace tearline::crypto {
namespace {

using doubles::FromHex;
using doubles::ToHex;

std::string Counting(int first, int last) {
  std::string bytes;
  for (int i = first; i <= last; ++i) bytes += static_cast<char>(i);
  return bytes;
}

TEST(Hkdf, MatchesRfc5869) {
  // A.1
  EXPECT_EQ(ToHex(HkdfSha256(std::string(22, '\x0b'), Counting(0xf0, 0xf9), 42, Counting(0, 12))),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  // A.2, longer than one block in every way
  EXPECT_EQ(ToHex(HkdfSha256(Counting(0x00, 0x4f), Counting(0xb0, 0xff), 82, Counting(0x60, 0xaf))),
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41"
            "c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87");
  // A.3, no salt and no context
  EXPECT_EQ(ToHex(HkdfSha256(std::string(22, '\x0b'), "", 42)),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(Hkdf, OtherContextsGiveOtherBytes) {
  const std::string key(32, 'k');
  EXPECT_EQ(HkdfSha256(key, "index", 32), HkdfSha256(key, "index", 32));
  EXPECT_NE(HkdfSha256(key, "index", 32), HkdfSha256(key, "salts", 32));
  EXPECT_NE(HkdfSha256(key, "index", 32), HkdfSha256(std::string(32, 'l'), "index", 32));
}

TEST(Hkdf, GivesAsManyBytesAsAskedUpToTheLimit) {
  EXPECT_EQ(HkdfSha256("key", "context", 1).size(), 1U);
  EXPECT_EQ(HkdfSha256("key", std::string(1024, 'c'), 8160).size(), 8160U);
}

TEST(HkdfDeathTest, StopsBeyondTheLimits) {
  EXPECT_DEATH((void)HkdfSha256("key", "context", 8161), "8,160");
  EXPECT_DEATH((void)HkdfSha256("key", "context", 0), "8,160");
  EXPECT_DEATH((void)HkdfSha256("key", std::string(1025, 'c'), 32), "short context");
  EXPECT_DEATH((void)HkdfSha256("", "context", 32), "has a key");
}

}  // namespace
}  // namespace tearline::crypto
