#include "clients/verifier/ed25519.h"

#include <gtest/gtest.h>

#include <string>

#include "clients/verifier/base64.h"

namespace tearline::verifier {
namespace {

/// Every encoding of the eight points of low order, those with y written as y + p among them.
constexpr const char* kLowOrderKeys[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

TEST(Ed25519, KeysOfLowOrderAreNoKeys) {
  for (const char* key : kLowOrderKeys) EXPECT_FALSE(IsFitKey(*FromHex(key))) << key;
}

/// Why: the neutral point "signs" anything, and the library does not mind.
TEST(Ed25519, TheNeutralPointSignsAnything) {
  const std::string neutral = *FromHex(kLowOrderKeys[2]);
  const std::string forged = neutral + std::string(32, '\0');
  EXPECT_TRUE(SignedBy(neutral, "words nobody said", forged));
}

TEST(Ed25519, KeysWrittenInASecondWayAreNoKeys) {
  for (const int low : {0xed, 0xef, 0xff}) {
    const std::string key = std::string(1, static_cast<char>(low)) + std::string(30, '\xff');
    EXPECT_FALSE(IsFitKey(key + '\x7f'));
    EXPECT_FALSE(IsFitKey(key + '\xff'));
  }
  EXPECT_TRUE(IsFitKey("\xeb" + std::string(30, '\xff') + "\x7f")) << "p - 2";
  EXPECT_TRUE(IsFitKey("\xff\xfe" + std::string(29, '\xff') + "\x7f")) << "below p";
  EXPECT_FALSE(IsFitKey(std::string(31, 'k')));
  EXPECT_FALSE(IsFitKey(std::string(33, 'k')));
}

TEST(Ed25519, OrdinaryKeysAreKeys) {
  // RFC 8032, section 7.1, tests 1 and 2.
  for (const char* key : {"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
                          "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"}) {
    EXPECT_TRUE(IsFitKey(*FromHex(key)));
  }
}

}  // namespace
}  // namespace tearline::verifier
