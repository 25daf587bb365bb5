#include "broker/crypto/signer.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "broker/crypto/key_file.h"
#include "broker/status/invariant.h"

namespace tearline::crypto {
namespace {

constexpr std::size_t kKeyFileBytesMax = 16 * 1024;

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using SignContext = std::unique_ptr<EVP_MD_CTX, FreeContext>;

const unsigned char* Octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.empty() ? "" : bytes.data());
}

/// A locked key is not asked for on a terminal nobody watches.
int NoPassphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*unused*/) { return -1; }

EVP_PKEY* ParsePrivateKey(std::string_view pem) {
  BIO* const source = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  TEARLINE_INVARIANT(source != nullptr, "there is memory for a key");
  EVP_PKEY* const key = PEM_read_bio_PrivateKey(source, nullptr, NoPassphrase, nullptr);
  BIO_free(source);
  ERR_clear_error();
  return key;
}

Status Unavailable(const std::string& sentence) {
  return Refuse(v1::ERROR_REASON_SIGNING_KEY_UNAVAILABLE, sentence);
}

using Point = std::array<std::uint8_t, kPublicKeyBytes>;

/// The y coordinates of the eight points of low order, least significant byte first. The sign of x
/// is the top bit of the last byte and is left out.
constexpr std::array<Point, 5> kLowOrderPoints = {{
    {0x00},  // order 4
    {0x01},  // the neutral point
    {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
     0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
     0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},  // order 8
    {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
     0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
     0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},  // order 8
    {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},  // order 2
}};

/// Whether `y`, without its sign bit, is below 2^255 - 19.
bool IsCanonical(const Point& y) {
  if (y.front() < 0xed || y.back() != 0x7f) return true;
  return !std::all_of(y.begin() + 1, y.end() - 1, [](std::uint8_t byte) { return byte == 0xff; });
}

}  // namespace

Result<std::unique_ptr<FileSigner>> FileSigner::Open(const std::filesystem::path& path,
                                                     std::string_view setting) {
  const Result<Secret> pem = ReadPrivateFile(path, kKeyFileBytesMax, setting);
  if (!pem.ok()) return pem.status();
  Key key(ParsePrivateKey(pem->View()));
  if (key == nullptr || EVP_PKEY_is_a(key.get(), "ED25519") != 1) {
    return Unavailable(std::string(setting) +
                       " must hold an Ed25519 private key in PEM, without passphrase");
  }
  return std::unique_ptr<FileSigner>(new FileSigner(std::move(key)));
}

FileSigner::FileSigner(Key key) : key_(std::move(key)) {}
FileSigner::~FileSigner() = default;

std::string FileSigner::PublicKey() const {
  std::string bytes(kPublicKeyBytes, '\0');
  std::size_t length = bytes.size();
  TEARLINE_INVARIANT(
      EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(bytes.data()),
                                  &length) == 1 &&
          length == bytes.size(),
      "an Ed25519 key has a public half of 32 bytes");
  return bytes;
}

Result<std::string> FileSigner::Sign(std::string_view message) {
  const SignContext context(EVP_MD_CTX_new());
  std::string signature(kSignatureBytes, '\0');
  std::size_t length = signature.size();
  if (context == nullptr ||
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length,
                     Octets(message), message.size()) != 1 ||
      length != kSignatureBytes) {
    ERR_clear_error();
    return Unavailable("the signing key could not sign");
  }
  return signature;
}

void FileSigner::Free::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

std::unique_ptr<Signer> MakeSignerFromSeed(std::string_view seed) {
  TEARLINE_INVARIANT(seed.size() == kSignerSeedBytes, "an Ed25519 seed is 32 bytes");
  FileSigner::Key key(
      EVP_PKEY_new_raw_private_key_ex(nullptr, "ED25519", nullptr, Octets(seed), seed.size()));
  TEARLINE_INVARIANT(key != nullptr, "every seed is an Ed25519 key");
  return std::unique_ptr<Signer>(new FileSigner(std::move(key)));
}

bool IsFitPublicKey(std::string_view key) {
  if (key.size() != kPublicKeyBytes) return false;
  Point y;
  std::copy(key.begin(), key.end(), y.begin());
  y.back() &= 0x7f;
  return IsCanonical(y) &&
         std::find(kLowOrderPoints.begin(), kLowOrderPoints.end(), y) == kLowOrderPoints.end();
}

bool VerifyEd25519(std::string_view public_key, std::string_view message,
                   std::string_view signature) {
  if (!IsFitPublicKey(public_key) || signature.size() != kSignatureBytes) return false;
  EVP_PKEY* const key = EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr,
                                                       Octets(public_key), public_key.size());
  const SignContext context(EVP_MD_CTX_new());
  const bool good = key != nullptr && context != nullptr &&
                    EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
                    EVP_DigestVerify(context.get(), Octets(signature), signature.size(),
                                     Octets(message), message.size()) == 1;
  EVP_PKEY_free(key);
  ERR_clear_error();
  return good;
}

}  // namespace tearline::crypto
