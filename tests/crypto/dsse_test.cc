#include "broker/crypto/dsse.h"

#include <gtest/gtest.h>

#include <string>

#include "broker/crypto/signer.h"

namespace tearline::crypto {
namespace {

std::string FromHex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

/// From the DSSE project's protocol.md.
TEST(Dsse, SignsWhatTheSpecificationSigns) {
  EXPECT_EQ(PreAuthentication("http://example.com/HelloWorld", "hello world"),
            "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
}

TEST(Dsse, CountsBytesAndNotCharacters) {
  EXPECT_EQ(PreAuthentication("tyb\xc3\xa9", "x"), "DSSEv1 5 tyb\xc3\xa9 1 x");
  EXPECT_EQ(PreAuthentication("", ""), "DSSEv1 0  0 ");
  EXPECT_EQ(PreAuthentication("a", std::string(1, '\0')), "DSSEv1 1 a 1 " + std::string(1, '\0'));
}

/// Blanks and digits within do not blur where one part ends.
TEST(Dsse, NoTwoStatementsAreSignedAlike) {
  EXPECT_NE(PreAuthentication("a 1", "b"), PreAuthentication("a", "1 b"));
}

struct Row {
  const char* type;
  const char* payload_hex;
  const char* signature_hex;
};

/// Made with another library, by the key whose seed is 00, 01, … 1f.
constexpr char kPublicKey[] = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8";
constexpr Row kRows[] = {
    {"application/vnd.example.event.v1+protobuf", "0a0b6e6f6d696e616c2d303031100118c0b0c5b106",
     "3b1098950e7bf3fd82c6f9f5ee7886b01eff015254e5d7e721092f513a03306325a5b20084d6ce7def194a7cc8c0a"
     "5"
     "6e3d5a120a45c2bbd07d3c043b03ae5901"},
    {"application/vnd.example.event.v1+protobuf", "",
     "b73d65b5a9b6846c69e63a771c577e945f2495307e67414cc0273a6468291a73aed6e0190c462ca838aa8fc780192"
     "c"
     "96114ef4a0f151f60826100999b02d9504"},
    {"tyb\xc3\xa9", "78",
     "96e501e1db0f1370d80d090177da7d6b0a2bceaf857f8b6b169bbe781300a28d2ff504552b4ba3e5c550e833b1ef4"
     "a"
     "4edaf08605ddb52015aa9912f72921100d"},
    {"a 1", "62",
     "1a68bf734d5c18ee83a622d271aa663731b1a1650437a9b961c97c0b159f3342305f88dd67ec12d4ff7de75fd2b09"
     "c"
     "72804110704ad645709dccc7bd99fba408"},
};

TEST(Dsse, AcceptsWhatAnotherLibrarySigned) {
  for (const Row& row : kRows) {
    const std::string payload = FromHex(row.payload_hex);
    const std::string signature = FromHex(row.signature_hex);
    const std::string key = FromHex(kPublicKey);
    EXPECT_TRUE(VerifyEd25519(key, PreAuthentication(row.type, payload), signature)) << row.type;
    EXPECT_FALSE(VerifyEd25519(key, PreAuthentication("another/type", payload), signature));
    EXPECT_FALSE(VerifyEd25519(key, payload, signature))
        << "the payload alone is not what is signed";
  }
}

}  // namespace
}  // namespace tearline::crypto
