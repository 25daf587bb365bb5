#include "broker/identity/authority.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <optional>
#include <string_view>
#include <utility>

#include "broker/identity/parse_x509.h"
#include "broker/status/invariant.h"

namespace tearline::identity {
namespace {

/// At least 112 bits: no RSA below 2,048, no curve below 224, no SHA-1.
constexpr int kSecurityLevel = 2;

struct FreeVerification {
  void operator()(X509_STORE_CTX* verification) const { X509_STORE_CTX_free(verification); }
};

crypto::Digest SpkiDigestOf(const X509& certificate) {
  unsigned char* octets = nullptr;
  const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(&certificate), &octets);
  TEARLINE_INVARIANT(length > 0, "a certificate that was read has a public key");
  const crypto::Digest digest = crypto::Sha256(
      std::string_view(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(length)));
  OPENSSL_free(octets);
  return digest;
}

/// Seconds, rounded down also before 1970.
std::time_t SecondsOf(std::int64_t at_ms) {
  return static_cast<std::time_t>(at_ms / 1000 - (at_ms % 1000 < 0 ? 1 : 0));
}

Status RefusalFor(int error, bool is_leaf) {
  switch (error) {
    case X509_V_ERR_CERT_NOT_YET_VALID:
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return Refuse(v1::ERROR_REASON_CERTIFICATE_EXPIRED,
                    is_leaf ? "the certificate is outside its validity time"
                            : "the authority's certificate is outside its validity time");
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
      return CertificateInvalid(
          "a certificate's key or signature is too weak; RSA of 2,048 bits or P-256, with SHA-256, "
          "would do");
    default:
      return Refuse(v1::ERROR_REASON_WRONG_AUTHORITY,
                    "the certificate was not issued by the authority named for its agency");
  }
}

}  // namespace

Result<Authority> Authority::Read(const std::string& pem_or_der) {
  const Result<X509Pointer> certificate = ParseX509(pem_or_der);
  if (!certificate.ok()) return certificate.status();
  if (X509_check_ca(certificate->get()) != 1) {
    return CertificateInvalid("an authority's certificate must be marked as one that may issue");
  }
  if (X509_get0_pubkey(certificate->get()) == nullptr) {
    ERR_clear_error();
    return CertificateInvalid("an authority's certificate must hold a public key of a known kind");
  }

  const std::optional<std::int64_t> not_after_ms =
      MillisecondsOf(X509_get0_notAfter(certificate->get()));
  if (!not_after_ms) return CertificateInvalid("an authority's certificate must say when it ends");

  Authority authority;
  authority.not_after_ms_ = *not_after_ms;
  authority.store_ = std::shared_ptr<X509_STORE>(X509_STORE_new(), X509_STORE_free);
  TEARLINE_INVARIANT(authority.store_ != nullptr &&
                         X509_STORE_add_cert(authority.store_.get(), certificate->get()) == 1,
                     "a store takes its one authority");
  authority.der_ = DerOf(**certificate);
  authority.spki_digest_ = SpkiDigestOf(**certificate);
  return authority;
}

Result<std::vector<Authority>> Authority::ReadAll(const std::string& bundle_pem) {
  constexpr std::string_view kBegin = "-----BEGIN";
  constexpr std::string_view kEnd = "-----END CERTIFICATE-----";
  std::vector<Authority> authorities;
  std::size_t begin = bundle_pem.find(kBegin);
  while (begin != std::string::npos) {
    const std::size_t end = bundle_pem.find(kEnd, begin);
    if (end == std::string::npos) return CertificateInvalid("a certificate of a bundle is cut off");
    Result<Authority> authority = Read(bundle_pem.substr(begin, end + kEnd.size() - begin));
    if (!authority.ok()) return authority.status();
    authorities.push_back(*std::move(authority));
    begin = bundle_pem.find(kBegin, end);
  }
  if (authorities.empty()) {
    return CertificateInvalid("a bundle must be certificates in PEM, one after the other");
  }
  return authorities;
}

Status Authority::Verify(const Certificate& leaf, std::int64_t at_ms) const {
  const Result<X509Pointer> certificate = ParseX509(leaf.der);
  if (!certificate.ok()) return certificate.status();
  const std::unique_ptr<X509_STORE_CTX, FreeVerification> verification(X509_STORE_CTX_new());
  TEARLINE_INVARIANT(
      verification != nullptr &&
          X509_STORE_CTX_init(verification.get(), store_.get(), certificate->get(), nullptr) == 1,
      "a verification begins");
  X509_VERIFY_PARAM* const settings = X509_STORE_CTX_get0_param(verification.get());
  TEARLINE_INVARIANT(X509_VERIFY_PARAM_set_flags(settings, X509_V_FLAG_PARTIAL_CHAIN) == 1 &&
                         X509_VERIFY_PARAM_set_purpose(settings, X509_PURPOSE_SSL_CLIENT) == 1,
                     "a verification takes its settings");
  X509_VERIFY_PARAM_set_auth_level(settings, kSecurityLevel);
  X509_VERIFY_PARAM_set_time(settings, SecondsOf(at_ms));

  const bool good = X509_verify_cert(verification.get()) == 1;
  const int error = X509_STORE_CTX_get_error(verification.get());
  const bool is_leaf = X509_STORE_CTX_get_error_depth(verification.get()) == 0;
  ERR_clear_error();
  return good ? Status() : RefusalFor(error, is_leaf);
}

}  // namespace tearline::identity
