#include "broker/crypto/hmac.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/doubles/hex.h"

namespace tearline::crypto {
namespace {

using doubles::FromHex;

struct Row {
  const char* what;
  std::string key;
  std::string message;
  const char* mac;
};

// RFC 4231, sections 4.2 to 4.8 without the truncated case.
TEST(Hmac, MatchesRfc4231) {
  const Row rows[] = {
      {"case 1", std::string(20, '\x0b'), "Hi There",
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"case 2, a short key", "Jefe", "what do ya want for nothing?",
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {"case 3", std::string(20, '\xaa'), std::string(50, '\xdd'),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {"case 4", FromHex("0102030405060708090a0b0c0d0e0f10111213141516171819"),
       std::string(50, '\xcd'), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
      {"case 6, a key longer than a block", std::string(131, '\xaa'),
       "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
      {"case 7, both longer", std::string(131, '\xaa'),
       "This is a test using a larger than block-size key and a larger than block-size data. The "
       "key needs to be hashed before being used by the HMAC algorithm.",
       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(HmacSha256(row.key, {row.message}).Hex(), row.mac) << row.what;
  }
}

TEST(Hmac, PartsAreJoined) {
  EXPECT_EQ(HmacSha256("Jefe", {"what do ya want", "", " for nothing?"}),
            HmacSha256("Jefe", {"what do ya want for nothing?"}));
  EXPECT_EQ(HmacSha256("Jefe", {}), HmacSha256("Jefe", {""}));
}

/// An empty view may point nowhere; it is a key all the same, and not "the last one".
TEST(Hmac, AnEmptyKeyIsAKeyOfItsOwn) {
  const Digest with_key = HmacSha256("Jefe", {"message"});
  const Digest without = HmacSha256("", {"message"});
  EXPECT_NE(with_key, without);
  EXPECT_EQ(HmacSha256(std::string_view(), {""}).Hex(),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

}  // namespace
}  // namespace tearline::crypto
