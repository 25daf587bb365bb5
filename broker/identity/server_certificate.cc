#include "broker/identity/server_certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>
#include <string_view>

#include "broker/identity/parse_x509.h"
#include "broker/status/invariant.h"

namespace tearline::identity {
namespace {

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

std::unique_ptr<BIO, FreeBio> SourceOf(std::string_view text) {
  std::unique_ptr<BIO, FreeBio> source(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  TEARLINE_INVARIANT(source != nullptr, "there is memory for a key");
  return source;
}

/// Nobody is asked for a passphrase.
int NoPassphrase(char*, int, int, void*) { return 0; }

}  // namespace

Result<ServerCertificate> ReadServerCertificate(const std::string& chain_pem,
                                                const crypto::Secret& key_pem) {
  const X509Pointer certificate(
      PEM_read_bio_X509(SourceOf(chain_pem).get(), nullptr, &NoPassphrase, nullptr));
  const std::unique_ptr<EVP_PKEY, FreeKey> key(
      PEM_read_bio_PrivateKey(SourceOf(key_pem.View()).get(), nullptr, &NoPassphrase, nullptr));
  const bool fits = certificate != nullptr && key != nullptr &&
                    X509_check_private_key(certificate.get(), key.get()) == 1;
  const auto not_before =
      fits ? MillisecondsOf(X509_get0_notBefore(certificate.get())) : std::nullopt;
  const auto not_after =
      fits ? MillisecondsOf(X509_get0_notAfter(certificate.get())) : std::nullopt;
  ERR_clear_error();
  if (!not_before || !not_after) {
    return CertificateInvalid(
        "the broker's certificate and key must be PEM, the key without a passphrase, and belong "
        "together");
  }
  return ServerCertificate{*not_before, *not_after};
}

}  // namespace tearline::identity
