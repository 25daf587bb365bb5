#include "broker/identity/certificate.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/identity/certificate_workshop.h"

namespace tearline::identity {
namespace {

class CertificateTest : public testing::Test {
 protected:
  std::string Der(const Order& order) const { return IssuedBy(authority_, order, key_).der; }
  v1::ErrorReason ReasonOfReading(const Order& order) const {
    return ReasonOf(ReadCertificate(Der(order)).status());
  }

  const WorkshopKey key_ = MakeKey();
  const Issued authority_ = SelfIssued(AuthorityOrder("probation authority"));
};

TEST_F(CertificateTest, SaysWhoItIsForAndFromWhenToWhen) {
  const Issued issued = IssuedBy(authority_, Order());
  const Result<Certificate> certificate = ReadCertificate(issued.pem);
  ASSERT_TRUE(certificate.ok()) << certificate.status();
  EXPECT_EQ(certificate->trust_domain, "tearline.example");
  EXPECT_EQ(certificate->agency, "probation");
  EXPECT_EQ(certificate->member, "offender-managers");
  EXPECT_EQ(certificate->not_before_ms, kNewYear2030 * 1000);
  EXPECT_EQ(certificate->not_after_ms, kNewYear2031 * 1000);
  EXPECT_EQ(certificate->serial_hex, "2a");
  EXPECT_EQ(certificate->der, issued.der);
  EXPECT_EQ(certificate->fingerprint, crypto::Sha256(issued.der));
}

TEST_F(CertificateTest, IsTheSameFromPemAndFromDer) {
  const Issued issued = IssuedBy(authority_, Order());
  for (const std::string& form : {issued.pem, "\n " + issued.pem + "\n\n"}) {
    const Result<Certificate> certificate = ReadCertificate(form);
    ASSERT_TRUE(certificate.ok()) << certificate.status();
    EXPECT_EQ(certificate->fingerprint, ReadCertificate(issued.der)->fingerprint);
  }
}

struct UriRow {
  const char* why;
  std::string uri;
  bool accepted;
};

TEST_F(CertificateTest, IsReadFromAUriOfTheOneForm) {
  const std::string forty(40, 'a');
  const UriRow rows[] = {
      {"the usual", "spiffe://tearline.example/agency/police-met/member/ppu-3", true},
      {"another trust domain", "spiffe://other.example/agency/police/member/ppu", true},
      {"the longest names", "spiffe://d/agency/" + forty + "/member/" + forty, true},
      {"agency too long", "spiffe://d/agency/" + forty + "a/member/m", false},
      {"member too long", "spiffe://d/agency/a/member/" + forty + "a", false},
      {"the longest domain", "spiffe://" + std::string(255, 'd') + "/agency/a/member/m", true},
      {"domain too long", "spiffe://" + std::string(256, 'd') + "/agency/a/member/m", false},
      {"no domain", "spiffe:///agency/a/member/m", false},
      {"a port", "spiffe://d:443/agency/a/member/m", false},
      {"a user", "spiffe://u@d/agency/a/member/m", false},
      {"another scheme", "https://d/agency/a/member/m", false},
      {"scheme in capitals", "SPIFFE://d/agency/a/member/m", false},
      {"no member", "spiffe://d/agency/a", false},
      {"empty member", "spiffe://d/agency/a/member/", false},
      {"empty agency", "spiffe://d/agency//member/m", false},
      {"something after", "spiffe://d/agency/a/member/m/admin", false},
      {"a slash after", "spiffe://d/agency/a/member/m/", false},
      {"something before", "spiffe://d/x/agency/a/member/m", false},
      {"another word", "spiffe://d/agency/a/service/m", false},
      {"a query", "spiffe://d/agency/a/member/m?x", false},
      {"a fragment", "spiffe://d/agency/a/member/m#x", false},
      {"capitals", "spiffe://d/agency/Police/member/m", false},
      {"an escape", "spiffe://d/agency/a%2e/member/m", false},
      {"a dot", "spiffe://d/agency/../member/m", false},
      {"a dash at the edge", "spiffe://d/agency/-a/member/m", false},
      {"a zero byte", std::string("spiffe://d/agency/a/member/m\0x", 30), false},
      {"a space", "spiffe://d/agency/a/member/m ", false},
      {"nothing", "", false},
  };
  for (const UriRow& row : rows) {
    Order order;
    order.uris = {row.uri};
    EXPECT_EQ(ReasonOfReading(order),
              row.accepted ? v1::ERROR_REASON_UNSPECIFIED : v1::ERROR_REASON_CERTIFICATE_INVALID)
        << row.why;
  }
}

TEST_F(CertificateTest, AnotherTrustDomainIsSaidNotJudged) {
  Order order;
  order.uris = {"spiffe://other.example/agency/police/member/ppu"};
  EXPECT_EQ(ReadCertificate(Der(order))->trust_domain, "other.example");
}

TEST_F(CertificateTest, HasExactlyOneUri) {
  Order none;
  none.uris.clear();
  none.common_name = "spiffe://tearline.example/agency/probation/member/offender-managers";
  none.common_name.resize(64);
  EXPECT_EQ(ReasonOfReading(none), v1::ERROR_REASON_CERTIFICATE_INVALID) << "common name only";

  Order dns_only = none;
  dns_only.dns_names = {"probation.example"};
  EXPECT_EQ(ReasonOfReading(dns_only), v1::ERROR_REASON_CERTIFICATE_INVALID) << "DNS name only";

  Order two;
  two.uris.push_back("spiffe://tearline.example/agency/police/member/ppu");
  EXPECT_EQ(ReasonOfReading(two), v1::ERROR_REASON_CERTIFICATE_INVALID) << "two";

  Order twice;
  twice.uris.push_back(twice.uris.front());
  EXPECT_EQ(ReasonOfReading(twice), v1::ERROR_REASON_CERTIFICATE_INVALID) << "the same twice";

  Order with_web_page;
  with_web_page.uris.push_back("https://probation.example");
  EXPECT_EQ(ReasonOfReading(with_web_page), v1::ERROR_REASON_CERTIFICATE_INVALID) << "a web page";

  Order two_extensions;
  two_extensions.alternative_names_twice = true;
  EXPECT_EQ(ReasonOfReading(two_extensions), v1::ERROR_REASON_CERTIFICATE_INVALID);

  Order with_dns;
  with_dns.dns_names = {"probation.example"};
  EXPECT_EQ(ReasonOfReading(with_dns), v1::ERROR_REASON_UNSPECIFIED) << "DNS names do no harm";
}

struct UseRow {
  const char* why;
  const char* basic_constraints;
  const char* key_usage;
  const char* extended_key_usage;
  bool accepted;
};

TEST_F(CertificateTest, IsForAClientAndMayNotIssueOthers) {
  constexpr UseRow kRows[] = {
      {"a client", "critical,CA:FALSE", "critical,digitalSignature", "clientAuth", true},
      {"a client and server", "critical,CA:FALSE", "", "serverAuth,clientAuth", true},
      {"no use stated", "", "", "", true},
      {"a server", "critical,CA:FALSE", "", "serverAuth", false},
      {"any use", "critical,CA:FALSE", "", "anyExtendedKeyUsage", false},
      {"an authority", "critical,CA:TRUE", "critical,digitalSignature", "clientAuth", false},
      {"a half-marked authority", "", "keyCertSign", "clientAuth", false},
  };
  for (const UseRow& row : kRows) {
    Order order;
    order.basic_constraints = row.basic_constraints;
    order.key_usage = row.key_usage;
    order.extended_key_usage = row.extended_key_usage;
    EXPECT_EQ(ReasonOfReading(order),
              row.accepted ? v1::ERROR_REASON_UNSPECIFIED : v1::ERROR_REASON_CERTIFICATE_INVALID)
        << row.why;
  }
}

struct SerialRow {
  const char* serial;
  const char* read;  // empty: refused
};

TEST_F(CertificateTest, ASerialIsTwoDigitsAByteAndAtMostTwentyBytes) {
  constexpr SerialRow kRows[] = {
      {"00", "00"},
      {"0a", "0a"},
      {"80", "80"},
      {"ff00", "ff00"},
      {"7fffffffffffffffffffffffffffffffffffffff", "7fffffffffffffffffffffffffffffffffffffff"},
      {"010000000000000000000000000000000000000000", ""},
      {"-01", ""},
  };
  for (const SerialRow& row : kRows) {
    Order order;
    order.serial_hex = row.serial;
    const Result<Certificate> certificate = ReadCertificate(Der(order));
    EXPECT_EQ(certificate.ok() ? certificate->serial_hex : "", row.read) << row.serial;
  }
}

TEST_F(CertificateTest, ItsValidityBeginsBeforeItEnds) {
  Order order;
  order.not_after_s = order.not_before_s + 1;
  EXPECT_EQ(ReasonOfReading(order), v1::ERROR_REASON_UNSPECIFIED);
  order.not_after_s = order.not_before_s;
  EXPECT_EQ(ReasonOfReading(order), v1::ERROR_REASON_CERTIFICATE_INVALID);
}

/// Whatever a changed byte makes of it, the answer is a refusal or a certificate with good names.
TEST_F(CertificateTest, DerWithAnyByteChangedIsRefusedOrSound) {
  const std::string der = Der(Order());
  for (std::size_t i = 0; i < der.size(); ++i) {
    for (const unsigned change : {0x01U, 0x80U, 0xffU}) {
      std::string bad = der;
      bad[i] = static_cast<char>(static_cast<unsigned char>(bad[i]) ^ change);
      const Result<Certificate> certificate = ReadCertificate(bad);
      if (certificate.ok()) {
        EXPECT_EQ(certificate->der, bad) << "byte " << i;
        EXPECT_FALSE(certificate->agency.empty());
      } else {
        EXPECT_EQ(ReasonOf(certificate.status()), v1::ERROR_REASON_CERTIFICATE_INVALID);
      }
    }
  }
}

TEST_F(CertificateTest, NoSentenceQuotesTheCertificate) {
  Order order;
  order.uris = {"spiffe://tearline.example/agency/JOHN/member/SMITH"};
  const std::string sentence = SentenceOf(ReadCertificate(Der(order)).status());
  EXPECT_EQ(sentence.find("JOHN"), std::string::npos);
  EXPECT_EQ(sentence.find("SMITH"), std::string::npos);
}

}  // namespace
}  // namespace tearline::identity
