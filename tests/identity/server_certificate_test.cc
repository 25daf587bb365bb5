#include "broker/identity/server_certificate.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>
#include <string>

#include "tests/identity/certificate_workshop.h"

namespace tearline::identity {
namespace {

std::string PemOf(const WorkshopKey& key, const EVP_CIPHER* cipher = nullptr) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> sink(BIO_new(BIO_s_mem()), BIO_free);
  char passphrase[] = "open sesame";
  PEM_write_bio_PKCS8PrivateKey(sink.get(), key.get(), cipher, passphrase,
                                cipher == nullptr ? 0 : 11, nullptr, nullptr);
  char* text = nullptr;
  const long length = BIO_get_mem_data(sink.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

Result<ServerCertificate> Read(const std::string& chain, const std::string& key) {
  return ReadServerCertificate(chain, crypto::Secret(key));
}

TEST(ServerCertificate, IsTheFirstOfItsChainWithItsOwnKey) {
  const Issued authority = SelfIssued(AuthorityOrder("broker authority"));
  const Issued broker = IssuedBy(authority, Order());
  const auto read = Read(broker.pem + authority.pem, PemOf(broker.key));
  ASSERT_TRUE(read.ok()) << SentenceOf(read.status());
  EXPECT_EQ(read->not_before_ms, kNewYear2030 * 1000);
  EXPECT_EQ(read->not_after_ms, kNewYear2031 * 1000);

  struct Row {
    const char* what;
    std::string chain;
    std::string key;
  };
  const Row rows[] = {
      {"another's key", broker.pem, PemOf(authority.key)},
      {"the chain the wrong way round", authority.pem + broker.pem, PemOf(broker.key)},
      {"no certificate", "certificate", PemOf(broker.key)},
      {"half a certificate", broker.pem.substr(0, 200), PemOf(broker.key)},
      {"no key", broker.pem, "key"},
      {"a locked key", broker.pem, PemOf(broker.key, EVP_aes_128_cbc())},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(ReasonOf(Read(row.chain, row.key).status()), v1::ERROR_REASON_CERTIFICATE_INVALID)
        << row.what;
  }
}

}  // namespace
}  // namespace tearline::identity
