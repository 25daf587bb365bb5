#include "broker/identity/revocation_list.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tests/identity/certificate_workshop.h"

namespace tearline::identity {
namespace {

const Issued& Probation() {
  static const Issued authority = SelfIssued(AuthorityOrder("probation authority"));
  return authority;
}

ListOrder Ordered(const std::function<void(ListOrder&)>& change) {
  ListOrder order;
  change(order);
  return order;
}

v1::ErrorReason ReasonFor(const std::string& text) {
  return ReasonOf(RevocationList::ReadAll(text).status());
}

TEST(RevocationList, NamesExactlyWhatWasRevoked) {
  const ListOrder order = Ordered([](ListOrder& o) { o.serials_hex = {"ff01", "2a", "00"}; });
  for (const std::string& text : {ListBy(Probation(), order).pem, ListBy(Probation(), order).der}) {
    const auto lists = RevocationList::ReadAll(text);
    ASSERT_TRUE(lists.ok()) << SentenceOf(lists.status());
    ASSERT_EQ(lists->size(), 1U);
    const RevocationList& list = lists->front();
    EXPECT_EQ(list.Revoked(), 3U);
    for (const char* serial : {"2a", "ff01", "00"}) EXPECT_TRUE(list.Revokes(serial)) << serial;
    for (const char* serial : {"2b", "29", "ff", "002a", ""}) {
      EXPECT_FALSE(list.Revokes(serial)) << serial;
    }
    EXPECT_EQ(list.this_update_ms(), kNewYear2030 * 1000);
    EXPECT_EQ(list.next_update_ms(), kNewYear2031 * 1000);
  }
}

/// The serial of a certificate and that of its entry are written alike.
TEST(RevocationList, FindsACertificateBySerial) {
  for (const char* serial : {"01", "80", "0100", "7f00000000000000000000000000000000000001"}) {
    Order order;
    order.serial_hex = serial;
    const Result<Certificate> leaf = ReadCertificate(IssuedBy(Probation(), order).pem);
    ASSERT_TRUE(leaf.ok());
    const auto lists = RevocationList::ReadAll(
        ListBy(Probation(), Ordered([&](ListOrder& o) { o.serials_hex = {serial}; })).pem);
    ASSERT_TRUE(lists.ok());
    EXPECT_TRUE(lists->front().Revokes(leaf->serial_hex)) << serial;
  }
}

TEST(RevocationList, AFileMayHoldSeveralInPem) {
  const Issued police = SelfIssued(AuthorityOrder("police authority"));
  const auto lists = RevocationList::ReadAll("# probation\n" + ListBy(Probation(), {}).pem +
                                             "# police\n" + ListBy(police, {}).pem);
  ASSERT_TRUE(lists.ok()) << SentenceOf(lists.status());
  ASSERT_EQ(lists->size(), 2U);
  EXPECT_EQ(lists->front().Revoked(), 0U);
}

TEST(RevocationList, WhatIsNotAWholeListIsRefused) {
  const IssuedList good = ListBy(Probation(), {});
  const std::string cut = good.pem.substr(0, good.pem.size() / 2);
  struct Row {
    const char* what;
    std::string text;
  };
  const Row rows[] = {
      {"nothing", ""},
      {"some words", "nobody is revoked"},
      {"a certificate", Probation().pem},
      {"half a list", cut},
      {"a list and half of one", good.pem + cut},
      {"a list and a certificate", good.pem + Probation().pem},
      {"DER and a byte more", good.der + "x"},
      {"half of DER", good.der.substr(0, good.der.size() / 2)},
      {"more than 16 MiB", good.pem + std::string(kRevocationFileBytesMax, '\n')},
      {"no next update", ListBy(Probation(), Ordered([](auto& o) { o.next_update_s = 0; })).pem},
      {"due before it was made",
       ListBy(Probation(), Ordered([](auto& o) { o.next_update_s = o.this_update_s; })).pem},
      {"a delta", ListBy(Probation(), Ordered([](auto& o) { o.delta = true; })).pem},
      {"of authorities only", ListBy(Probation(), Ordered([](auto& o) { o.scoped = true; })).pem},
      {"a serial of 21 bytes",
       ListBy(Probation(), Ordered([](auto& o) { o.serials_hex = {std::string(42, '7')}; })).pem},
      {"a negative serial",
       ListBy(Probation(), Ordered([](auto& o) { o.serials_hex = {"-2a"}; })).pem},
  };
  ASSERT_EQ(ReasonFor(good.pem), v1::ERROR_REASON_UNSPECIFIED);
  ASSERT_EQ(ReasonFor(good.der), v1::ERROR_REASON_UNSPECIFIED);
  for (const Row& row : rows) {
    EXPECT_EQ(ReasonFor(row.text), v1::ERROR_REASON_CERTIFICATE_INVALID) << row.what;
  }
}

TEST(RevocationList, OnlyItsOwnAuthoritySignedIt) {
  const auto verify = [](const Issued& signer, const Issued& asked, const ListOrder& order) {
    const auto lists = RevocationList::ReadAll(ListBy(signer, order).pem);
    return ReasonOf(lists.value().front().VerifyIssuedBy(Authority::Read(asked.pem).value()));
  };
  const Issued namesake = SelfIssued(AuthorityOrder("probation authority"));  // another key
  const Issued renamed = SelfIssued(AuthorityOrder("police authority"), Probation().key);
  Order no_lists = AuthorityOrder("probation authority");
  no_lists.key_usage = "critical,keyCertSign";
  const Issued may_not = SelfIssued(no_lists, Probation().key);

  EXPECT_EQ(verify(Probation(), Probation(), {}), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(verify(namesake, Probation(), {}), v1::ERROR_REASON_WRONG_AUTHORITY);
  EXPECT_EQ(verify(Probation(), renamed, {}), v1::ERROR_REASON_WRONG_AUTHORITY);
  EXPECT_EQ(verify(Probation(), may_not, {}), v1::ERROR_REASON_WRONG_AUTHORITY);
  EXPECT_EQ(verify(Probation(), Probation(), Ordered([](auto& o) { o.with_sha1 = true; })),
            v1::ERROR_REASON_WRONG_AUTHORITY);
}

/// Every bit counts: a list that was changed anywhere does not read, or nobody signed it.
TEST(RevocationList, AChangedListIsNobodys) {
  const Authority authority = Authority::Read(Probation().pem).value();
  const std::string good =
      ListBy(Probation(), Ordered([](auto& o) { o.serials_hex = {"2a"}; })).der;
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string changed = good;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    const auto lists = RevocationList::ReadAll(changed);
    if (!lists.ok()) continue;
    EXPECT_FALSE(lists->front().VerifyIssuedBy(authority).ok()) << "byte " << at;
  }
}

}  // namespace
}  // namespace tearline::identity
