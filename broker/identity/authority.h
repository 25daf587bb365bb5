#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "broker/crypto/digest.h"
#include "broker/identity/certificate.h"
#include "broker/status/status.h"

struct x509_store_st;

namespace tearline::identity {

/// One issuer of certificates, trusted for itself: it may be a root or stand below one.
///
/// Threads: any. Copies are cheap and share what was read.
class Authority {
 public:
  /// Reads one issuer's certificate, PEM or DER, at most 64 KiB.
  ///
  /// Refuses: CERTIFICATE_INVALID, also for a certificate that may not issue others.
  static Result<Authority> Read(const std::string& pem_or_der);

  /// Reads a bundle: at least one certificate in PEM, each at most 64 KiB; plain text between them
  /// is passed over.
  ///
  /// Refuses: CERTIFICATE_INVALID as Read for each, and for anything else that is encoded there.
  static Result<std::vector<Authority>> ReadAll(const std::string& bundle_pem);

  /// SHA-256 of its SubjectPublicKeyInfo in DER: what the directory knows it by. Renewing the
  /// certificate with the same key leaves it as it is.
  crypto::Digest SpkiDigest() const { return spki_digest_; }

  /// The first moment, ms since 1970 UTC, at which its certificate is not valid any more.
  std::int64_t not_after_ms() const { return not_after_ms_; }

  /// Its certificate in DER.
  const std::string& Der() const { return der_; }

  /// Whether this authority itself issued `leaf`, for clients, and both are valid at `at_ms` (ms
  /// since 1970 UTC). No intermediates are sought, no other authority is asked, no revocation
  /// looked up.
  ///
  /// Source: RFC 5280, section 6.1; strength as OpenSSL's security level 2 (112 bits).
  /// Refuses: CERTIFICATE_EXPIRED     issued by this authority, but one of the two is not valid
  /// yet,
  ///                                  or no longer.
  ///          CERTIFICATE_INVALID     a key or signature is too weak.
  ///          WRONG_AUTHORITY         anything else, whatever names it bears.
  [[nodiscard]] Status Verify(const Certificate& leaf, std::int64_t at_ms) const;

 private:
  Authority() = default;

  std::shared_ptr<x509_store_st> store_;
  std::string der_;
  crypto::Digest spki_digest_;
  std::int64_t not_after_ms_ = 0;
};

}  // namespace tearline::identity
