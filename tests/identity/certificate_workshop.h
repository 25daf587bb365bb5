#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

struct evp_pkey_st;
struct x509_st;

namespace tearline::identity {

/// Makes real certificates, right and wrong ones, for tests alone.

using WorkshopKey = std::shared_ptr<evp_pkey_st>;

/// A new P-256 key.
WorkshopKey MakeKey();
/// A new RSA key of this many bits.
WorkshopKey MakeRsaKey(unsigned bits);

/// 2030-01-01 and 2031-01-01, 00:00 UTC, in seconds since 1970.
inline constexpr std::int64_t kNewYear2030 = 1'893'456'000;
inline constexpr std::int64_t kNewYear2031 = 1'924'992'000;

/// What is to be certified. As it stands: a member's certificate that is right.
struct Order {
  std::string common_name = "offender-managers";
  std::vector<std::string> uris = {
      "spiffe://tearline.example/agency/probation/member/offender-managers"};
  std::vector<std::string> dns_names = {};
  std::string basic_constraints = "critical,CA:FALSE";  ///< Left out if empty.
  std::string key_usage = "critical,digitalSignature";  ///< Left out if empty.
  std::string extended_key_usage = "clientAuth";        ///< Left out if empty.
  std::string serial_hex = "2a";                        ///< May begin with a minus sign.
  std::int64_t not_before_s = kNewYear2030;
  std::int64_t not_after_s = kNewYear2031;
  bool alternative_names_twice = false;  ///< The same extension a second time.
};

/// An order for an authority of this name.
Order AuthorityOrder(const std::string& name);

struct Issued {
  std::string pem;
  std::string der;
  WorkshopKey key;  ///< The holder's.
  std::shared_ptr<x509_st> certificate;
};

/// A certificate signed with its own key.
Issued SelfIssued(const Order& order, const WorkshopKey& key = MakeKey());

/// A certificate signed by `issuer`.
Issued IssuedBy(const Issued& issuer, const Order& order, const WorkshopKey& key = MakeKey());

/// What a revocation list is to say. As it stands: a complete one that is right and names nobody.
struct ListOrder {
  std::vector<std::string> serials_hex = {};
  std::int64_t this_update_s = kNewYear2030;
  std::int64_t next_update_s = kNewYear2031;  ///< Left out if 0.
  bool delta = false;                         ///< Only what was revoked since another one.
  bool scoped = false;                        ///< Says what it is about, critically.
  bool with_sha1 = false;
};

struct IssuedList {
  std::string pem;
  std::string der;
};

/// A revocation list signed by `issuer`.
IssuedList ListBy(const Issued& issuer, const ListOrder& order);

}  // namespace tearline::identity
