#include "broker/identity/revocations.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "tests/identity/certificate_workshop.h"

namespace tearline::identity {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kIssuedMs = kNewYear2030 * 1000;
constexpr std::int64_t kDueMs = kNewYear2031 * 1000;

class RevocationsTest : public testing::Test {
 protected:
  Revocations Made(const std::string& lists_pem, RevocationTerms terms = {}) const {
    return Revocations::Make(RevocationList::ReadAll(lists_pem).value(), known_, terms).value();
  }
  static Certificate Leaf(const Issued& authority, const std::string& serial_hex) {
    Order order;
    order.serial_hex = serial_hex;
    return ReadCertificate(IssuedBy(authority, order).pem).value();
  }
  v1::ErrorReason ReasonFor(const Revocations& revocations, const std::string& serial_hex,
                            std::int64_t now_ms) const {
    return ReasonOf(revocations.Check(known_[0], Leaf(probation_, serial_hex), now_ms).status());
  }

  const Issued probation_ = SelfIssued(AuthorityOrder("probation authority"));
  const Issued police_ = SelfIssued(AuthorityOrder("police authority"));
  const std::vector<Authority> known_ = {Authority::Read(probation_.pem).value(),
                                         Authority::Read(police_.pem).value()};
};

TEST_F(RevocationsTest, TheRevokedAreRefusedAndNobodyElse) {
  ListOrder order;
  order.serials_hex = {"2a"};
  const Revocations revocations = Made(ListBy(probation_, order).pem);
  EXPECT_EQ(ReasonFor(revocations, "2a", kIssuedMs), v1::ERROR_REASON_CERTIFICATE_REVOKED);
  EXPECT_EQ(ReasonFor(revocations, "2b", kIssuedMs), v1::ERROR_REASON_UNSPECIFIED);
  // The same number under another authority is another certificate.
  EXPECT_TRUE(revocations.Check(known_[1], Leaf(police_, "2a"), kIssuedMs).ok());
}

TEST_F(RevocationsTest, PastItsTimeAListTakesItsAuthorityWithIt) {
  struct Row {
    const char* when;
    std::int64_t now_ms;
    std::int64_t grace_ms;
    v1::ErrorReason reason;
  };
  const Row rows[] = {
      {"the last moment", kDueMs - 1, 0, v1::ERROR_REASON_UNSPECIFIED},
      {"the first beyond it", kDueMs, 0, v1::ERROR_REASON_REVOCATION_UNKNOWN},
      {"in grace", kDueMs, kHourMs, v1::ERROR_REASON_UNSPECIFIED},
      {"the last of grace", kDueMs + kHourMs - 1, kHourMs, v1::ERROR_REASON_UNSPECIFIED},
      {"beyond grace", kDueMs + kHourMs, kHourMs, v1::ERROR_REASON_REVOCATION_UNKNOWN},
      {"five minutes early", kIssuedMs - 300'000, 0, v1::ERROR_REASON_UNSPECIFIED},
      {"earlier", kIssuedMs - 300'001, 0, v1::ERROR_REASON_REVOCATION_UNKNOWN},
  };
  for (const Row& row : rows) {
    const Revocations revocations =
        Made(ListBy(probation_, {}).pem, {.grace_ms = row.grace_ms, .required = false});
    EXPECT_EQ(ReasonFor(revocations, "2a", row.now_ms), row.reason) << row.when;
    EXPECT_TRUE(revocations.Check(known_[1], Leaf(police_, "2a"), row.now_ms).ok()) << row.when;
  }
}

TEST_F(RevocationsTest, TheRevokedStayRevokedWhenTheListIsOld) {
  ListOrder order;
  order.serials_hex = {"2a"};
  EXPECT_EQ(ReasonFor(Made(ListBy(probation_, order).pem), "2a", kDueMs + kHourMs),
            v1::ERROR_REASON_CERTIFICATE_REVOKED);
}

TEST_F(RevocationsTest, AnAnswerHoldsUntilTheListAndItsGraceEnd) {
  const Revocations revocations =
      Made(ListBy(probation_, {}).pem, {.grace_ms = kHourMs, .required = false});
  EXPECT_EQ(revocations.Check(known_[0], Leaf(probation_, "2a"), kIssuedMs).value(),
            kDueMs + kHourMs);
  EXPECT_EQ(revocations.FirstDueMs(), kDueMs);
  EXPECT_EQ(revocations.Check(known_[1], Leaf(police_, "2a"), kIssuedMs).value(),
            std::numeric_limits<std::int64_t>::max());
}

TEST_F(RevocationsTest, WhereListsAreRequiredAnAgencyWithoutOneIsRefused) {
  const RevocationTerms terms{.grace_ms = 0, .required = true};
  const Revocations revocations = Made(ListBy(police_, {}).pem, terms);
  EXPECT_EQ(ReasonFor(revocations, "2a", kIssuedMs), v1::ERROR_REASON_REVOCATION_UNKNOWN);
  EXPECT_TRUE(revocations.Check(known_[1], Leaf(police_, "2a"), kIssuedMs).ok());
  const Revocations none = Revocations::Make({}, known_, terms).value();
  EXPECT_EQ(ReasonFor(none, "2a", kIssuedMs), v1::ERROR_REASON_REVOCATION_UNKNOWN);
  EXPECT_EQ(ReasonFor(Revocations(), "2a", kIssuedMs), v1::ERROR_REASON_UNSPECIFIED);
}

TEST_F(RevocationsTest, AListThatNobodyKnownSignedIsRefused) {
  const Issued stranger = SelfIssued(AuthorityOrder("probation authority"));
  const auto lists = RevocationList::ReadAll(ListBy(stranger, {}).pem).value();
  EXPECT_EQ(ReasonOf(Revocations::Make(lists, known_, {}).status()),
            v1::ERROR_REASON_WRONG_AUTHORITY);
}

TEST_F(RevocationsTest, TheNewestListOfAnAuthorityCounts) {
  ListOrder older;
  older.serials_hex = {"2a"};
  ListOrder newer;
  newer.serials_hex = {"2b"};
  newer.this_update_s += 60;
  const std::string first = ListBy(probation_, older).pem;
  const std::string second = ListBy(probation_, newer).pem;
  for (const std::string& both : {first + second, second + first}) {
    const Revocations revocations = Made(both);
    EXPECT_EQ(revocations.Lists(), 1U);
    EXPECT_EQ(ReasonFor(revocations, "2a", kIssuedMs), v1::ERROR_REASON_UNSPECIFIED);
    EXPECT_EQ(ReasonFor(revocations, "2b", kIssuedMs), v1::ERROR_REASON_CERTIFICATE_REVOKED);
  }
}

/// An old list put back would make the revoked good again.
TEST_F(RevocationsTest, NothingIsTakenBack) {
  ListOrder newer;
  newer.this_update_s += 60;
  const Revocations now = Made(ListBy(probation_, newer).pem);
  EXPECT_TRUE(now.CheckFollows(Revocations()).ok());
  EXPECT_TRUE(now.CheckFollows(now).ok());
  EXPECT_TRUE(now.CheckFollows(Made(ListBy(probation_, {}).pem)).ok());
  EXPECT_FALSE(Made(ListBy(probation_, {}).pem).CheckFollows(now).ok());
  EXPECT_FALSE(Made(ListBy(police_, newer).pem).CheckFollows(now).ok());
  EXPECT_FALSE(Revocations().CheckFollows(now).ok());
  EXPECT_TRUE(Made(ListBy(police_, {}).pem + ListBy(probation_, newer).pem).CheckFollows(now).ok());
}

}  // namespace
}  // namespace tearline::identity
