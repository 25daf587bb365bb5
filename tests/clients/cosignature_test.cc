#include "clients/verifier/cosignature.h"

#include <gtest/gtest.h>

#include "clients/verifier/base64.h"

namespace tearline::verifier {
namespace {

// Keys of RFC 8032, section 7.1, tests 1 (the witness) and 2 (the log); the signatures were made by
// the RFC's own formulas in Python, not by this code.
constexpr char kWitness[] =
    "witness.example.org/one+0cc887c8+BNdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";
constexpr char kLog[] = "example.org/log+33f49f01+AT1AF8PoQ4lakrcKp00bfrycmCzPLsSWjMDNVfEq9GYM";
constexpr char kText[] = "example.org/log\n7\ncnJycnJycnJycnJycnJycnJycnJycnJycnJycnJycnI=\n";
constexpr char kLogLine[] =
    "— example.org/log M/SfATOpaYseghVu+d3boMO6tZFH+ua2taalb/pHYorLLd9eMBh2jNTe849b6qq60peRa8hHc+"
    "OLfW6JBoMOSP1CvwU=\n";
constexpr char kWitnessLine[] =
    "— witness.example.org/one DMiHyAAAAABlU/EA/qT9cv0r3QRacqhtAI9RbwgvxB6/z1QUuZEiiakmciSi0srAjtse"
    "EDVg/aTWM/54UrWcF8KU6Njx+II+LeV+AQ==\n";

VerifierKey Witness() { return *ReadVerifierKey(kWitness, KeyType::kCosignature); }
std::string Note() { return std::string(kText) + '\n' + kLogLine + kWitnessLine; }

TEST(Cosignature, IsReadWithItsTime) {
  EXPECT_EQ(CosignedMessage(kText, 1'700'000'000),
            std::string("cosignature/v1\ntime 1700000000\n") + kText);
  const auto time_s = CosignedAt(Note(), Witness());
  ASSERT_TRUE(time_s.ok()) << time_s.status();
  EXPECT_EQ(*time_s, 1'700'000'000u);
  EXPECT_TRUE(OpenCheckpoint(Note(), *ReadVerifierKey(kLog)).ok())
      << "the log's own line stands beside it";
}

TEST(Cosignature, IsWrittenAsItIsRead) {
  const std::string blob = *FromBase64(std::string(kWitnessLine).substr(28, 104));
  EXPECT_EQ(CosignatureLine(Witness(), 1'700'000'000, blob.substr(12)), kWitnessLine);
}

TEST(Cosignature, OfAnotherKeyIsNone) {
  const std::string note = std::string(kText) + '\n' + kLogLine;
  EXPECT_EQ(CosignedAt(note, Witness()).value(), std::nullopt);
  EXPECT_EQ(CosignedAt(note + "— witness.example.org/one AAAAAAAAAAAA\n", Witness()).value(),
            std::nullopt)
      << "the same name with another id is another key";
}

/// A known key that fails rejects the whole note, whatever else it carries.
TEST(Cosignature, ThatFailsRejectsTheNote) {
  const std::string line = kWitnessLine;
  const std::string blob = *FromBase64(line.substr(28, 104));
  ASSERT_EQ(blob.size(), 76u);
  const auto with = [](const std::string& bent) {
    return Note() + "— witness.example.org/one " + Base64(bent) + '\n';
  };
  EXPECT_TRUE(CosignedAt(with(blob), Witness()).ok()) << "twice the same is no fault";
  for (const std::size_t at : {std::size_t{4}, std::size_t{11}, std::size_t{12}, std::size_t{75}}) {
    std::string bent = blob;
    bent[at] = static_cast<char>(bent[at] ^ 1);
    EXPECT_FALSE(CosignedAt(with(bent), Witness()).ok()) << "byte " << at;
  }
  EXPECT_FALSE(CosignedAt(with(blob.substr(0, 75)), Witness()).ok());
  EXPECT_FALSE(CosignedAt(with(blob + '\0'), Witness()).ok());
  EXPECT_FALSE(CosignedAt(with(blob.substr(0, 4) + blob.substr(12)), Witness()).ok())
      << "a signature without its time";
  std::string other = Note();
  other.replace(other.find("\n7\n"), 3, "\n8\n");
  EXPECT_FALSE(CosignedAt(other, Witness()).ok()) << "of another checkpoint";
}

TEST(Cosignature, NeedsAKeyOfItsOwnType) {
  EXPECT_FALSE(ReadVerifierKey(kWitness).ok()) << "a witness's key is no log's";
  EXPECT_FALSE(ReadVerifierKey(kLog, KeyType::kCosignature).ok());
  EXPECT_EQ(Text(Witness()), kWitness);
  EXPECT_NE(MakeVerifierKey(KeyType::kNote, "n", std::string(32, 'k')).id,
            MakeVerifierKey(KeyType::kCosignature, "n", std::string(32, 'k')).id);
}

}  // namespace
}  // namespace tearline::verifier
