#include "clients/signing/private_key.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>

#include "clients/verifier/base64.h"
#include "tests/doubles/hex.h"
#include "tests/clients/run_tearline.h"

namespace tearline::signing {
namespace {

/// RFC 8032, section 7.1, TEST 2.
TEST(PrivateKey, SignsAsTheStandardSays) {
  const PrivateKey key = PrivateKey::FromSeed(
      doubles::FromHex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
  EXPECT_EQ(verifier::Hex(key.PublicKey()),
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  EXPECT_EQ(verifier::Hex(key.Sign("r")),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

TEST(PrivateKey, DerivesByKeyAndByWhatFor) {
  const PrivateKey key = PrivateKey::FromSeed(std::string(32, 'k'));
  EXPECT_EQ(key.Derived("one"), PrivateKey::FromSeed(std::string(32, 'k')).Derived("one"));
  EXPECT_NE(key.Derived("one"), key.Derived("another"));
  EXPECT_NE(key.Derived("one"), PrivateKey::FromSeed(std::string(32, 'l')).Derived("one"));
}

TEST(PrivateKey, IsReadFromAFileThatOthersCannotRead) {
  const doubles::Workplace workplace;
  EXPECT_TRUE(absl::IsPermissionDenied(PrivateKey::Open(workplace.Path("none.pem")).status()));
  const std::string other = workplace.Write("other.pem", "no key");
  chmod(other.c_str(), S_IRUSR);
  EXPECT_TRUE(absl::IsPermissionDenied(PrivateKey::Open(other).status()));
}

}  // namespace
}  // namespace tearline::signing
