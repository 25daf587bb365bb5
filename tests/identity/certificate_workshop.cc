#include "tests/identity/certificate_workshop.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <stdexcept>
#include <utility>

namespace tearline::identity {
namespace {

/// A test that could not make its certificate must not pass.
void Need(bool done) {
  if (!done) throw std::runtime_error("the workshop could not make a certificate");
}

void AddExtension(X509* certificate, int kind, const std::string& value) {
  if (value.empty()) return;
  X509_EXTENSION* const extension = X509V3_EXT_nconf_nid(nullptr, nullptr, kind, value.c_str());
  Need(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

/// By hand and not from a configuration string, so that a name may hold any byte.
void AddName(GENERAL_NAMES* names, int kind, const std::string& value) {
  ASN1_IA5STRING* const text = ASN1_IA5STRING_new();
  Need(ASN1_STRING_set(text, value.data(), static_cast<int>(value.size())) == 1);
  GENERAL_NAME* const name = GENERAL_NAME_new();
  GENERAL_NAME_set0_value(name, kind, text);
  Need(sk_GENERAL_NAME_push(names, name) > 0);
}

void AddAlternativeNames(X509* certificate, const Order& order) {
  if (order.uris.empty() && order.dns_names.empty()) return;
  GENERAL_NAMES* const names = GENERAL_NAMES_new();
  for (const std::string& name : order.dns_names) AddName(names, GEN_DNS, name);
  for (const std::string& uri : order.uris) AddName(names, GEN_URI, uri);
  for (int times = order.alternative_names_twice ? 2 : 1; times > 0; --times) {
    Need(X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, X509V3_ADD_APPEND) == 1);
  }
  GENERAL_NAMES_free(names);
}

void SetSerial(X509* certificate, const std::string& hex) {
  BIGNUM* number = nullptr;
  Need(BN_hex2bn(&number, hex.c_str()) > 0);
  Need(BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr);
  BN_free(number);
}

Issued Finish(std::shared_ptr<X509> certificate, const WorkshopKey& key, EVP_PKEY* signing_key) {
  Need(X509_sign(certificate.get(), signing_key, EVP_sha256()) > 0);
  Issued issued;
  issued.key = key;
  unsigned char* octets = nullptr;
  const int length = i2d_X509(certificate.get(), &octets);
  Need(length > 0);
  issued.der.assign(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(length));
  OPENSSL_free(octets);
  BIO* const sink = BIO_new(BIO_s_mem());
  Need(PEM_write_bio_X509(sink, certificate.get()) == 1);
  char* text = nullptr;
  const long text_length = BIO_get_mem_data(sink, &text);
  issued.pem.assign(text, static_cast<std::size_t>(text_length));
  BIO_free(sink);
  issued.certificate = std::move(certificate);
  return issued;
}

std::shared_ptr<X509> Unsigned(const Order& order, const WorkshopKey& key) {
  std::shared_ptr<X509> certificate(X509_new(), X509_free);
  Need(X509_set_version(certificate.get(), X509_VERSION_3) == 1);
  SetSerial(certificate.get(), order.serial_hex);
  X509_NAME* const subject = X509_get_subject_name(certificate.get());
  Need(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                  reinterpret_cast<const unsigned char*>(order.common_name.c_str()),
                                  -1, -1, 0) == 1);
  Need(ASN1_TIME_set(X509_getm_notBefore(certificate.get()), order.not_before_s) != nullptr);
  Need(ASN1_TIME_set(X509_getm_notAfter(certificate.get()), order.not_after_s) != nullptr);
  Need(X509_set_pubkey(certificate.get(), key.get()) == 1);
  AddExtension(certificate.get(), NID_basic_constraints, order.basic_constraints);
  AddExtension(certificate.get(), NID_key_usage, order.key_usage);
  AddExtension(certificate.get(), NID_ext_key_usage, order.extended_key_usage);
  AddAlternativeNames(certificate.get(), order);
  return certificate;
}

}  // namespace

WorkshopKey MakeKey() { return {EVP_EC_gen("P-256"), EVP_PKEY_free}; }

WorkshopKey MakeRsaKey(unsigned bits) { return {EVP_RSA_gen(bits), EVP_PKEY_free}; }

Order AuthorityOrder(const std::string& name) {
  Order order;
  order.common_name = name;
  order.uris.clear();
  order.basic_constraints = "critical,CA:TRUE";
  order.key_usage = "critical,keyCertSign,cRLSign";
  order.extended_key_usage.clear();
  return order;
}

Issued SelfIssued(const Order& order, const WorkshopKey& key) {
  std::shared_ptr<X509> certificate = Unsigned(order, key);
  Need(X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get())) == 1);
  return Finish(std::move(certificate), key, key.get());
}

Issued IssuedBy(const Issued& issuer, const Order& order, const WorkshopKey& key) {
  std::shared_ptr<X509> certificate = Unsigned(order, key);
  Need(X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer.certificate.get())) ==
       1);
  return Finish(std::move(certificate), key, issuer.key.get());
}

namespace {

void SetUpdates(X509_CRL* list, const ListOrder& order) {
  const std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> this_update(
      ASN1_TIME_set(nullptr, order.this_update_s), ASN1_TIME_free);
  const std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> next_update(
      ASN1_TIME_set(nullptr, order.next_update_s), ASN1_TIME_free);
  Need(X509_CRL_set1_lastUpdate(list, this_update.get()) == 1);
  if (order.next_update_s != 0) Need(X509_CRL_set1_nextUpdate(list, next_update.get()) == 1);
}

void Revoke(X509_CRL* list, const std::string& serial_hex, std::int64_t at_s) {
  BIGNUM* number = nullptr;
  Need(BN_hex2bn(&number, serial_hex.c_str()) > 0);
  ASN1_INTEGER* const serial = BN_to_ASN1_INTEGER(number, nullptr);
  BN_free(number);
  ASN1_TIME* const at = ASN1_TIME_set(nullptr, at_s);
  X509_REVOKED* const entry = X509_REVOKED_new();
  Need(X509_REVOKED_set_serialNumber(entry, serial) == 1);
  Need(X509_REVOKED_set_revocationDate(entry, at) == 1);
  Need(X509_CRL_add0_revoked(list, entry) == 1);
  ASN1_INTEGER_free(serial);
  ASN1_TIME_free(at);
}

void AddScope(X509_CRL* list, const ListOrder& order) {
  ASN1_INTEGER* const number = ASN1_INTEGER_new();
  Need(ASN1_INTEGER_set(number, 7) == 1);
  Need(X509_CRL_add1_ext_i2d(list, NID_crl_number, number, 0, 0) == 1);
  if (order.delta) Need(X509_CRL_add1_ext_i2d(list, NID_delta_crl, number, 1, 0) == 1);
  ASN1_INTEGER_free(number);
  if (!order.scoped) return;
  ISSUING_DIST_POINT* const scope = ISSUING_DIST_POINT_new();
  scope->onlyCA = 0xff;
  Need(X509_CRL_add1_ext_i2d(list, NID_issuing_distribution_point, scope, 1, 0) == 1);
  ISSUING_DIST_POINT_free(scope);
}

}  // namespace

IssuedList ListBy(const Issued& issuer, const ListOrder& order) {
  const std::shared_ptr<X509_CRL> list(X509_CRL_new(), X509_CRL_free);
  Need(X509_CRL_set_version(list.get(), X509_CRL_VERSION_2) == 1);
  Need(X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(issuer.certificate.get())) == 1);
  SetUpdates(list.get(), order);
  for (const std::string& serial : order.serials_hex) {
    Revoke(list.get(), serial, order.this_update_s);
  }
  AddScope(list.get(), order);
  Need(X509_CRL_sign(list.get(), issuer.key.get(), order.with_sha1 ? EVP_sha1() : EVP_sha256()) >
       0);
  IssuedList issued;
  unsigned char* octets = nullptr;
  const int length = i2d_X509_CRL(list.get(), &octets);
  Need(length > 0);
  issued.der.assign(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(length));
  OPENSSL_free(octets);
  BIO* const sink = BIO_new(BIO_s_mem());
  Need(PEM_write_bio_X509_CRL(sink, list.get()) == 1);
  char* text = nullptr;
  const long text_length = BIO_get_mem_data(sink, &text);
  issued.pem.assign(text, static_cast<std::size_t>(text_length));
  BIO_free(sink);
  return issued;
}

}  // namespace tearline::identity
