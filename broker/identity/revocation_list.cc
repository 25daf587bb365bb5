#include "broker/identity/revocation_list.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "broker/identity/parse_x509.h"
#include "broker/status/invariant.h"

namespace tearline::identity {
namespace {

/// SHA-1 and MD5 are shorter.
constexpr int kDigestBytesMin = 32;

struct FreeCrl {
  void operator()(X509_CRL* list) const { X509_CRL_free(list); }
};
using CrlPointer = std::unique_ptr<X509_CRL, FreeCrl>;

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};

std::size_t CountOf(std::string_view what, const std::string& text) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) {
    ++count;
  }
  return count;
}

std::string DerOf(const X509_CRL& list) {
  unsigned char* octets = nullptr;
  const int length = i2d_X509_CRL(&list, &octets);
  TEARLINE_INVARIANT(length > 0, "a list that was read can be written");
  std::string der(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(length));
  OPENSSL_free(octets);
  return der;
}

CrlPointer FromDer(const std::string& der) {
  const auto* octets = reinterpret_cast<const unsigned char*>(der.data());
  CrlPointer list(d2i_X509_CRL(nullptr, &octets, static_cast<long>(der.size())));
  if (list != nullptr && DerOf(*list) != der) return nullptr;
  return list;
}

/// Every list of a PEM text; none if anything in it is something else, or cut off.
std::vector<CrlPointer> FromPem(const std::string& text) {
  const std::unique_ptr<BIO, FreeBio> source(
      BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  TEARLINE_INVARIANT(source != nullptr, "there is memory for a list");
  std::vector<CrlPointer> lists;
  while (CrlPointer list{PEM_read_bio_X509_CRL(source.get(), nullptr, nullptr, nullptr)}) {
    lists.push_back(std::move(list));
  }
  if (lists.size() != CountOf("-----BEGIN", text)) lists.clear();
  return lists;
}

bool HasCritical(const STACK_OF(X509_EXTENSION) * extensions) {
  for (int i = 0; i < sk_X509_EXTENSION_num(extensions); ++i) {
    if (X509_EXTENSION_get_critical(sk_X509_EXTENSION_value(extensions, i)) != 0) return true;
  }
  return false;
}

/// A list of a part only would pass off as good whatever the other parts revoke.
bool IsComplete(const X509_CRL& list) {
  return X509_CRL_get_ext_by_NID(&list, NID_delta_crl, -1) < 0 &&
         X509_CRL_get_ext_by_NID(&list, NID_issuing_distribution_point, -1) < 0 &&
         !HasCritical(X509_CRL_get0_extensions(&list));
}

/// The serial numbers, rising; nothing if one does not read.
std::optional<std::vector<std::string>> SerialsOf(X509_CRL& list) {
  std::vector<std::string> serials;
  STACK_OF(X509_REVOKED)* const entries = X509_CRL_get_REVOKED(&list);  // null if there are none
  for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
    const X509_REVOKED* const entry = sk_X509_REVOKED_value(entries, i);
    std::optional<std::string> serial = SerialHexOf(*X509_REVOKED_get0_serialNumber(entry));
    if (!serial || HasCritical(X509_REVOKED_get0_extensions(entry))) return std::nullopt;
    serials.push_back(*std::move(serial));
  }
  std::sort(serials.begin(), serials.end());
  return serials;
}

bool IsStrong(const X509_CRL& list) {
  int digest = NID_undef;
  int key = NID_undef;
  if (OBJ_find_sigid_algs(X509_CRL_get_signature_nid(&list), &digest, &key) != 1) return false;
  if (digest == NID_undef) return key == NID_ED25519 || key == NID_ED448;
  const EVP_MD* const algorithm = EVP_get_digestbynid(digest);
  return algorithm != nullptr && EVP_MD_get_size(algorithm) >= kDigestBytesMin;
}

}  // namespace

struct RevocationListReader {
  static Result<RevocationList> Read(X509_CRL& source) {
    const auto this_update = MillisecondsOf(X509_CRL_get0_lastUpdate(&source));
    const auto next_update = MillisecondsOf(X509_CRL_get0_nextUpdate(&source));
    if (!this_update || !next_update || *this_update >= *next_update) {
      return CertificateInvalid("a revocation list must say when the next one is due");
    }
    if (!IsComplete(source)) {
      return CertificateInvalid(
          "a revocation list must name all that its authority revoked, and have no critical "
          "extension");
    }
    std::optional<std::vector<std::string>> serials = SerialsOf(source);
    if (!serials) {
      return CertificateInvalid(
          "a revocation list's entries must be serial numbers of at most 20 bytes, without "
          "critical extensions");
    }
    RevocationList list;
    list.der_ = DerOf(source);
    list.this_update_ms_ = *this_update;
    list.next_update_ms_ = *next_update;
    list.serials_ = *std::move(serials);
    return list;
  }
};

Result<std::vector<RevocationList>> RevocationList::ReadAll(const std::string& pem_or_der) {
  std::vector<CrlPointer> sources;
  if (pem_or_der.size() <= kRevocationFileBytesMax) {
    if (pem_or_der.find("-----BEGIN") != std::string::npos) {
      sources = FromPem(pem_or_der);
    } else if (CrlPointer one = FromDer(pem_or_der)) {
      sources.push_back(std::move(one));
    }
  }
  ERR_clear_error();
  if (sources.empty()) {
    return CertificateInvalid(
        "a revocation list must be an X.509 CRL, one in DER or any number in PEM, at most 16 MiB");
  }
  std::vector<RevocationList> lists;
  for (const CrlPointer& source : sources) {
    Result<RevocationList> list = RevocationListReader::Read(*source);
    if (!list.ok()) return list.status();
    lists.push_back(*std::move(list));
  }
  return lists;
}

Status RevocationList::VerifyIssuedBy(const Authority& authority) const {
  const Result<X509Pointer> issuer = ParseX509(authority.Der());
  TEARLINE_INVARIANT(issuer.ok(), "an authority's certificate reads a second time");
  const CrlPointer list = FromDer(der_);
  TEARLINE_INVARIANT(list != nullptr, "a list reads a second time");
  const bool good =
      X509_NAME_cmp(X509_CRL_get_issuer(list.get()), X509_get_subject_name(issuer->get())) == 0 &&
      (X509_get_key_usage(issuer->get()) & KU_CRL_SIGN) != 0 && IsStrong(*list) &&
      X509_CRL_verify(list.get(), X509_get0_pubkey(issuer->get())) == 1;
  ERR_clear_error();
  if (good) return {};
  return Refuse(v1::ERROR_REASON_WRONG_AUTHORITY,
                "the revocation list was not signed by this authority");
}

bool RevocationList::Revokes(const std::string& serial_hex) const {
  return std::binary_search(serials_.begin(), serials_.end(), serial_hex);
}

}  // namespace tearline::identity
