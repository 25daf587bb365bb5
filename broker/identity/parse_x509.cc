#include "broker/identity/parse_x509.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <string_view>

#include "broker/identity/certificate.h"
#include "broker/status/invariant.h"

namespace tearline::identity {
namespace {

constexpr std::string_view kPemBegin = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view kPemEnd = "-----END CERTIFICATE-----";
constexpr std::string_view kWhiteSpace = " \t\r\n";
constexpr std::size_t kSerialBytesMax = 20;

struct FreeNumber {
  void operator()(BIGNUM* number) const { BN_free(number); }
};

std::string_view Trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kWhiteSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kWhiteSpace) + 1 - begin);
}

X509Pointer FromPem(std::string_view text) {
  if (!text.ends_with(kPemEnd) || text.find(kPemBegin, 1) != std::string_view::npos) return nullptr;
  BIO* const source = BIO_new_mem_buf(text.data(), static_cast<int>(text.size()));
  TEARLINE_INVARIANT(source != nullptr, "there is memory for a certificate");
  X509Pointer certificate(PEM_read_bio_X509(source, nullptr, nullptr, nullptr));
  BIO_free(source);
  return certificate;
}

X509Pointer FromDer(const std::string& der) {
  const auto* octets = reinterpret_cast<const unsigned char*>(der.data());
  X509Pointer certificate(d2i_X509(nullptr, &octets, static_cast<long>(der.size())));
  if (certificate != nullptr && DerOf(*certificate) != der) return nullptr;
  return certificate;
}

}  // namespace

Result<X509Pointer> ParseX509(const std::string& pem_or_der) {
  if (pem_or_der.size() > kCertificateBytesMax) {
    return CertificateInvalid("the certificate is " + std::to_string(pem_or_der.size()) +
                              " bytes; at most 65,536");
  }
  const std::string_view text = Trimmed(pem_or_der);
  X509Pointer certificate = text.starts_with(kPemBegin) ? FromPem(text) : FromDer(pem_or_der);
  // Reading the flags makes the library read the extensions, and say whether they make sense.
  const bool good =
      certificate != nullptr && (X509_get_extension_flags(certificate.get()) & EXFLAG_INVALID) == 0;
  ERR_clear_error();
  if (!good) return CertificateInvalid("the certificate must be one X.509 certificate, PEM or DER");
  return certificate;
}

std::string DerOf(const X509& certificate) {
  unsigned char* octets = nullptr;
  const int length = i2d_X509(&certificate, &octets);
  if (length <= 0) return {};
  std::string der(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(length));
  OPENSSL_free(octets);
  return der;
}

std::optional<std::string> SerialHexOf(const ASN1_INTEGER& serial) {
  const std::unique_ptr<BIGNUM, FreeNumber> number(ASN1_INTEGER_to_BN(&serial, nullptr));
  if (number == nullptr || BN_is_negative(number.get()) != 0 ||
      static_cast<std::size_t>(BN_num_bytes(number.get())) > kSerialBytesMax) {
    return std::nullopt;
  }
  static constexpr char kDigits[] = "0123456789abcdef";
  unsigned char bytes[kSerialBytesMax] = {};
  const int length = std::max(BN_num_bytes(number.get()), 1);
  BN_bn2binpad(number.get(), bytes, length);
  std::string hex;
  for (int i = 0; i < length; ++i) {
    hex += kDigits[bytes[i] / 16];
    hex += kDigits[bytes[i] % 16];
  }
  return hex;
}

std::optional<std::int64_t> MillisecondsOf(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  return std::int64_t{::timegm(&parts)} * 1000;
}

Status CertificateInvalid(const std::string& sentence) {
  return Refuse(v1::ERROR_REASON_CERTIFICATE_INVALID, sentence);
}

}  // namespace tearline::identity
