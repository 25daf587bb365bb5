#include "broker/identity/parse_x509.h"

#include <gtest/gtest.h>

#include <string>

#include "broker/identity/certificate.h"
#include "tests/identity/certificate_workshop.h"

namespace tearline::identity {
namespace {

class ParseX509Test : public testing::Test {
 protected:
  const Issued authority_ = SelfIssued(AuthorityOrder("probation authority"));
  const Issued issued_ = IssuedBy(authority_, Order());
};

TEST_F(ParseX509Test, GivesBackTheDerItReadWhicheverTheForm) {
  for (const std::string& form : {issued_.der, issued_.pem, "\r\n\t " + issued_.pem + "\n\n"}) {
    const Result<X509Pointer> certificate = ParseX509(form);
    ASSERT_TRUE(certificate.ok()) << certificate.status();
    EXPECT_EQ(DerOf(**certificate), issued_.der);
  }
}

TEST_F(ParseX509Test, TruncatedDerIsRefusedAtEveryLength) {
  for (std::size_t length = 0; length < issued_.der.size(); ++length) {
    EXPECT_EQ(ReasonOf(ParseX509(issued_.der.substr(0, length)).status()),
              v1::ERROR_REASON_CERTIFICATE_INVALID)
        << length << " bytes";
  }
}

/// DER has one encoding for each value. Here the outermost length is written the long way round.
TEST_F(ParseX509Test, DerWrittenInASecondWayIsRefused) {
  ASSERT_EQ(issued_.der.substr(0, 2), "\x30\x82");
  const std::string second = "\x30\x83" + std::string(1, '\0') + issued_.der.substr(2);
  EXPECT_EQ(ReasonOf(ParseX509(second).status()), v1::ERROR_REASON_CERTIFICATE_INVALID);
}

struct Row {
  const char* why;
  std::string bytes;
};

TEST_F(ParseX509Test, AnythingButOneCertificateIsRefused) {
  const Row rows[] = {
      {"nothing", ""},
      {"white space", " \n"},
      {"garbage", "garbage"},
      {"zeros", std::string(1000, '\0')},
      {"a thousand openings", std::string(1000, '\x30')},
      {"a byte too many", issued_.der + '\0'},
      {"DER twice", issued_.der + issued_.der},
      {"PEM twice", issued_.pem + issued_.pem},
      {"PEM with its issuer", issued_.pem + authority_.pem},
      {"text before", "Subject: someone\n" + issued_.pem},
      {"text after", issued_.pem + "signed"},
      {"half of it", issued_.pem.substr(0, issued_.pem.size() / 2)},
      {"an empty block", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"},
      {"a block of another kind", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(ReasonOf(ParseX509(row.bytes).status()), v1::ERROR_REASON_CERTIFICATE_INVALID)
        << row.why;
  }
}

TEST_F(ParseX509Test, ExtensionsThatMakeNoSenseAreRefused) {
  Order twice;
  twice.alternative_names_twice = true;
  EXPECT_EQ(ReasonOf(ParseX509(IssuedBy(authority_, twice).der).status()),
            v1::ERROR_REASON_CERTIFICATE_INVALID);
}

TEST_F(ParseX509Test, MoreThan64KibibytesAreNotLookedAt) {
  const std::string most =
      issued_.pem + std::string(kCertificateBytesMax - issued_.pem.size(), '\n');
  EXPECT_TRUE(ParseX509(most).ok());
  const Status refusal = ParseX509(most + '\n').status();
  EXPECT_EQ(ReasonOf(refusal), v1::ERROR_REASON_CERTIFICATE_INVALID);
  EXPECT_EQ(SentenceOf(refusal), "the certificate is 65537 bytes; at most 65,536");
}

}  // namespace
}  // namespace tearline::identity
