#include "broker/crypto/hkdf.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <memory>

#include "broker/status/invariant.h"

namespace tearline::crypto {
namespace {

constexpr std::size_t kContextBytesMax = 1024;
constexpr std::size_t kLengthMax = 255 * 32;

struct FreeKdf {
  void operator()(EVP_KDF_CTX* context) const { EVP_KDF_CTX_free(context); }
};

EVP_KDF* Algorithm() {
  static EVP_KDF* const algorithm = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
  TEARLINE_INVARIANT(algorithm != nullptr, "the library offers HKDF");
  return algorithm;
}

OSSL_PARAM Octets(const char* name, std::string_view bytes) {
  // The library's parameters are not const, but these are only read.
  return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(bytes.data()), bytes.size());
}

}  // namespace

std::string HkdfSha256(std::string_view key, std::string_view context, std::size_t length,
                       std::string_view salt) {
  TEARLINE_INVARIANT(!key.empty() && context.size() <= kContextBytesMax,
                     "HKDF has a key and a short context");
  TEARLINE_INVARIANT(length >= 1 && length <= kLengthMax, "HKDF gives 1 to 8,160 bytes");

  const std::unique_ptr<EVP_KDF_CTX, FreeKdf> derivation(EVP_KDF_CTX_new(Algorithm()));
  TEARLINE_INVARIANT(derivation != nullptr, "there is memory for HKDF");
  char digest_name[] = "SHA256";
  OSSL_PARAM settings[5];
  std::size_t count = 0;
  settings[count++] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest_name, 0);
  settings[count++] = Octets(OSSL_KDF_PARAM_KEY, key);
  if (!context.empty()) settings[count++] = Octets(OSSL_KDF_PARAM_INFO, context);
  if (!salt.empty()) settings[count++] = Octets(OSSL_KDF_PARAM_SALT, salt);
  settings[count] = OSSL_PARAM_construct_end();

  std::string derived(length, '\0');
  TEARLINE_INVARIANT(
      EVP_KDF_derive(derivation.get(), reinterpret_cast<unsigned char*>(derived.data()),
                     derived.size(), settings) == 1,
      "HKDF derives");
  return derived;
}

}  // namespace tearline::crypto
