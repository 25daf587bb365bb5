#include "clients/signing/sign_event.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <set>
#include <string>

#include "clients/verifier/ed25519.h"
#include "clients/verifier/statement.h"
#include "tests/clients/run_tearline.h"

namespace tearline::signing {
namespace {

v1::PublishItem Item(const std::string& request_id) {
  v1::PublishItem item;
  item.set_request_id(request_id);
  item.mutable_event()->set_event_type("intelligence.report.submitted");
  for (const char* content : {"one", "two"}) {
    item.mutable_event()->add_segments()->set_content(content);
  }
  item.mutable_event()->add_tear_lines()->set_text("short");
  return item;
}

const Speaker kSpeaker{"log", "police", "police/intel"};

/// A request that is repeated is the same request only if every byte is.
TEST(SignEvent, SignsTheSameTheSameWay) {
  const SigningKey key = SigningKey::FromSeed(std::string(32, 'k'));
  v1::PublishItem first = Item("r1");
  v1::PublishItem again = Item("r1");
  SignItem(kSpeaker, key, first);
  SignItem(kSpeaker, key, again);
  EXPECT_EQ(first.SerializeAsString(), again.SerializeAsString());
  SignItem(kSpeaker, key, again);
  EXPECT_EQ(first.SerializeAsString(), again.SerializeAsString()) << "also what is signed already";
}

TEST(SignEvent, NoSaltIsUsedTwice) {
  std::set<std::string> salts;
  std::size_t drawn = 0;
  for (const char letter : {'k', 'l'}) {
    const SigningKey key = SigningKey::FromSeed(std::string(32, letter));
    for (const char* request_id : {"r1", "r2"}) {
      v1::PublishItem item = Item(request_id);
      SignItem(kSpeaker, key, item);
      const v1::Event& event = item.event();
      for (const std::string& salt :
           {event.signature().salt(), event.signature().about_salt(), event.segments(0).salt(),
            event.segments(1).salt(), event.tear_lines(0).signature().salt()}) {
        EXPECT_EQ(salt.size(), 16u);
        salts.insert(salt);
        ++drawn;
      }
    }
  }
  EXPECT_EQ(salts.size(), drawn);
}

TEST(SignEvent, SignsAPointerOnlyWhereTheHolderMayBeNamed) {
  const SigningKey key = SigningKey::FromSeed(std::string(32, 'k'));
  v1::PublishItem item = Item("r1");
  item.mutable_event()->mutable_label()->set_pointer_post("police/desk");
  SignItem(kSpeaker, key, item);
  EXPECT_FALSE(item.event().signature().has_pointer());
  item.mutable_event()->mutable_label()->set_holder_may_be_named(true);
  SignItem(kSpeaker, key, item);
  EXPECT_TRUE(item.event().signature().has_pointer());
}

TEST(SignEvent, AKeyProvesThatItIsHeld) {
  const SigningKey key = SigningKey::FromSeed(std::string(32, 'k'));
  const v1::Envelope proof = ProveKey(kSpeaker, key);
  EXPECT_TRUE(verifier::SignedBy(
      key.PublicKey(), verifier::PreAuthentication(verifier::kEnrolmentType, proof.payload()),
      proof.signatures(0).sig()));
}

/// The first seed of RFC 8032, section 7.1, as PKCS#8; never used.
constexpr char kPem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n";

TEST(SigningKey, IsReadFromAFileThatOthersCannotRead) {
  const doubles::Workplace place;
  const std::string path = place.Write("signing.key", kPem);
  chmod(path.c_str(), 0600);
  const absl::StatusOr<SigningKey> key = SigningKey::Open(path);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->PublicKey().substr(0, 2), "\xd7\x5a");
  chmod(path.c_str(), 0640);
  EXPECT_FALSE(SigningKey::Open(path).ok());
  const std::string no_key = place.Write("no.key", "not a key");
  chmod(no_key.c_str(), 0600);
  EXPECT_FALSE(SigningKey::Open(no_key).ok());
  EXPECT_FALSE(SigningKey::Open(place.Path("missing")).ok());
}

}  // namespace
}  // namespace tearline::signing
