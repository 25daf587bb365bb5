#include "broker/identity/revocations.h"

#include <algorithm>
#include <limits>

namespace tearline::identity {

Result<Revocations> Revocations::Make(const std::vector<RevocationList>& lists,
                                      const std::vector<Authority>& authorities,
                                      RevocationTerms terms) {
  Revocations revocations;
  revocations.terms_ = terms;
  for (const RevocationList& list : lists) {
    const auto issuer = std::find_if(
        authorities.begin(), authorities.end(),
        [&list](const Authority& authority) { return list.VerifyIssuedBy(authority).ok(); });
    if (issuer == authorities.end()) {
      return Refuse(v1::ERROR_REASON_WRONG_AUTHORITY,
                    "a revocation list must be signed by an authority that is known here");
    }
    const auto [held, is_first] = revocations.lists_.emplace(issuer->SpkiDigest(), list);
    if (!is_first && held->second.this_update_ms() < list.this_update_ms()) held->second = list;
  }
  return revocations;
}

Status Revocations::CheckFollows(const Revocations& before) const {
  for (const auto& [authority, list] : before.lists_) {
    const auto now = lists_.find(authority);
    if (now == lists_.end()) {
      return Refuse(v1::ERROR_REASON_CONFIG_INVALID,
                    "a revocation list that was read must not go missing; to do without, take its "
                    "file out of the settings and start again");
    }
    if (now->second.this_update_ms() < list.this_update_ms()) {
      return Refuse(v1::ERROR_REASON_CONFIG_INVALID,
                    "a revocation list must not be older than the one in use");
    }
  }
  return {};
}

Result<std::int64_t> Revocations::Check(const Authority& authority, const Certificate& leaf,
                                        std::int64_t now_ms) const {
  const auto found = lists_.find(authority.SpkiDigest());
  if (found == lists_.end()) {
    if (!terms_.required) return std::numeric_limits<std::int64_t>::max();
    return Refuse(v1::ERROR_REASON_REVOCATION_UNKNOWN,
                  "the agency must hand in a revocation list before its certificates are believed");
  }
  const RevocationList& list = found->second;
  if (list.Revokes(leaf.serial_hex)) {
    return Refuse(v1::ERROR_REASON_CERTIFICATE_REVOKED,
                  "the certificate was revoked by the authority that issued it");
  }
  const std::int64_t ahead_ms = std::chrono::milliseconds(kListAheadMax).count();
  const std::int64_t until_ms = list.next_update_ms() + terms_.grace_ms;
  if (now_ms >= until_ms || now_ms < list.this_update_ms() - ahead_ms) {
    return Refuse(v1::ERROR_REASON_REVOCATION_UNKNOWN,
                  "the agency's revocation list is past its time; it must hand in a newer one");
  }
  return until_ms;
}

std::int64_t Revocations::FirstDueMs() const {
  std::int64_t first_ms = std::numeric_limits<std::int64_t>::max();
  for (const auto& [authority, list] : lists_) first_ms = std::min(first_ms, list.next_update_ms());
  return first_ms;
}

}  // namespace tearline::identity
