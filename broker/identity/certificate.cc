#include "broker/identity/certificate.h"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>

#include "broker/identity/parse_x509.h"
#include "broker/model/name.h"

namespace tearline::identity {
namespace {

constexpr std::size_t kTrustDomainBytesMax = 255;

struct FreeNames {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

bool IsName(std::string_view text) { return model::CheckName(text, "certificate").ok(); }

bool IsTrustDomain(std::string_view text) {
  return !text.empty() && text.size() <= kTrustDomainBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                  c == '_';
         });
}

/// Takes `prefix` off the front of `text`; false if it is not there.
bool Take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// Takes what comes before the next slash, or all of it.
std::string_view TakeSegment(std::string_view& text) {
  const std::string_view segment = text.substr(0, text.find('/'));
  text.remove_prefix(segment.size());
  return segment;
}

Status ReadSpiffeId(std::string_view uri, Certificate& certificate) {
  Status malformed = CertificateInvalid(
      "the certificate's URI must be spiffe://TRUST-DOMAIN/agency/AGENCY/member/MEMBER, the names "
      "1 to 40 bytes of a-z, 0-9 and -, not beginning or ending with -");
  if (!Take(uri, "spiffe://")) return malformed;
  certificate.trust_domain = TakeSegment(uri);
  if (!Take(uri, "/agency/")) return malformed;
  certificate.agency = TakeSegment(uri);
  if (!Take(uri, "/member/")) return malformed;
  certificate.member = uri;
  if (!IsTrustDomain(certificate.trust_domain) || !IsName(certificate.agency) ||
      !IsName(certificate.member)) {
    return malformed;
  }
  return {};
}

Status ReadHolder(const X509& source, Certificate& certificate) {
  int critical = 0;  // -2 if there are several such extensions; the library gives null then
  const std::unique_ptr<GENERAL_NAMES, FreeNames> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(&source, NID_subject_alt_name, &critical, nullptr)));
  std::optional<std::string_view> uri;
  const int count = names == nullptr ? 0 : sk_GENERAL_NAME_num(names.get());
  int uris = 0;
  for (int i = 0; i < count; ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    ++uris;
    const ASN1_IA5STRING* const text = name->d.uniformResourceIdentifier;
    uri = std::string_view(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                           static_cast<std::size_t>(ASN1_STRING_length(text)));
  }
  if (uris != 1) {
    return CertificateInvalid(
        "the certificate has " + std::to_string(uris) +
        " URIs among its subject alternative names; it must have exactly one");
  }
  return ReadSpiffeId(*uri, certificate);
}

Status ReadSerial(const X509& source, Certificate& certificate) {
  std::optional<std::string> serial = SerialHexOf(*X509_get0_serialNumber(&source));
  if (!serial.has_value()) {
    return CertificateInvalid("the certificate's serial number must be positive, at most 20 bytes");
  }
  certificate.serial_hex = *std::move(serial);
  return {};
}

Status ReadValidity(const X509& source, Certificate& certificate) {
  const std::optional<std::int64_t> not_before = MillisecondsOf(X509_get0_notBefore(&source));
  const std::optional<std::int64_t> not_after = MillisecondsOf(X509_get0_notAfter(&source));
  if (!not_before.has_value() || !not_after.has_value() || *not_before >= *not_after) {
    return CertificateInvalid("the certificate's validity must begin before it ends");
  }
  certificate.not_before_ms = *not_before;
  certificate.not_after_ms = *not_after;
  return {};
}

/// Whether it is meant for a client, and for nothing greater.
Status CheckUse(X509& source) {
  const std::uint32_t flags = X509_get_extension_flags(&source);
  // The library calls CA:TRUE without keyCertSign no issuer; here half a mark is one too many.
  if (X509_check_ca(&source) != 0 || (flags & EXFLAG_CA) != 0) {
    return CertificateInvalid("the certificate may issue others; a member's must not");
  }
  if ((flags & EXFLAG_XKUSAGE) != 0 &&
      (X509_get_extended_key_usage(&source) & XKU_SSL_CLIENT) == 0) {
    return CertificateInvalid("the certificate's extended key usage must contain clientAuth");
  }
  return {};
}

}  // namespace

Result<Certificate> ReadCertificate(const std::string& pem_or_der) {
  const Result<X509Pointer> source = ParseX509(pem_or_der);
  if (!source.ok()) return source.status();
  Certificate certificate;
  TEARLINE_RETURN_IF_REFUSED(CheckUse(**source));
  TEARLINE_RETURN_IF_REFUSED(ReadHolder(**source, certificate));
  TEARLINE_RETURN_IF_REFUSED(ReadSerial(**source, certificate));
  TEARLINE_RETURN_IF_REFUSED(ReadValidity(**source, certificate));
  certificate.der = DerOf(**source);
  certificate.fingerprint = crypto::Sha256(certificate.der);
  ERR_clear_error();
  return certificate;
}

}  // namespace tearline::identity
