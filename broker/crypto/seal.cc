#include "broker/crypto/seal.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cstdint>
#include <cstring>
#include <memory>

#include "broker/status/invariant.h"

namespace tearline::crypto {
namespace {

constexpr std::size_t kPartBytesMax = std::size_t{1} << 30;

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

/// Never null, even for an empty view: to the library null means "use what was set before".
const unsigned char* Octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.empty() ? "" : bytes.data());
}
unsigned char* Octets(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

const EVP_CIPHER* Gcm() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  TEARLINE_INVARIANT(cipher != nullptr, "the library offers AES-256-GCM");
  return cipher;
}

const EVP_CIPHER* Ecb() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-ECB", nullptr);
  TEARLINE_INVARIANT(cipher != nullptr, "the library offers AES-256 block by block");
  return cipher;
}

CipherContext MakeContext() {
  CipherContext context(EVP_CIPHER_CTX_new());
  TEARLINE_INVARIANT(context != nullptr, "there is memory for a cipher");
  return context;
}

// RFC 3394, 2.2: a key in halves of a block, each turned with the check value six times over.
constexpr std::size_t kBlockBytes = 16;
constexpr std::size_t kHalfBytes = 8;
constexpr std::size_t kHalves = kSealKeyBytes / kHalfBytes;
constexpr std::uint8_t kWrapSteps = 6 * kHalves;
constexpr unsigned char kWrapCheckOctet = 0xa6;
static_assert(kWrapOverheadBytes == kHalfBytes);

enum class Direction : std::uint8_t { kDecrypt = 0, kEncrypt = 1 };

/// AES-256, block by block. The library's own key wrap runs its portable code, six times slower
/// than the processor's instructions that this one comes to.
class Blocks {
 public:
  Blocks(std::string_view key, Direction direction) : context_(MakeContext()) {
    TEARLINE_INVARIANT(EVP_CipherInit_ex2(context_.get(), Ecb(), Octets(key), nullptr,
                                          static_cast<int>(direction), nullptr) == 1 &&
                           EVP_CIPHER_CTX_set_padding(context_.get(), 0) == 1,
                       "a block cipher begins");
  }

  void Run(unsigned char (&block)[kBlockBytes]) const {
    int length = 0;
    TEARLINE_INVARIANT(EVP_CipherUpdate(context_.get(), block, &length, block, kBlockBytes) == 1 &&
                           length == kBlockBytes,
                       "a block cipher takes a block");
  }

 private:
  CipherContext context_;
};

void RequireSealLengths(std::string_view key, std::string_view nonce, std::string_view aad,
                        std::size_t content_bytes) {
  TEARLINE_INVARIANT(key.size() == kSealKeyBytes, "a sealing key is 32 bytes");
  TEARLINE_INVARIANT(nonce.size() == kSealNonceBytes, "a nonce is 12 bytes");
  TEARLINE_INVARIANT(aad.size() < kPartBytesMax && content_bytes < kPartBytesMax,
                     "what is sealed is under 1 GiB");
}

Status SealBroken() {
  return Refuse(v1::ERROR_REASON_SEAL_BROKEN,
                "a sealed value does not open: it is damaged, or belongs to another key or place");
}

}  // namespace

std::string Seal(std::string_view key, std::string_view nonce, std::string_view aad,
                 std::string_view plaintext) {
  RequireSealLengths(key, nonce, aad, plaintext.size());
  const CipherContext context = MakeContext();
  std::string sealed(plaintext.size() + kSealTagBytes, '\0');
  int length = 0;
  bool done = EVP_EncryptInit_ex2(context.get(), Gcm(), Octets(key), Octets(nonce), nullptr) == 1 &&
              EVP_EncryptUpdate(context.get(), nullptr, &length, Octets(aad),
                                static_cast<int>(aad.size())) == 1 &&
              EVP_EncryptUpdate(context.get(), Octets(sealed), &length, Octets(plaintext),
                                static_cast<int>(plaintext.size())) == 1;
  unsigned char* const end = Octets(sealed) + plaintext.size();
  done = done && EVP_EncryptFinal_ex(context.get(), end, &length) == 1 &&
         EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kSealTagBytes, end) == 1;
  TEARLINE_INVARIANT(done, "sealing works");
  return sealed;
}

Result<std::string> Open(std::string_view key, std::string_view nonce, std::string_view aad,
                         std::string_view sealed) {
  if (sealed.size() < kSealTagBytes) return SealBroken();
  const std::string_view ciphertext = sealed.substr(0, sealed.size() - kSealTagBytes);
  std::string tag(sealed.substr(ciphertext.size()));
  RequireSealLengths(key, nonce, aad, ciphertext.size());

  const CipherContext context = MakeContext();
  std::string plaintext(ciphertext.size(), '\0');
  int length = 0;
  const bool ready =
      EVP_DecryptInit_ex2(context.get(), Gcm(), Octets(key), Octets(nonce), nullptr) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kSealTagBytes, Octets(tag)) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &length, Octets(aad),
                        static_cast<int>(aad.size())) == 1 &&
      EVP_DecryptUpdate(context.get(), Octets(plaintext), &length, Octets(ciphertext),
                        static_cast<int>(ciphertext.size())) == 1;
  TEARLINE_INVARIANT(ready, "opening works");
  unsigned char* const end = Octets(plaintext) + plaintext.size();
  if (EVP_DecryptFinal_ex(context.get(), end, &length) != 1) {
    OPENSSL_cleanse(plaintext.data(), plaintext.size());
    return SealBroken();
  }
  return plaintext;
}

std::string Wrap(std::string_view wrapping_key, std::string_view key) {
  TEARLINE_INVARIANT(wrapping_key.size() == kSealKeyBytes && key.size() == kSealKeyBytes,
                     "a key and the key that wraps it are 32 bytes");
  const Blocks blocks(wrapping_key, Direction::kEncrypt);
  std::string wrapped(kWrapOverheadBytes, static_cast<char>(kWrapCheckOctet));
  wrapped += key;
  unsigned char* const octets = Octets(wrapped);
  unsigned char block[kBlockBytes];
  for (std::uint8_t step = 1; step <= kWrapSteps; ++step) {
    unsigned char* const half = octets + kHalfBytes * (1 + (step - 1) % kHalves);
    std::memcpy(block, octets, kHalfBytes);
    std::memcpy(block + kHalfBytes, half, kHalfBytes);
    blocks.Run(block);
    block[kHalfBytes - 1] ^= step;
    std::memcpy(octets, block, kHalfBytes);
    std::memcpy(half, block + kHalfBytes, kHalfBytes);
  }
  OPENSSL_cleanse(block, sizeof block);
  return wrapped;
}

Result<std::string> Unwrap(std::string_view wrapping_key, std::string_view wrapped) {
  TEARLINE_INVARIANT(wrapping_key.size() == kSealKeyBytes, "a wrapping key is 32 bytes");
  if (wrapped.size() != kSealKeyBytes + kWrapOverheadBytes) return SealBroken();
  const Blocks blocks(wrapping_key, Direction::kDecrypt);
  unsigned char check[kHalfBytes];
  std::memcpy(check, wrapped.data(), kHalfBytes);
  std::string key(wrapped.substr(kWrapOverheadBytes));
  unsigned char* const octets = Octets(key);
  unsigned char block[kBlockBytes];
  for (std::uint8_t step = kWrapSteps; step >= 1; --step) {
    unsigned char* const half = octets + kHalfBytes * ((step - 1) % kHalves);
    check[kHalfBytes - 1] ^= step;
    std::memcpy(block, check, kHalfBytes);
    std::memcpy(block + kHalfBytes, half, kHalfBytes);
    blocks.Run(block);
    std::memcpy(check, block, kHalfBytes);
    std::memcpy(half, block + kHalfBytes, kHalfBytes);
  }
  OPENSSL_cleanse(block, sizeof block);
  unsigned char wanted[kHalfBytes];
  std::memset(wanted, kWrapCheckOctet, sizeof wanted);
  if (CRYPTO_memcmp(check, wanted, sizeof wanted) != 0) {
    OPENSSL_cleanse(key.data(), key.size());
    return SealBroken();
  }
  return key;
}

}  // namespace tearline::crypto
