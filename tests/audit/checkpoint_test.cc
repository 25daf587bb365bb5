#include "broker/audit/checkpoint.h"

#include <gtest/gtest.h>

#include "broker/audit/note.h"

namespace tearline::audit {
namespace {

Checkpoint Example() {
  return {
      .origin = "tearline.example.org/audit", .tree_size = 1234, .root = crypto::Sha256("root")};
}

TEST(Checkpoint, IsThreeLines) {
  EXPECT_EQ(NoteBody(Example()),
            "tearline.example.org/audit\n1234\nSBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2d7I=\n");
}

TEST(Checkpoint, ReadsBackWhatItWrote) {
  EXPECT_EQ(*ParseNoteBody(NoteBody(Example())), Example());
}

constexpr char kRoot[] = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

TEST(Checkpoint, IsReadStrictly) {
  const std::string root = kRoot;
  const std::pair<std::string, bool> rows[] = {
      {"log\n0\n" + root + "\n", true},
      {"log\n0\n" + std::string(43, 'A') + "=\n", false},  // the root of no leaves is known
      {"log\n1\n" + std::string(43, 'A') + "=\n", true},
      {"log\n18446744073709551615\n" + root + "\n", true},
      {"log\n18446744073709551616\n" + root + "\n", false},
      {"log\n01\n" + root + "\n", false},
      {"log\n-1\n" + root + "\n", false},
      {"log\n+1\n" + root + "\n", false},
      {"log\n 1\n" + root + "\n", false},
      {"log\n\n" + root + "\n", false},
      {"\n1\n" + root + "\n", false},
      {"log\n1\n" + root, false},
      {"log\n1\nYmFuYW5hcw==\n", false},
      {"log\n1\n" + root + "\nextension\n", true},
      {"log\n1\n" + root + "\n\n", false},
      {"log\n1\n", false},
      {"", false},
  };
  for (const auto& [body, good] : rows) {
    EXPECT_EQ(ParseNoteBody(body).ok(), good) << body;
  }
}

TEST(Checkpoint, IsSignedUnderItsOrigin) {
  const auto signer = crypto::MakeSignerFromSeed(std::string(32, '\7'));
  const std::string note = *SignCheckpoint(Example(), *signer);
  const Result<std::string> body =
      OpenNote(note, "tearline.example.org/audit", signer->PublicKey());
  ASSERT_TRUE(body.ok());
  EXPECT_EQ(*ParseNoteBody(*body), Example());
}

}  // namespace
}  // namespace tearline::audit
