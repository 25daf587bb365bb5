#include "clients/verifier/note.h"

#include <gtest/gtest.h>

#include "clients/verifier/base64.h"
#include "tests/clients/invented_log.h"

namespace tearline::verifier {
namespace {

TEST(Note, OpensWhatTheTrustedKeySigned) {
  const doubles::InventedLog log;
  const absl::StatusOr<Checkpoint> checkpoint = OpenCheckpoint(log.Note(), log.Key());
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
  EXPECT_EQ(checkpoint->origin, "tearline.example.org/audit");
  EXPECT_EQ(checkpoint->tree_size, 4u);
}

TEST(Note, RejectsEveryBentByteOfItsText) {
  const doubles::InventedLog log;
  const std::string note = log.Note();
  for (std::size_t i = 0; i < note.find("\n\n"); ++i) {
    std::string bent = note;
    bent[i] = static_cast<char>(bent[i] ^ 1);
    EXPECT_FALSE(OpenCheckpoint(bent, log.Key()).ok()) << "byte " << i;
  }
}

TEST(Note, IgnoresStrangersAndRejectsAKnownKeyThatFails) {
  const doubles::InventedLog log;
  const std::string note = log.Note();
  const std::string stranger = "\xe2\x80\x94 witness.example.org AAAAAAAAAAA=\n";
  EXPECT_TRUE(OpenNote(note + stranger, log.Key()).ok());
  EXPECT_FALSE(OpenNote(note.substr(0, note.find("\n\n") + 2) + stranger, log.Key()).ok());

  const std::string forged = "\xe2\x80\x94 tearline.example.org/audit " +
                             Base64(log.Key().id + std::string(64, 'x')) + "\n";
  EXPECT_FALSE(OpenNote(note + forged, log.Key()).ok());
}

/// The example of Go's golang.org/x/mod/sumdb/note (BSD-3), with its two signers.
TEST(Note, OpensTheExampleThatOthersTestBy) {
  const std::string text =
      "If you think cryptography is the answer to your problem,\n"
      "then you don't know what your problem is.\n";
  const std::string peter =
      "\xe2\x80\x94 PeterNeumann "
      "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqf"
      "qdngotpRZb6KE6RyyBwJnAM=\n";
  const VerifierKey key =
      *ReadVerifierKey("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  EXPECT_EQ(OpenNote(text + '\n' + peter, key).value(), text);
  std::string bent = peter;
  bent[40] = bent[40] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(OpenNote(text + '\n' + bent, key).ok());
  EXPECT_FALSE(OpenNote(text + '\n' + peter + bent, key).ok()) << "a known key that fails rejects";
  const auto lines = ReadSignatures(text + '\n' + peter);
  ASSERT_TRUE(lines.ok()) << lines.status();
  ASSERT_EQ(lines->size(), 1u);
  EXPECT_EQ(Text(lines->front()), peter);
  EXPECT_EQ(NoteText(text + '\n' + peter), text);
  EXPECT_EQ(NoteText(text), "");
}

TEST(Note, HoldsNoMoreThanAHundredSignatures) {
  const doubles::InventedLog log;
  std::string note = log.Note();
  for (int i = 0; i < 99; ++i) note += "\xe2\x80\x94 w AAAAAAAAAAA=\n";
  EXPECT_TRUE(OpenNote(note, log.Key()).ok());
  note += "\xe2\x80\x94 w AAAAAAAAAAA=\n";
  EXPECT_FALSE(OpenNote(note, log.Key()).ok());
}

TEST(VerifierKey, ReadsWhatItWritesAndRefusesAWrongId) {
  const doubles::InventedLog log;
  EXPECT_EQ(Text(log.Key()), log.VerifierKeyText());
  std::string bent = log.VerifierKeyText();
  char& digit = bent[bent.find('+') + 1];
  digit = digit == '0' ? '1' : '0';
  EXPECT_FALSE(ReadVerifierKey(bent).ok());
  for (const char* text : {"", "name", "name+00000000", "+00000000+AQ==", "name+00000000+AQ=="}) {
    EXPECT_FALSE(ReadVerifierKey(text).ok()) << text;
  }
}

TEST(Checkpoint, RefusesEveryOtherShape) {
  const std::string root = Base64(std::string(32, 'r')) + "\n";
  EXPECT_TRUE(ReadCheckpoint("log\n7\n" + root).ok());
  for (const std::string& text :
       {"log\n07\n" + root, "log\n-7\n" + root, "log\n\n" + root, "\n7\n" + root,
        "log\n7\n" + root.substr(4), std::string("log\n7\n"), "log\n0\n" + root,
        "log\n18446744073709551616\n" + root, "log\n+7\n" + root, "log\n7\n" + root + "\n",
        "log\n7\n" + root + "more\n\n", "log\n7\n" + root + "more"}) {
    EXPECT_FALSE(ReadCheckpoint(text).ok()) << text;
  }
  EXPECT_TRUE(ReadCheckpoint("log\n18446744073709551615\n" + root).ok());
  EXPECT_TRUE(ReadCheckpoint("log\n7\n" + root + "more\nand more\n").ok());
}

}  // namespace
}  // namespace tearline::verifier
