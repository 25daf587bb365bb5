#include "broker/rpc/caller.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "broker/model/limits.h"
#include "broker/rpc/server_limits.h"
#include "tests/doubles/manual_clock.h"
#include "tests/rpc/directory_rows.h"

namespace tearline::rpc {
namespace {

using identity::IssuedBy;
using identity::Order;

constexpr std::int64_t kSummer2030Ms = (identity::kNewYear2030 + 180 * 86'400) * 1000;

class CallerTest : public testing::Test {
 protected:
  v1::ErrorReason ReasonFor(const std::string& pem) {
    return ReasonOf(callers_.Recognise(pem).status());
  }
  static Order OrderFor(const std::string& uri) {
    Order order;
    order.uris = {uri};
    return order;
  }
  std::string Right() { return IssuedBy(rows_.probation(), Order()).pem; }

  /// Puts a list of probation's in force, as a reading of the files does.
  void Revoke(const identity::ListOrder& order, identity::RevocationTerms terms = {}) {
    auto credentials = std::make_shared<Credentials>();
    credentials->revocations =
        identity::Revocations::Make(
            identity::RevocationList::ReadAll(ListBy(rows_.probation(), order).pem).value(),
            {identity::Authority::Read(rows_.probation().pem).value()}, terms)
            .value();
    credentials_ = credentials;
    dispatcher_.Applied({}, machine::Change::kAccess);
  }

  DirectoryRows rows_;
  doubles::ManualClock clock_{kSummer2030Ms};
  delivery::Dispatcher dispatcher_;
  std::shared_ptr<const Credentials> credentials_ = std::make_shared<Credentials>();
  Callers callers_{[this] { return rows_.View(); }, clock_, dispatcher_,
                   [this] { return credentials_; }};
};

TEST_F(CallerTest, TheRightCertificateIsItsMember) {
  const identity::Issued issued = IssuedBy(rows_.probation(), Order());
  const Result<Caller> caller = callers_.Recognise(issued.pem);
  ASSERT_TRUE(caller.ok()) << SentenceOf(caller.status());
  EXPECT_EQ(caller->agency, "probation");
  EXPECT_EQ(caller->member, "offender-managers");
  EXPECT_EQ(caller->certificate_digest, crypto::Sha256(issued.der));
}

TEST_F(CallerTest, ACertificateSaysWhenItEnds) {
  Order order;
  order.not_after_s = identity::kNewYear2030 + 200 * 86'400;
  EXPECT_EQ(EndOf(IssuedBy(rows_.probation(), order).pem), order.not_after_s * 1000);
  EXPECT_EQ(EndOf("no certificate"), 0);
}

TEST_F(CallerTest, EachWrongCertificateIsRefusedForItsOwnReason) {
  Order two_uris;
  two_uris.uris.push_back("spiffe://tearline.example/agency/police/member/panel-system");
  Order common_name_only;
  common_name_only.uris.clear();
  struct Wrong {
    const char* what;
    std::string pem;
    v1::ErrorReason reason;
  };
  const Wrong rows[] = {
      {"none", "", v1::ERROR_REASON_CERTIFICATE_INVALID},
      {"two URIs", IssuedBy(rows_.probation(), two_uris).pem, v1::ERROR_REASON_CERTIFICATE_INVALID},
      {"a common name only", IssuedBy(rows_.probation(), common_name_only).pem,
       v1::ERROR_REASON_CERTIFICATE_INVALID},
      {"another trust domain",
       IssuedBy(rows_.probation(),
                OrderFor("spiffe://other.example/agency/probation/member/offender-managers"))
           .pem,
       v1::ERROR_REASON_CERTIFICATE_INVALID},
      {"an agency nobody admitted",
       IssuedBy(rows_.probation(), OrderFor("spiffe://tearline.example/agency/circus/member/clown"))
           .pem,
       v1::ERROR_REASON_UNKNOWN_PRINCIPAL},
      {"a member nobody admitted",
       IssuedBy(rows_.probation(),
                OrderFor("spiffe://tearline.example/agency/probation/member/stranger"))
           .pem,
       v1::ERROR_REASON_UNKNOWN_PRINCIPAL},
      {"police, as probation's authority says",
       IssuedBy(rows_.probation(),
                OrderFor("spiffe://tearline.example/agency/police/member/panel-system"))
           .pem,
       v1::ERROR_REASON_WRONG_AUTHORITY},
      {"signed by itself", identity::SelfIssued(Order()).pem, v1::ERROR_REASON_WRONG_AUTHORITY},
  };
  for (const Wrong& row : rows) EXPECT_EQ(ReasonFor(row.pem), row.reason) << row.what;
}

TEST_F(CallerTest, OutsideItsTimeACertificateIsNobodys) {
  const std::string pem = Right();
  clock_.SetWallMs(identity::kNewYear2030 * 1000 - 1);
  EXPECT_EQ(ReasonFor(pem), v1::ERROR_REASON_CERTIFICATE_EXPIRED);
  clock_.SetWallMs(identity::kNewYear2030 * 1000 + 1000);
  EXPECT_TRUE(callers_.Recognise(pem).ok());
}

TEST_F(CallerTest, WhatIsRememberedEndsWithTheCertificate) {
  const std::string pem = Right();
  clock_.SetWallMs(identity::kNewYear2031 * 1000 - 2000);
  EXPECT_TRUE(callers_.Recognise(pem).ok());
  clock_.SetWallMs(identity::kNewYear2031 * 1000 + 1000);
  EXPECT_EQ(ReasonFor(pem), v1::ERROR_REASON_CERTIFICATE_EXPIRED);
}

TEST_F(CallerTest, TheSuspendedAreRefusedAtOnceWhenTheDirectoryChanges) {
  const std::string pem = Right();
  ASSERT_TRUE(callers_.Recognise(pem).ok());
  rows_.SetMember("probation", "offender-managers", true);
  dispatcher_.Applied({}, machine::Change::kAccess);
  EXPECT_EQ(ReasonFor(pem), v1::ERROR_REASON_SUSPENDED);

  rows_.SetMember("probation", "offender-managers", false);
  dispatcher_.Applied({}, machine::Change::kAccess);
  EXPECT_TRUE(callers_.Recognise(pem).ok());

  rows_.SetAgency("probation", rows_.probation(), true);
  dispatcher_.Applied({}, machine::Change::kAccess);
  EXPECT_EQ(ReasonFor(pem), v1::ERROR_REASON_SUSPENDED);
}

TEST_F(CallerTest, WhatIsRememberedIsForgottenAfterAWhileAnyway) {
  const std::string pem = Right();
  ASSERT_TRUE(callers_.Recognise(pem).ok());
  rows_.SetMember("probation", "offender-managers", true);
  EXPECT_TRUE(callers_.Recognise(pem).ok());  // Nobody said that the directory changed.
  clock_.Pass(std::chrono::milliseconds(kCallerMemory).count());
  EXPECT_EQ(ReasonFor(pem), v1::ERROR_REASON_SUSPENDED);
}

TEST_F(CallerTest, TheRevokedAreRefusedAtOnceWhenAListNamesThem) {
  const std::string pem = Right();
  ASSERT_TRUE(callers_.Recognise(pem).ok());
  Revoke({.serials_hex = {"2b"}});
  EXPECT_TRUE(callers_.Recognise(pem).ok());
  Revoke({.serials_hex = {"2b", "2a"}});
  EXPECT_EQ(ReasonFor(pem), v1::ERROR_REASON_CERTIFICATE_REVOKED);
}

/// A directory that names an authority with another key does not hear the old one's list.
TEST_F(CallerTest, OnlyTheAuthorityOfTheDirectoryCanRevoke) {
  const identity::Issued renewed =
      identity::SelfIssued(identity::AuthorityOrder("probation authority"));
  rows_.SetAgency("probation", renewed, false);
  Revoke({.serials_hex = {"2a"}});
  EXPECT_TRUE(callers_.Recognise(IssuedBy(renewed, Order()).pem).ok());
}

/// Nobody tells when a list's time is over; what is remembered must end by itself.
TEST_F(CallerTest, WhatIsRememberedEndsWithTheList) {
  const std::string pem = Right();
  const std::int64_t due_s = kSummer2030Ms / 1000 + 10;
  Revoke({.next_update_s = due_s}, {.grace_ms = 5'000});
  ASSERT_TRUE(callers_.Recognise(pem).ok());
  clock_.Pass(14'999);
  EXPECT_TRUE(callers_.Recognise(pem).ok());
  clock_.Pass(1);
  EXPECT_EQ(ReasonFor(pem), v1::ERROR_REASON_REVOCATION_UNKNOWN);
}

TEST_F(CallerTest, WhoIsRevokedAndSuspendedIsToldTheFirst) {
  rows_.SetMember("probation", "offender-managers", true);
  Revoke({.serials_hex = {"2a"}});
  EXPECT_EQ(ReasonFor(Right()), v1::ERROR_REASON_CERTIFICATE_REVOKED);
}

TEST_F(CallerTest, AnAuthorityWhoseKeyWasNotAdmittedSpeaksForNobody) {
  rows_.Change([this](state::Batch& batch) {
    const state::Key key = state::Key(state::Table::kAgency).Name("probation");
    auto row = batch.Find<stored::v1::AgencyRow>(key);
    row->mutable_agency()->set_authority_spki_digest(std::string(32, 'x'));
    batch.PutRow(key, *row);
  });
  EXPECT_EQ(ReasonFor(Right()), v1::ERROR_REASON_WRONG_AUTHORITY);
}

TEST_F(CallerTest, BlameNamesOnlyAgenciesTheDirectoryKnows) {
  EXPECT_EQ(callers_.Blame(Right()).agency(), "probation");
  EXPECT_EQ(callers_.Blame(Right()).certificate_digest().size(), 32u);
  const std::string stranger =
      IssuedBy(rows_.probation(), OrderFor("spiffe://tearline.example/agency/circus/member/clown"))
          .pem;
  EXPECT_EQ(callers_.Blame(stranger).agency(), "");
  EXPECT_EQ(callers_.Blame(stranger).certificate_digest().size(), 32u);
  EXPECT_EQ(callers_.Blame("nonsense").certificate_digest(), "");
}

class ActorTest : public CallerTest {
 protected:
  Result<stored::v1::Actor> ActorFor(const v1::Acting& acting) {
    const Caller caller{"probation", "offender-managers", crypto::Sha256("certificate")};
    return ActorOf(caller, acting, *rows_.View());
  }
  static v1::Acting Acting(const std::function<void(v1::Acting&)>& change) {
    v1::Acting acting;
    acting.set_post("probation/supervisor");
    change(acting);
    return acting;
  }
};

TEST_F(ActorTest, CarriesEverythingThatIsSaidForTheRecord) {
  const Result<stored::v1::Actor> actor = ActorFor(Acting([](v1::Acting& acting) {
    acting.set_on_behalf_of_user("a.officer");
    acting.set_on_behalf_of_issuer("login.example");
    acting.set_on_behalf_of_digest(std::string(32, 'd'));
    acting.set_purpose("mappa-panel");
    acting.set_legal_basis("CJA2003-325-4");
    acting.set_correlation_id("case-load.7_B");
  }));
  ASSERT_TRUE(actor.ok()) << SentenceOf(actor.status());
  EXPECT_EQ(actor->agency(), "probation");
  EXPECT_EQ(actor->member(), "offender-managers");
  EXPECT_EQ(actor->post(), "probation/supervisor");
  EXPECT_EQ(actor->certificate_digest(), crypto::Sha256("certificate").Bytes());
  EXPECT_EQ(actor->on_behalf_of_user(), "a.officer");
  EXPECT_EQ(actor->on_behalf_of_issuer(), "login.example");
  EXPECT_EQ(actor->on_behalf_of_digest(), std::string(32, 'd'));
  EXPECT_EQ(actor->purpose(), "mappa-panel");
  EXPECT_EQ(actor->legal_basis(), "CJA2003-325-4");
  EXPECT_EQ(actor->correlation_id(), "case-load.7_B");
}

TEST_F(ActorTest, OnlyOnesOwnPostMayBeActedFor) {
  rows_.SetPost("probation/chair", "somebody-else", {});
  rows_.SetPost("police/panel", "offender-managers", {});  // same name, another agency
  struct Try {
    const char* post;
    v1::ErrorReason reason;
  };
  const Try rows[] = {
      {"probation/supervisor", v1::ERROR_REASON_UNSPECIFIED},
      {"", v1::ERROR_REASON_UNSPECIFIED},
      {"probation/chair", v1::ERROR_REASON_NOT_YOUR_POST},
      {"probation/nowhere", v1::ERROR_REASON_NOT_YOUR_POST},
      {"police/panel", v1::ERROR_REASON_NOT_YOUR_POST},
      {"Probation", v1::ERROR_REASON_NAME_INVALID},
  };
  for (const Try& row : rows) {
    v1::Acting acting;
    acting.set_post(row.post);
    EXPECT_EQ(ReasonOf(ActorFor(acting).status()), row.reason) << row.post;
  }
}

TEST_F(ActorTest, FieldsHaveTheirMeasure) {
  const auto reason = [this](const std::function<void(v1::Acting&)>& change) {
    return ReasonOf(ActorFor(Acting(change)).status());
  };
  EXPECT_EQ(reason([](auto& a) { a.set_on_behalf_of_user(std::string(128, 'u')); }),
            v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(reason([](auto& a) { a.set_on_behalf_of_user(std::string(129, 'u')); }),
            v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(reason([](auto& a) { a.set_on_behalf_of_issuer(std::string(129, 'u')); }),
            v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(reason([](auto& a) { a.set_on_behalf_of_user("MINISTRY\\j.doe \"jo\" ~"); }),
            v1::ERROR_REASON_UNSPECIFIED);
  for (const std::string& unseen :
       {std::string("j\x1b[2J"), std::string("j\ndoe"), std::string("j\0doe", 5),
        std::string("j\x7f"), std::string("j\u202edoe"), std::string("j\u00e9")}) {
    EXPECT_EQ(reason([&](auto& a) { a.set_on_behalf_of_user(unseen); }),
              v1::ERROR_REASON_FIELD_INVALID);
    EXPECT_EQ(reason([&](auto& a) { a.set_on_behalf_of_issuer(unseen); }),
              v1::ERROR_REASON_FIELD_INVALID);
  }
  EXPECT_EQ(reason([](auto& a) { a.set_on_behalf_of_digest(std::string(31, 'u')); }),
            v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(reason([](auto& a) { a.set_purpose("two words"); }), v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(reason([](auto& a) { a.set_legal_basis("a b"); }), v1::ERROR_REASON_FIELD_INVALID);
  const std::string longest(model::kCorrelationIdBytesMax, 'c');
  EXPECT_EQ(reason([&](auto& a) { a.set_correlation_id(longest); }), v1::ERROR_REASON_UNSPECIFIED);
  for (const std::string& wrong :
       {longest + "c", std::string("a b"), std::string("a\x1b[2J"), std::string("a\0b", 3),
        std::string("a/b"), std::string("a:b")}) {
    EXPECT_EQ(reason([&](auto& a) { a.set_correlation_id(wrong); }),
              v1::ERROR_REASON_FIELD_INVALID);
  }
}

}  // namespace
}  // namespace tearline::rpc
