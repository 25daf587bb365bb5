#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "broker/crypto/digest.h"
#include "broker/status/status.h"

namespace tearline::identity {

/// A certificate's encoding, in bytes, PEM or DER. Real ones are under 4 KiB.
inline constexpr std::size_t kCertificateBytesMax = 64 * 1024;

/// Whom a client certificate names. What it says is not yet proved: see Authority::Verify.
struct Certificate {
  std::string agency;            ///< A name as model::CheckName has it.
  std::string member;            ///< As above.
  std::string trust_domain;      ///< a-z, 0-9, ".", "-" and "_", 1 to 255 bytes.
  crypto::Digest fingerprint;    ///< SHA-256 of `der`.
  std::string serial_hex;        ///< Two lower-case digits a byte, 1 to 20 bytes, no sign.
  std::int64_t not_before_ms{};  ///< The first moment it is valid, ms since 1970 UTC.
  std::int64_t not_after_ms{};   ///< The first moment it no longer is.
  std::string der;               ///< The certificate itself.
};

/// Reads one certificate, as PEM (text around it is refused) or DER. It names its holder by exactly
/// one URI among the subject alternative names, of the form
///     spiffe://TRUST-DOMAIN/agency/AGENCY/member/MEMBER
/// Common name, DNS names and addresses say nothing here.
///
/// Source: SPIFFE X.509-SVID, sections 2 and 4; RFC 5280, section 4.1.2.2 for the serial.
/// Refuses: CERTIFICATE_INVALID for anything else: more than 64 KiB, no URI or two, another path, a
/// certificate that may issue others, one whose extended key usage leaves clientAuth out.
/// Threads: any.
[[nodiscard]] Result<Certificate> ReadCertificate(const std::string& pem_or_der);

}  // namespace tearline::identity
