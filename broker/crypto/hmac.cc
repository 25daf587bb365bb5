#include "broker/crypto/hmac.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <memory>

#include "broker/status/invariant.h"

namespace tearline::crypto {
namespace {

struct FreeMac {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using MacContext = std::unique_ptr<EVP_MAC_CTX, FreeMac>;

MacContext MakeKeyless() {
  EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  TEARLINE_INVARIANT(algorithm != nullptr, "the library offers HMAC");
  MacContext context(EVP_MAC_CTX_new(algorithm));
  EVP_MAC_free(algorithm);  // the context holds it
  char digest_name[] = "SHA256";
  const OSSL_PARAM settings[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest_name, 0),
      OSSL_PARAM_construct_end()};
  TEARLINE_INVARIANT(context != nullptr && EVP_MAC_CTX_set_params(context.get(), settings) == 1,
                     "HMAC takes SHA-256");
  return context;
}

/// Set up once and copied for each use: looking algorithms up by name is what costs.
const EVP_MAC_CTX* Keyless() {
  static const EVP_MAC_CTX* const context = MakeKeyless().release();
  return context;
}

}  // namespace

Digest HmacSha256(std::string_view key, std::initializer_list<std::string_view> parts) {
  const MacContext context(EVP_MAC_CTX_dup(Keyless()));
  TEARLINE_INVARIANT(context != nullptr, "there is memory for an HMAC");
  // An empty view may point nowhere, and a null key would mean "the key of before".
  const auto* octets = reinterpret_cast<const unsigned char*>(key.empty() ? "" : key.data());
  TEARLINE_INVARIANT(EVP_MAC_init(context.get(), octets, key.size(), nullptr) == 1,
                     "an HMAC begins");
  for (const std::string_view part : parts) {
    TEARLINE_INVARIANT(
        EVP_MAC_update(context.get(), reinterpret_cast<const unsigned char*>(part.data()),
                       part.size()) == 1,
        "an HMAC takes bytes");
  }
  Digest digest;
  std::size_t length = 0;
  TEARLINE_INVARIANT(
      EVP_MAC_final(context.get(), digest.octets.data(), &length, Digest::kBytes) == 1 &&
          length == Digest::kBytes,
      "an HMAC ends");
  return digest;
}

}  // namespace tearline::crypto
