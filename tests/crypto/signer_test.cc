#include "broker/crypto/signer.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/doubles/hex.h"
#include "tests/doubles/temporary_directory.h"

namespace tearline::crypto {
namespace {

using doubles::FromHex;
using doubles::ToHex;

struct Row {
  const char* seed;
  const char* public_key;
  const char* message;
  const char* signature;
};

// RFC 8032, section 7.1, tests 1 to 3.
constexpr Row kRows[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "4"
     "6bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d"
     "8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "6"
     "594a7c15e9716ed28dc027beceea1ec40a"},
};

TEST(Signer, MatchesRfc8032) {
  for (const Row& row : kRows) {
    const std::unique_ptr<Signer> signer = MakeSignerFromSeed(FromHex(row.seed));
    EXPECT_EQ(ToHex(signer->PublicKey()), row.public_key);
    const Result<std::string> signature = signer->Sign(FromHex(row.message));
    ASSERT_TRUE(signature.ok());
    EXPECT_EQ(ToHex(*signature), row.signature);
    EXPECT_TRUE(VerifyEd25519(signer->PublicKey(), FromHex(row.message), *signature));
  }
}

std::string Flipped(std::string bytes, std::size_t bit) {
  bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
  return bytes;
}

TEST(Signer, ASignatureFitsOneMessageAndOneKey) {
  const std::string key = FromHex(kRows[2].public_key);
  const std::string message = FromHex(kRows[2].message);
  const std::string signature = FromHex(kRows[2].signature);
  ASSERT_TRUE(VerifyEd25519(key, message, signature));
  EXPECT_FALSE(VerifyEd25519(FromHex(kRows[1].public_key), message, signature));
  EXPECT_FALSE(VerifyEd25519(key, message + '\0', signature));
  EXPECT_FALSE(VerifyEd25519(key, "", signature));
  for (std::size_t bit = 0; bit < 512; ++bit) {
    EXPECT_FALSE(VerifyEd25519(key, message, Flipped(signature, bit))) << "bit " << bit;
  }
  for (std::size_t bit = 0; bit < 256; ++bit) {
    EXPECT_FALSE(VerifyEd25519(Flipped(key, bit), message, signature)) << "bit " << bit;
  }
}

TEST(Signer, OtherLengthsDoNotVerify) {
  const std::string key = FromHex(kRows[0].public_key);
  const std::string signature = FromHex(kRows[0].signature);
  EXPECT_FALSE(VerifyEd25519(key, "", signature.substr(0, 63)));
  EXPECT_FALSE(VerifyEd25519(key, "", signature + '\0'));
  EXPECT_FALSE(VerifyEd25519(key.substr(0, 31), "", signature));
  EXPECT_FALSE(VerifyEd25519(key + '\0', "", signature));
  EXPECT_FALSE(VerifyEd25519("", "", ""));
}

// All encodings of the eight points of low order, with either sign, and the canonical ones' doubles
// that spell y as y + p.
constexpr const char* kLowOrderKeys[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

/// With the neutral point for a key, R = neutral and S = 0 satisfy the equation for every message:
/// the library by itself says yes. Other keys of low order fit every eighth message or so.
TEST(Signer, KeysOfLowOrderAreNoKeys) {
  const std::string fits_everything = "\x01" + std::string(63, '\0');
  for (const char* key : kLowOrderKeys) {
    EXPECT_FALSE(IsFitPublicKey(FromHex(key))) << key;
    for (int i = 0; i < 32; ++i) {
      EXPECT_FALSE(VerifyEd25519(FromHex(key), "message " + std::to_string(i), fits_everything))
          << key;
    }
  }
}

TEST(Signer, KeysWrittenInASecondWayAreNoKeys) {
  // y = p + 2 spells y = 2; y = p - 2 is as it should be.
  EXPECT_FALSE(IsFitPublicKey("\xef" + std::string(30, '\xff') + "\x7f"));
  EXPECT_FALSE(IsFitPublicKey(std::string(32, '\xff')));
  EXPECT_TRUE(IsFitPublicKey("\xeb" + std::string(30, '\xff') + "\x7f"));
  for (const Row& row : kRows) EXPECT_TRUE(IsFitPublicKey(FromHex(row.public_key)));
}

TEST(Signer, ManyThreadsMaySignAtOnce) {
  const std::unique_ptr<Signer> signer = MakeSignerFromSeed(FromHex(kRows[1].seed));
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&signer, &count = wrong[t]] {
      for (int i = 0; i < 50; ++i) {
        const Result<std::string> signature = signer->Sign("\x72");
        count += signature.ok() && ToHex(*signature) == kRows[1].signature ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

// The first seed above as PKCS#8; a P-256 key; the first again, locked with a passphrase; a public
// key. None was ever used.
constexpr char kEd25519Pem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n";
constexpr char kP256Pem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgaIu5ScVr2T/XrQAh\n"
    "5j/X+lYK5//XWWnCGI9cAcHN/fmhRANCAAQ6LxsOj6d55fBLo4qw1vACaOHxmTMT\n"
    "nS0c6x/wASMu/isxAA2rxa2SbOoYnsqeKjLz0ecKuM9Xpo47x9UGrfXc\n"
    "-----END PRIVATE KEY-----\n";
constexpr char kLockedPem[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIGaMFYGCSqGSIb3DQEFDTBJMCgGCSqGSIb3DQEFDDAbBAgLFVlx5AL68AIBATAM\n"
    "BggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQpA5+vDJ3BADqoZedEgSADARAvJxY\n"
    "Hjq0d47KTABKlxOBcC4i4MmCh04H2OoCwXTZzEZeIpMBTLXI5sEOUkoZgojeCYAu\n"
    "3hEPF0sRKeJQqgdnoA==\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";
constexpr char kPublicPem[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
    "-----END PUBLIC KEY-----\n";

class SignerFile : public testing::Test {
 protected:
  std::filesystem::path Write(const std::string& content, mode_t mode) const {
    std::filesystem::path path = directory_.path() / "signing.key";
    std::ofstream(path, std::ios::binary) << content;
    ::chmod(path.c_str(), mode);
    return path;
  }

  doubles::TemporaryDirectory directory_;
};

TEST_F(SignerFile, SignsWithTheKeyInTheFile) {
  const Result<std::unique_ptr<FileSigner>> signer = FileSigner::Open(Write(kEd25519Pem, 0600));
  ASSERT_TRUE(signer.ok()) << signer.status();
  EXPECT_EQ(ToHex((*signer)->PublicKey()), kRows[0].public_key);
  EXPECT_EQ(ToHex(*(*signer)->Sign("")), kRows[0].signature);
}

TEST_F(SignerFile, IsUnsafeWhenOthersMayReadItOrItIsNotThere) {
  EXPECT_EQ(ReasonOf(FileSigner::Open(Write(kEd25519Pem, 0644)).status()),
            v1::ERROR_REASON_KEY_FILE_UNSAFE);
  EXPECT_EQ(ReasonOf(FileSigner::Open(directory_.path() / "absent").status()),
            v1::ERROR_REASON_KEY_FILE_UNSAFE);
}

TEST_F(SignerFile, IsUnavailableWhenItHoldsNoUsableKey) {
  const std::string rows[] = {"not a key", kP256Pem, kLockedPem, kPublicPem,
                              std::string(kEd25519Pem).substr(0, 60)};
  for (const std::string& content : rows) {
    EXPECT_EQ(ReasonOf(FileSigner::Open(Write(content, 0600)).status()),
              v1::ERROR_REASON_SIGNING_KEY_UNAVAILABLE)
        << content;
  }
}

}  // namespace
}  // namespace tearline::crypto
