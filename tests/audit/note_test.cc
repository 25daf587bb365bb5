#include "broker/audit/note.h"

#include <gtest/gtest.h>

#include "broker/crypto/base64.h"

namespace tearline::audit {
namespace {

/// The key of thirty-two zero bytes of seed, published with the Go note package's examples.
constexpr char kEnoch[] = "EnochRoot";
constexpr char kEnochKey[] = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";

class Note : public testing::Test {
 protected:
  std::unique_ptr<crypto::Signer> signer_ = crypto::MakeSignerFromSeed(std::string(32, '\0'));
  std::string text_ = "If you think cryptography is the answer,\nask again.\n";
  std::string note_ = *SignNote(text_, kEnoch, *signer_);
};

TEST_F(Note, NamesItsKeyAsEverybodyDoes) {
  EXPECT_EQ(VerifierKey(kEnoch, signer_->PublicKey()), kEnochKey);
}

TEST_F(Note, OpensToItsText) { EXPECT_EQ(*OpenNote(note_, kEnoch, signer_->PublicKey()), text_); }

TEST_F(Note, RefusesEveryChangedByte) {
  for (std::size_t i = 0; i < note_.size(); ++i) {
    std::string changed = note_;
    changed[i] = changed[i] == 'x' ? 'y' : 'x';
    EXPECT_FALSE(OpenNote(changed, kEnoch, signer_->PublicKey()).ok()) << "byte " << i;
  }
}

/// Lines of others are ignored, before and after; a line of ours that fails rejects the note.
TEST_F(Note, IgnoresLinesOfOthersAndRejectsAFailingOneOfOurs) {
  const auto other = crypto::MakeSignerFromSeed(std::string(32, '\1'));
  const std::string by_other = *SignNote(text_, "Somebody", *other);
  const std::string line = by_other.substr(text_.size() + 1);
  EXPECT_TRUE(OpenNote(note_ + line, kEnoch, signer_->PublicKey()).ok());
  EXPECT_FALSE(OpenNote(by_other, kEnoch, signer_->PublicKey()).ok()) << "not signed by ours";

  const std::string elsewhere = *SignNote("another text\n", kEnoch, *signer_);
  const std::string failing = elsewhere.substr(std::string("another text\n").size() + 1);
  EXPECT_FALSE(OpenNote(note_ + failing, kEnoch, signer_->PublicKey()).ok());
  EXPECT_FALSE(OpenNote(text_ + "\n" + failing, kEnoch, signer_->PublicKey()).ok());
}

/// Either alone makes no known key: the name with another id, the id under another name.
TEST_F(Note, AKeyIsKnownByItsNameAndItsIdTogether) {
  const std::string id = KeyId(KeyType::kNote, kEnoch, signer_->PublicKey());
  const auto beside = [this](const std::string& name, const std::string& blob) {
    const std::string line = "\xe2\x80\x94 " + name + ' ' + crypto::Base64Encode(blob) + '\n';
    return OpenNote(note_ + line, kEnoch, signer_->PublicKey()).ok();
  };
  const std::string garbage(64, 'x');
  EXPECT_TRUE(beside(kEnoch, "\1\2\3\4" + garbage));
  EXPECT_TRUE(beside("Somebody", id + garbage));
  EXPECT_FALSE(beside(kEnoch, id + garbage)) << "a known key that fails";
  EXPECT_FALSE(beside(kEnoch, id + garbage.substr(1))) << "a signature of another length";
}

/// The form of a note is judged whole, also where it says nothing of ours.
TEST_F(Note, HasOneForm) {
  const auto opens = [this](const std::string& note) {
    return OpenNote(note, kEnoch, signer_->PublicKey()).ok();
  };
  ASSERT_TRUE(opens(*SignNote("a\n\nb\n", kEnoch, *signer_))) << "the last empty line splits";
  for (const char* line : {"- w AAAAAAAAAAA=\n", "\xe2\x80\x94w AAAAAAAAAAA=\n", "\xe2\x80\x94 w\n",
                           "\n", "\xe2\x80\x94 w AAAAAA==\n", "\xe2\x80\x94 w AAAAAAAAAAA\n",
                           "\xe2\x80\x94 w AAAAAAAAAAB=\n", "\xe2\x80\x94 w AAAAAAAAAAA= \n",
                           "\xe2\x80\x94  w AAAAAAAAAAA=\n", "\xe2\x80\x94 w AAAAAAAAAAA=\r\n"}) {
    EXPECT_FALSE(opens(note_ + line)) << line;
  }
  EXPECT_FALSE(opens(note_.substr(0, note_.size() - 1))) << "its last newline is missing";
  EXPECT_FALSE(opens(text_)) << "nobody signed it";
  EXPECT_FALSE(opens(text_ + '\n')) << "nobody signed it";
  EXPECT_FALSE(opens(*SignNote(std::string(65'536, 'a') + '\n', kEnoch, *signer_)));
}

TEST_F(Note, TakesAHundredLinesAndNotAHundredAndOne) {
  const auto other = crypto::MakeSignerFromSeed(std::string(32, '\1'));
  const std::string line = SignNote(text_, "Somebody", *other)->substr(text_.size() + 1);
  std::string note = note_;
  for (int i = 1; i < 100; ++i) note += line;
  EXPECT_TRUE(OpenNote(note, kEnoch, signer_->PublicKey()).ok());
  EXPECT_FALSE(OpenNote(note + line, kEnoch, signer_->PublicKey()).ok());
}

/// Signed well, and refused all the same: others would refuse it, too.
TEST_F(Note, RefusesControlCharactersAndWhatIsNotUtf8) {
  for (const char* text : {"a\ttab\n", "\xff\n", "\xc0\xaf\n", "\xed\xa0\x80\n", "\xe2\x82\n"}) {
    const std::string note = *SignNote(text, kEnoch, *signer_);
    EXPECT_FALSE(OpenNote(note, kEnoch, signer_->PublicKey()).ok()) << text;
  }
  for (const char* text : {"M\xc3\xbcnze\n", "\xf4\x8f\xbf\xbf\n", "\x7f\n"}) {
    const std::string note = *SignNote(text, kEnoch, *signer_);
    EXPECT_TRUE(OpenNote(note, kEnoch, signer_->PublicKey()).ok()) << text;
  }
}

TEST_F(Note, ItsSignersHaveNames) {
  const auto opens_beside = [this](const std::string& name) {
    const std::string line = "\xe2\x80\x94 " + name + " AAAAAAAAAAA=\n";
    return OpenNote(note_ + line, kEnoch, signer_->PublicKey()).ok();
  };
  for (const char* name : {"w", "M\xc3\xbcnze", "a=b"}) {
    EXPECT_TRUE(IsKeyName(name)) << name;
    EXPECT_TRUE(opens_beside(name)) << name;
  }
  for (const char* name :
       {"", "a+b", "a b", "a\nb", "a\tb", "a\xffz", "a\xc2\x85z", "a\xc2\xa0z",
        "a\xe1\x9a\x80z", "a\xe2\x80\x80z", "a\xe2\x80\x8az", "a\xe2\x80\xa8z",
        "a\xe2\x80\xafz", "a\xe2\x81\x9fz", "a\xe3\x80\x80z"}) {
    EXPECT_FALSE(IsKeyName(name)) << name;
    EXPECT_FALSE(opens_beside(name)) << name;
  }
}

}  // namespace
}  // namespace tearline::audit
