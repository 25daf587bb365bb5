#include "broker/crypto/seal.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/doubles/hex.h"

namespace tearline::crypto {
namespace {

using doubles::FromHex;
using doubles::ToHex;

struct Sealed {
  std::string key;
  std::string nonce;
  std::string aad;
  std::string plaintext;
  std::string sealed;
};

/// The GCM specification's test case 16.
Sealed TestCase16() {
  return {FromHex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"),
          FromHex("cafebabefacedbaddecaf888"), FromHex("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
          FromHex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                  "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"),
          FromHex("522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                  "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
                  "76fc6ece0f4e1768cddf8853bb2d551b")};
}

/// A field of an event, sealed to its place.
Sealed Narrative() {
  return {FromHex("48a1de51cef5a7e42ba448ee7a146c8f9c64e7a768e5f51fb82c5621c9e0d08b"),
          FromHex("000000000000000000000001"),
          "ledger-v1|event:000000000000002a|field:narrative|dek:7", "the narrative",
          FromHex("4625c49b77ff6a441e4905fc91f5cc91e819f33245fddc6ecc99ec6aad")};
}

std::string Flipped(std::string bytes, std::size_t bit) {
  bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
  return bytes;
}

v1::ErrorReason ReasonOfOpening(const Sealed& sealed) {
  return ReasonOf(Open(sealed.key, sealed.nonce, sealed.aad, sealed.sealed).status());
}

TEST(Seal, MatchesThePublishedVectorsBothWays) {
  for (const Sealed& row : {TestCase16(), Narrative()}) {
    EXPECT_EQ(ToHex(Seal(row.key, row.nonce, row.aad, row.plaintext)), ToHex(row.sealed));
    const Result<std::string> opened = Open(row.key, row.nonce, row.aad, row.sealed);
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(*opened, row.plaintext);
  }
}

TEST(Seal, TakesEmptyPlaintextAndEmptyPlace) {
  const std::string key(32, 'k');
  const std::string nonce(12, 'n');
  const std::string sealed = Seal(key, nonce, "", "");
  EXPECT_EQ(sealed.size(), kSealTagBytes);
  ASSERT_TRUE(Open(key, nonce, "", sealed).ok());
  EXPECT_EQ(*Open(key, nonce, "", sealed), "");
  EXPECT_FALSE(Open(key, nonce, "x", sealed).ok());
}

TEST(Seal, DoesNotOpenInAnotherPlaceOrWithAnotherKey) {
  Sealed other_event = Narrative();
  other_event.aad = "ledger-v1|event:000000000000002b|field:narrative|dek:7";
  EXPECT_EQ(ReasonOfOpening(other_event), v1::ERROR_REASON_SEAL_BROKEN);
  Sealed other_field = Narrative();
  other_field.aad = "ledger-v1|event:000000000000002a|field:summary|dek:7";
  EXPECT_EQ(ReasonOfOpening(other_field), v1::ERROR_REASON_SEAL_BROKEN);
  Sealed other_key = Narrative();
  other_key.key = Flipped(other_key.key, 0);
  EXPECT_EQ(ReasonOfOpening(other_key), v1::ERROR_REASON_SEAL_BROKEN);
  Sealed other_nonce = Narrative();
  other_nonce.nonce = Flipped(other_nonce.nonce, 95);
  EXPECT_EQ(ReasonOfOpening(other_nonce), v1::ERROR_REASON_SEAL_BROKEN);
}

TEST(Seal, DoesNotOpenWithAnyBitFlipped) {
  const Sealed good = Narrative();
  for (std::size_t bit = 0; bit < 8 * good.sealed.size(); ++bit) {
    Sealed bad = good;
    bad.sealed = Flipped(good.sealed, bit);
    EXPECT_EQ(ReasonOfOpening(bad), v1::ERROR_REASON_SEAL_BROKEN) << "bit " << bit;
  }
}

TEST(Seal, DoesNotOpenAtAnyOtherLength) {
  const Sealed good = Narrative();
  for (std::size_t length = 0; length < good.sealed.size(); ++length) {
    Sealed bad = good;  // among them: the tag truncated to 12 bytes
    bad.sealed.resize(length);
    EXPECT_EQ(ReasonOfOpening(bad), v1::ERROR_REASON_SEAL_BROKEN) << length << " bytes";
  }
  Sealed longer = good;
  longer.sealed += '\0';
  EXPECT_EQ(ReasonOfOpening(longer), v1::ERROR_REASON_SEAL_BROKEN);
}

TEST(Seal, TheSentenceTellsNothingOfTheContent) {
  Sealed bad = Narrative();
  bad.sealed = Flipped(bad.sealed, 3);
  EXPECT_EQ(SentenceOf(Open(bad.key, bad.nonce, bad.aad, bad.sealed).status()),
            "a sealed value does not open: it is damaged, or belongs to another key or place");
}

TEST(SealDeathTest, AKeyOrNonceOfAnotherLengthIsAFaultOfOurs) {
  const std::string sealed(16, 's');
  EXPECT_DEATH((void)Seal(std::string(31, 'k'), std::string(12, 'n'), "", ""), "key is 32 bytes");
  EXPECT_DEATH((void)Seal(std::string(32, 'k'), std::string(11, 'n'), "", ""), "nonce is 12 bytes");
  EXPECT_DEATH((void)Open(std::string(33, 'k'), std::string(12, 'n'), "", sealed),
               "key is 32 bytes");
}

const char kWrappingKey[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const char kKey[] = "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f";
const char kWrapped[] =
    "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21";

// RFC 3394, section 4.6.
TEST(Wrap, MatchesRfc3394BothWays) {
  EXPECT_EQ(ToHex(Wrap(FromHex(kWrappingKey), FromHex(kKey))), kWrapped);
  const Result<std::string> key = Unwrap(FromHex(kWrappingKey), FromHex(kWrapped));
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(ToHex(*key), kKey);
}

TEST(Wrap, DoesNotUnwrapWithAnyBitFlippedOrAnotherKeyOrLength) {
  const std::string wrapped = FromHex(kWrapped);
  for (std::size_t bit = 0; bit < 8 * wrapped.size(); ++bit) {
    EXPECT_EQ(ReasonOf(Unwrap(FromHex(kWrappingKey), Flipped(wrapped, bit)).status()),
              v1::ERROR_REASON_SEAL_BROKEN)
        << "bit " << bit;
  }
  for (std::size_t bit = 0; bit < 256; ++bit) {
    EXPECT_EQ(ReasonOf(Unwrap(Flipped(FromHex(kWrappingKey), bit), wrapped).status()),
              v1::ERROR_REASON_SEAL_BROKEN)
        << "bit " << bit;
  }
  for (const std::size_t length : {0U, 16U, 24U, 32U, 39U, 41U, 48U}) {
    std::string other = wrapped;
    other.resize(length);
    EXPECT_EQ(ReasonOf(Unwrap(FromHex(kWrappingKey), other).status()), v1::ERROR_REASON_SEAL_BROKEN)
        << length << " bytes";
  }
}

TEST(WrapDeathTest, KeysOfOtherLengthsAreAFaultOfOurs) {
  EXPECT_DEATH((void)Wrap(std::string(32, 'k'), std::string(24, 'd')), "are 32 bytes");
  EXPECT_DEATH((void)Wrap(std::string(16, 'k'), std::string(32, 'd')), "are 32 bytes");
}

}  // namespace
}  // namespace tearline::crypto
