#include "broker/audit/cosignature.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "broker/audit/note.h"
#include "broker/crypto/base64.h"
#include "broker/crypto/signer.h"

namespace tearline::audit {
namespace {

// The key of RFC 8032, section 7.1, test 1; the signature was made by the RFC's own formulas in
// Python, not by this code.
constexpr char kWitness[] =
    "witness.example.org/one+0cc887c8+BNdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";
constexpr char kText[] = "example.org/log\n7\ncnJycnJycnJycnJycnJycnJycnJycnJycnJycnJycnI=\n";
constexpr char kLine[] =
    "— witness.example.org/one DMiHyAAAAABlU/EA/qT9cv0r3QRacqhtAI9RbwgvxB6/z1QUuZEiiakmciSi0srAjtse"
    "EDVg/aTWM/54UrWcF8KU6Njx+II+LeV+AQ==\n";

TEST(Cosignature, IsFoundAmongTheLinesOfAnAnswer) {
  const Result<WitnessKey> key = ReadWitnessKey(kWitness);
  ASSERT_TRUE(key.ok()) << SentenceOf(key.status());
  EXPECT_EQ(key->name, "witness.example.org/one");
  EXPECT_EQ(key->text, kWitness);
  const std::string other = "— witness.example.org/two AAAAAAAAAAAA\n";
  for (const std::string& lines : {std::string(kLine), other + kLine, kLine + other}) {
    const Result<Cosignature> found = FindCosignature(kText, lines, *key);
    ASSERT_TRUE(found.ok()) << SentenceOf(found.status());
    EXPECT_EQ(found->line, kLine);
    EXPECT_EQ(found->time_s, 1'700'000'000u);
  }
}

TEST(Cosignature, IsRefusedWhereItDoesNotVerify) {
  const WitnessKey key = ReadWitnessKey(kWitness).value();
  const std::string line = kLine;
  const std::string blob = crypto::Base64Decode(line.substr(28, 104)).value();
  const auto found = [&key](const std::string& lines) {
    return FindCosignature(kText, lines, key).ok();
  };
  const auto with = [&line](const std::string& bent) {
    return line.substr(0, 28) + crypto::Base64Encode(bent) + "\n";
  };
  EXPECT_TRUE(found(with(blob)));
  for (std::size_t at = 4; at < blob.size(); ++at) {
    std::string bent = blob;
    bent[at] = static_cast<char>(bent[at] ^ 1);
    EXPECT_FALSE(found(with(bent))) << "byte " << at;
    EXPECT_FALSE(found(kLine + with(bent))) << "beside a good one, byte " << at;
  }
  EXPECT_FALSE(found(""));
  EXPECT_FALSE(found("— witness.example.org/two AAAAAAAAAAAA\n")) << "somebody else's";
  EXPECT_FALSE(found(line.substr(0, line.size() - 1))) << "a line is not whole";
  EXPECT_FALSE(found("nonsense\n"));
  EXPECT_FALSE(FindCosignature("example.org/log\n8\ncnJy\n", kLine, key).ok())
      << "of another checkpoint";
}

/// What the witness says and when are signed together; a time of 0 is none, however well signed.
TEST(Cosignature, StatesItsTimeWhichIsNotNothing) {
  const auto signer = crypto::MakeSignerFromSeed(std::string(32, 'w'));
  const WitnessKey key =
      ReadWitnessKey(VerifierKey("one", signer->PublicKey(), KeyType::kCosignature)).value();
  const auto line = [&](std::uint64_t stated, std::uint64_t signed_one, const std::string& head) {
    const std::string message = head + std::to_string(signed_one) + "\n" + kText;
    std::string blob = key.key_id;
    for (int shift = 56; shift >= 0; shift -= 8) blob += static_cast<char>(stated >> shift & 0xff);
    return "\xe2\x80\x94 one " + crypto::Base64Encode(blob + *signer->Sign(message)) + "\n";
  };
  const std::string head = "cosignature/v1\ntime ";
  const auto time_of = [&](const std::string& lines) -> std::uint64_t {
    const Result<Cosignature> found = FindCosignature(kText, lines, key);
    return found.ok() ? found->time_s : 0;
  };
  EXPECT_EQ(time_of(line(7, 7, head)), 7u);
  EXPECT_EQ(time_of(line(~std::uint64_t{0}, ~std::uint64_t{0}, head)), ~std::uint64_t{0});
  EXPECT_EQ(time_of(line(0, 0, head)), 0u);
  EXPECT_EQ(time_of(line(7, 7, head) + line(0, 0, head)), 0u) << "it fails beside a good one";
  EXPECT_EQ(time_of(line(8, 7, head)), 0u) << "another time than is signed";
  EXPECT_EQ(time_of(line(7, 7, "cosignature/v2\ntime ")), 0u);
  EXPECT_EQ(time_of(line(7, 7, "time ")), 0u);
  EXPECT_EQ(time_of(line(7, 7, head + "0")), 0u) << "a time with a leading zero";
}

TEST(WitnessKey, HasOneForm) {
  const std::string key = kWitness;
  const std::string log_style =
      "witness.example.org/one+02dfd6f7+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";
  for (const std::string& text :
       {std::string(), std::string("name"), std::string("a+b+c"), log_style, key + "=", "x" + key,
        key.substr(0, key.size() - 4), "a b" + key.substr(key.find('+')),
        VerifierKey("n", std::string(31, 'k'), KeyType::kCosignature),
        VerifierKey("n", std::string(32, '\0'), KeyType::kCosignature)}) {
    EXPECT_FALSE(ReadWitnessKey(text).ok()) << text;
  }
  const std::string public_key = ReadWitnessKey(key)->public_key;
  EXPECT_TRUE(ReadWitnessKey(VerifierKey("a=b", public_key, KeyType::kCosignature)).ok());
  for (const char* name : {"a\xc2\xa0z", "a\xe3\x80\x80z", "a\xffz", "a\tb"}) {
    EXPECT_FALSE(ReadWitnessKey(VerifierKey(name, public_key, KeyType::kCosignature)).ok()) << name;
  }
}

}  // namespace
}  // namespace tearline::audit
