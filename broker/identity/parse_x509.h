#pragma once

#include <openssl/x509.h>

#include <memory>
#include <string>

#include "broker/status/status.h"

namespace tearline::identity {

struct FreeX509 {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using X509Pointer = std::unique_ptr<X509, FreeX509>;

/// One certificate from PEM or DER, its extensions read. DER must be the one encoding there is, to
/// the last byte; PEM must be one block, with at most white space around it.
///
/// Refuses: CERTIFICATE_INVALID.
[[nodiscard]] Result<X509Pointer> ParseX509(const std::string& pem_or_der);

/// The certificate in DER.
[[nodiscard]] std::string DerOf(const X509& certificate);

/// A CERTIFICATE_INVALID refusal.
[[nodiscard]] Status CertificateInvalid(const std::string& sentence);

}  // namespace tearline::identity
