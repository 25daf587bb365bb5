#include "broker/identity/authority.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "tests/identity/certificate_workshop.h"

namespace tearline::identity {
namespace {

constexpr std::int64_t kSummer2030Ms = (kNewYear2030 + 180 * 86'400) * 1000;

Authority AuthorityOf(const Issued& issued) { return Authority::Read(issued.der).value(); }
Certificate CertificateOf(const Issued& issued) { return ReadCertificate(issued.der).value(); }

class AuthorityTest : public testing::Test {
 protected:
  const Issued issuer_ = SelfIssued(AuthorityOrder("probation authority"));
  const Authority authority_ = AuthorityOf(issuer_);
  const Certificate leaf_ = CertificateOf(IssuedBy(issuer_, Order()));
};

TEST_F(AuthorityTest, VouchesForWhatItIssued) {
  EXPECT_TRUE(authority_.Verify(leaf_, kSummer2030Ms).ok());
}

TEST_F(AuthorityTest, IsTheSameFromPemAndFromDer) {
  const Result<Authority> from_pem = Authority::Read(issuer_.pem);
  ASSERT_TRUE(from_pem.ok());
  EXPECT_EQ(from_pem->SpkiDigest(), authority_.SpkiDigest());
  EXPECT_EQ(from_pem->Der(), issuer_.der);
  EXPECT_TRUE(from_pem->Verify(leaf_, kSummer2030Ms).ok());
}

TEST_F(AuthorityTest, DoesNotVouchForAnothersCertificate) {
  const Issued foreign = SelfIssued(AuthorityOrder("police authority"));
  EXPECT_EQ(ReasonOf(authority_.Verify(CertificateOf(IssuedBy(foreign, Order())), kSummer2030Ms)),
            v1::ERROR_REASON_WRONG_AUTHORITY);
}

TEST_F(AuthorityTest, IsNotForgedByTakingItsName) {
  const Issued forged = SelfIssued(AuthorityOrder("probation authority"));
  EXPECT_EQ(ReasonOf(authority_.Verify(CertificateOf(IssuedBy(forged, Order())), kSummer2030Ms)),
            v1::ERROR_REASON_WRONG_AUTHORITY);
}

TEST_F(AuthorityTest, DoesNotVouchForOneThatSignedItself) {
  EXPECT_EQ(ReasonOf(authority_.Verify(CertificateOf(SelfIssued(Order())), kSummer2030Ms)),
            v1::ERROR_REASON_WRONG_AUTHORITY);
}

TEST_F(AuthorityTest, NoticesAChangedSignature) {
  Certificate changed = leaf_;
  changed.der.back() = static_cast<char>(changed.der.back() ^ 1);
  EXPECT_EQ(ReasonOf(authority_.Verify(changed, kSummer2030Ms)), v1::ERROR_REASON_WRONG_AUTHORITY);
}

struct TimeRow {
  const char* when;
  std::int64_t at_ms;
  v1::ErrorReason reason;
};

TEST_F(AuthorityTest, VouchesWithinTheValidityTimeOnly) {
  constexpr TimeRow kRows[] = {
      {"long before", 0, v1::ERROR_REASON_CERTIFICATE_EXPIRED},
      {"before 1970", -1, v1::ERROR_REASON_CERTIFICATE_EXPIRED},
      {"just before", kNewYear2030 * 1000 - 1, v1::ERROR_REASON_CERTIFICATE_EXPIRED},
      {"from the first moment", kNewYear2030 * 1000, v1::ERROR_REASON_UNSPECIFIED},
      {"to the last", kNewYear2031 * 1000 - 1, v1::ERROR_REASON_UNSPECIFIED},
      {"just after", kNewYear2031 * 1000, v1::ERROR_REASON_CERTIFICATE_EXPIRED},
      {"long after", kNewYear2031 * 2000, v1::ERROR_REASON_CERTIFICATE_EXPIRED},
  };
  for (const TimeRow& row : kRows) {
    EXPECT_EQ(ReasonOf(authority_.Verify(leaf_, row.at_ms)), row.reason) << row.when;
  }
}

TEST_F(AuthorityTest, AMillisecondTooEarlyIsTooEarlyAlsoIn1970) {
  Order since_1970 = AuthorityOrder("probation authority");
  since_1970.not_before_s = 0;
  const Issued old = SelfIssued(since_1970);
  Order order;
  order.not_before_s = 0;
  const Certificate leaf = CertificateOf(IssuedBy(old, order));
  EXPECT_TRUE(AuthorityOf(old).Verify(leaf, 0).ok());
  EXPECT_EQ(ReasonOf(AuthorityOf(old).Verify(leaf, -1)), v1::ERROR_REASON_CERTIFICATE_EXPIRED);
}

TEST_F(AuthorityTest, AForeignCertificateIsForeignAlsoWhenExpired) {
  const Issued foreign = SelfIssued(AuthorityOrder("police authority"));
  EXPECT_EQ(ReasonOf(authority_.Verify(CertificateOf(IssuedBy(foreign, Order())), 0)),
            v1::ERROR_REASON_WRONG_AUTHORITY);
}

TEST_F(AuthorityTest, AnExpiredAuthorityVouchesForNobody) {
  Order order = AuthorityOrder("probation authority");
  order.not_after_s = kNewYear2030 + 86'400;
  const Issued short_lived = SelfIssued(order);
  const Status refusal =
      AuthorityOf(short_lived).Verify(CertificateOf(IssuedBy(short_lived, Order())), kSummer2030Ms);
  EXPECT_EQ(ReasonOf(refusal), v1::ERROR_REASON_CERTIFICATE_EXPIRED);
  EXPECT_EQ(SentenceOf(refusal), "the authority's certificate is outside its validity time");
}

TEST_F(AuthorityTest, MayStandBelowARootWithoutBringingItAlong) {
  const Issued root = SelfIssued(AuthorityOrder("justice root"));
  const Issued below = IssuedBy(root, AuthorityOrder("probation authority"));
  const Certificate leaf = CertificateOf(IssuedBy(below, Order()));
  EXPECT_TRUE(AuthorityOf(below).Verify(leaf, kSummer2030Ms).ok());
  // The root did not issue the leaf itself: whoever else it certifies does not speak for the
  // agency.
  EXPECT_EQ(ReasonOf(AuthorityOf(root).Verify(leaf, kSummer2030Ms)),
            v1::ERROR_REASON_WRONG_AUTHORITY);
}

TEST_F(AuthorityTest, RenewedWithTheSameKeyItIsKnownByTheSameDigest) {
  Order renewed = AuthorityOrder("probation authority");
  renewed.serial_hex = "2b";
  const Authority again = AuthorityOf(SelfIssued(renewed, issuer_.key));
  EXPECT_EQ(again.SpkiDigest(), authority_.SpkiDigest());
  EXPECT_TRUE(again.Verify(leaf_, kSummer2030Ms).ok());
  EXPECT_NE(AuthorityOf(SelfIssued(renewed)).SpkiDigest(), authority_.SpkiDigest());
}

TEST_F(AuthorityTest, WeakKeysAreRefused) {
  const Certificate weak = CertificateOf(IssuedBy(issuer_, Order(), MakeRsaKey(1024)));
  EXPECT_EQ(ReasonOf(authority_.Verify(weak, kSummer2030Ms)), v1::ERROR_REASON_CERTIFICATE_INVALID);
  const Certificate strong = CertificateOf(IssuedBy(issuer_, Order(), MakeRsaKey(2048)));
  EXPECT_TRUE(authority_.Verify(strong, kSummer2030Ms).ok());
}

TEST_F(AuthorityTest, IsReadOnlyFromACertificateThatMayIssue) {
  EXPECT_EQ(ReasonOf(Authority::Read(IssuedBy(issuer_, Order()).der).status()),
            v1::ERROR_REASON_CERTIFICATE_INVALID);
  for (const std::string& bytes :
       {std::string(), std::string("garbage"), issuer_.der.substr(0, issuer_.der.size() - 1),
        issuer_.pem + issuer_.pem}) {
    EXPECT_EQ(ReasonOf(Authority::Read(bytes).status()), v1::ERROR_REASON_CERTIFICATE_INVALID);
  }
}

TEST_F(AuthorityTest, AnAuthorityIsNotAMember) {
  Order order = AuthorityOrder("probation authority");
  order.uris = Order().uris;
  EXPECT_EQ(ReasonOf(ReadCertificate(SelfIssued(order).der).status()),
            v1::ERROR_REASON_CERTIFICATE_INVALID);
}

TEST_F(AuthorityTest, ManyThreadsMayAskAtOnce) {
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([this, &count = wrong[t]] {
      const Authority copy = authority_;
      for (int i = 0; i < 25; ++i) count += copy.Verify(leaf_, kSummer2030Ms).ok() ? 0 : 1;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

TEST(Authority, ABundleIsReadWholeOrNotAtAll) {
  const Issued police = SelfIssued(AuthorityOrder("police authority"));
  const Issued probation = SelfIssued(AuthorityOrder("probation authority"));
  const auto both =
      Authority::ReadAll("# police\n" + police.pem + "\n# probation\n" + probation.pem);
  ASSERT_TRUE(both.ok()) << SentenceOf(both.status());
  ASSERT_EQ(both->size(), 2U);
  EXPECT_EQ((*both)[0].Der(), police.der);
  EXPECT_EQ((*both)[1].Der(), probation.der);

  const std::string cut = probation.pem.substr(0, probation.pem.size() / 2);
  const std::string member = IssuedBy(police, Order()).pem;
  for (const std::string& wrong :
       {std::string(), std::string("words"), police.der, police.pem + cut, police.pem + member}) {
    EXPECT_EQ(ReasonOf(Authority::ReadAll(wrong).status()), v1::ERROR_REASON_CERTIFICATE_INVALID);
  }
}

}  // namespace
}  // namespace tearline::identity
