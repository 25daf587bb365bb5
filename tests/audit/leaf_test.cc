#include "broker/audit/leaf.h"

#include <gtest/gtest.h>

namespace tearline::audit {
namespace {

Leaf Example() {
  Leaf leaf;
  leaf.behaviour_version = 1;
  leaf.ledger_id = *model::LedgerId::FromBytes("0123456789abcdef");
  leaf.position = 42;
  leaf.header_digest = crypto::Sha256("header");
  leaf.stamp_ms = 1'800'000'000'000;
  leaf.kind = 50;
  leaf.outcome = Outcome::kRefused;
  leaf.reason = 302;
  leaf.policy_digest = crypto::Sha256("policy");
  leaf.details_root = crypto::Sha256("details");
  return leaf;
}

std::string Hex(const std::string& bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    text += kDigits[static_cast<unsigned char>(byte) / 16];
    text += kDigits[static_cast<unsigned char>(byte) % 16];
  }
  return text;
}

/// Yesterday's bytes mean the same tomorrow.
TEST(Leaf, LiesAsTheGoldenBytesSay) {
  EXPECT_EQ(Hex(EncodeLeaf(Example())),
            "544c4c31"                              // TLL1
            "0001"                                  // format version
            "0001"                                  // behaviour version
            "30313233343536373839616263646566"      // ledger id
            "000000000000002a"                      // position
                + crypto::Sha256("header").Hex() +  // header digest
                "000001a3185c5000"                  // stamp
                "0032"                              // kind
                "0002"                              // outcome
                "0000012e"                          // reason
                + crypto::Sha256("policy").Hex() + crypto::Sha256("details").Hex());
}

TEST(Leaf, ReadsBackWhatItWrote) {
  const std::string bytes = EncodeLeaf(Example());
  const Result<Leaf> leaf = DecodeLeaf(bytes);
  ASSERT_TRUE(leaf.ok());
  EXPECT_EQ(EncodeLeaf(*leaf), bytes);
}

TEST(Leaf, RefusesEveryOtherLengthAndVersion) {
  const std::string bytes = EncodeLeaf(Example());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(DecodeLeaf(bytes.substr(0, length)).ok()) << length;
  }
  EXPECT_FALSE(DecodeLeaf(bytes + "x").ok());
  std::string other = bytes;
  other[5] = 2;  // the format version's low byte
  EXPECT_FALSE(DecodeLeaf(other).ok());
}

/// Two recipients told the same cannot learn so from each other's hash; nobody can guess a detail.
TEST(Leaf, SaltsEqualDetailsApart) {
  stored::v1::Detail detail;
  detail.mutable_decision()->set_level(v1::LEVEL_POINTER);
  const std::string seed(32, 's');
  EXPECT_NE(SaltedDetail(seed, 0, detail), SaltedDetail(seed, 1, detail));
  EXPECT_NE(SaltedDetail(seed, 0, detail), SaltedDetail(std::string(32, 't'), 0, detail));
  EXPECT_EQ(SaltedDetail(seed, 0, detail), SaltedDetail(seed, 0, detail))
      << "replay gives the same";
}

}  // namespace
}  // namespace tearline::audit
