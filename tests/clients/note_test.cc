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

/// Either alone makes no known key: the name with another id, the id under another name.
TEST(Note, AKeyIsKnownByItsNameAndItsIdTogether) {
  const doubles::InventedLog log;
  const auto opens_beside = [&log](const std::string& name, const std::string& id) {
    return OpenNote(log.Note() + Text(SignatureLine{name, id, std::string(64, 'x')}), log.Key())
        .ok();
  };
  EXPECT_TRUE(opens_beside(log.Key().name, "\1\2\3\4"));
  EXPECT_TRUE(opens_beside("somebody", log.Key().id));
  EXPECT_FALSE(opens_beside(log.Key().name, log.Key().id)) << "a known key that fails";
}

/// The form of a note is judged whole, also where it says nothing of the key that is known.
TEST(Note, HasOneForm) {
  const doubles::InventedLog log;
  const auto opens = [&log](const std::string& note) { return OpenNote(note, log.Key()).ok(); };
  ASSERT_TRUE(opens(doubles::InventedLog::SignedText("a\n\nb\n"))) << "the last empty line splits";
  for (const char* line : {"- w AAAAAAAAAAA=\n", "\xe2\x80\x94w AAAAAAAAAAA=\n", "\xe2\x80\x94 w\n",
                           "\n", "\xe2\x80\x94 w AAAAAA==\n", "\xe2\x80\x94 w AAAAAAAAAAA\n",
                           "\xe2\x80\x94 w AAAAAAAAAAB=\n", "\xe2\x80\x94 w AAAAAAAAAAA= \n",
                           "\xe2\x80\x94  w AAAAAAAAAAA=\n", "\xe2\x80\x94 w AAAAAAAAAAA=\r\n"}) {
    EXPECT_FALSE(opens(log.Note() + line)) << line;
  }
  const std::string text(NoteText(log.Note()));
  EXPECT_FALSE(opens(log.Note().substr(0, log.Note().size() - 1))) << "its last newline is missing";
  EXPECT_FALSE(opens(text)) << "nobody signed it";
  EXPECT_FALSE(opens(text + '\n')) << "nobody signed it";
  EXPECT_FALSE(opens(doubles::InventedLog::SignedText(std::string(65'536, 'a') + '\n')));
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

/// Each is signed well by the trusted key; other programs would refuse it, and so do we.
TEST(Note, IsUtf8WithoutControlCharacters) {
  const doubles::InventedLog log;
  const auto opens = [&log](const std::string& text) {
    return OpenNote(doubles::InventedLog::SignedText(text), log.Key()).ok();
  };
  for (const char* text : {"plain\n", "M\xc3\xbcnze\n", "\xe2\x82\xac\n",
                           "\xed\x9f\xbf\xee\x80\x80\n", "\xf4\x8f\xbf\xbf\n", "\x7f\n"}) {
    EXPECT_TRUE(opens(text)) << text;
  }
  for (const char* text :
       {"\xff\n", "\x80\n", "\xc3\n", "\xc0\xaf\n", "\xe0\x80\xaf\n", "\xf0\x80\x80\xaf\n",
        "\xed\xa0\x80\n", "\xed\xbf\xbf\n", "\xf4\x90\x80\x80\n", "\xf8\x88\x80\x80\x80\n",
        "\xe2\x82\n", "a\tb\n", "a\rb\n", "\x1f\n"}) {
    EXPECT_FALSE(opens(text)) << Hex(text);
  }
}

TEST(Note, ItsSignersHaveNames) {
  const doubles::InventedLog log;
  const auto opens_beside = [&log](const std::string& name) {
    return OpenNote(log.Note() + "\xe2\x80\x94 " + name + " AAAAAAAAAAA=\n", log.Key()).ok();
  };
  for (const char* name : {"w", "witness.example.org/one", "M\xc3\xbcnze", "a=b"}) {
    EXPECT_TRUE(opens_beside(name)) << name;
    const VerifierKey key = MakeVerifierKey(KeyType::kNote, name, log.Key().public_key);
    EXPECT_EQ(ReadVerifierKey(Text(key)).value(), key) << name;
  }
  for (const char* name : {"", "a+b", "a b", "a\xffz", "a\xc2\x85z", "a\xc2\xa0z",
                           "a\xe1\x9a\x80z", "a\xe2\x80\x80z", "a\xe2\x80\x8az",
                           "a\xe2\x80\xa8z", "a\xe2\x80\xafz", "a\xe2\x81\x9fz",
                           "a\xe3\x80\x80z"}) {
    EXPECT_FALSE(opens_beside(name)) << Hex(name);
    const VerifierKey key = MakeVerifierKey(KeyType::kNote, name, log.Key().public_key);
    EXPECT_FALSE(ReadVerifierKey(Text(key)).ok()) << Hex(name);
  }
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

TEST(Checkpoint, IsOfTheLogWhoseKeySignedIt) {
  const doubles::InventedLog log;
  const std::string rest = "\n7\n" + Base64(std::string(32, 'r')) + "\n";
  const auto opens = [&](const std::string& origin) {
    return OpenCheckpoint(doubles::InventedLog::SignedText(origin + rest), log.Key()).ok();
  };
  EXPECT_TRUE(opens(log.Key().name));
  EXPECT_FALSE(opens("example.org/another"));
  EXPECT_FALSE(opens(log.Key().name + "/more"));
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
