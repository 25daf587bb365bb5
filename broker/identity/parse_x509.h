#pragma once

#include <openssl/x509.h>

#include <cstdint>
#include <memory>
#include <optional>
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

/// A serial number as two lower-case digits a byte, 1 to 20 bytes; nothing if it is negative or
/// longer.
[[nodiscard]] std::optional<std::string> SerialHexOf(const ASN1_INTEGER& serial);

/// A time in ms since 1970 UTC; nothing if it does not read.
[[nodiscard]] std::optional<std::int64_t> MillisecondsOf(const ASN1_TIME* time);

/// A CERTIFICATE_INVALID refusal.
[[nodiscard]] Status CertificateInvalid(const std::string& sentence);

}  // namespace tearline::identity
