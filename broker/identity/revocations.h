#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <vector>

#include "broker/crypto/digest.h"
#include "broker/identity/authority.h"
#include "broker/identity/certificate.h"
#include "broker/identity/revocation_list.h"
#include "broker/status/status.h"

namespace tearline::identity {

/// How far an authority's clock may be ahead of ours before its list is called one of the future.
inline constexpr std::chrono::minutes kListAheadMax{5};

/// What is done where a list says nothing.
struct RevocationTerms {
  std::int64_t grace_ms = 0;  ///< How long beyond its nextUpdate a list still counts.
  bool required = false;      ///< Whether an authority without a list is believed no more.
};

/// The revocation lists in force: at most one for each authority, known by its key.
///
/// Threads: any. Never changes.
class Revocations {
 public:
  /// No lists, and none required.
  Revocations() = default;

  /// Of several lists of one authority the newest counts.
  ///
  /// Refuses: WRONG_AUTHORITY for a list that none of `authorities` signed.
  static Result<Revocations> Make(const std::vector<RevocationList>& lists,
                                  const std::vector<Authority>& authorities, RevocationTerms terms);

  /// Whether nothing is taken back: every authority that had a list in `before` has one here, and
  /// none that is older.
  ///
  /// Refuses: CONFIG_INVALID.
  [[nodiscard]] Status CheckFollows(const Revocations& before) const;

  /// Whether `leaf`, which `authority` issued, is good at `now_ms` (ms since 1970 UTC); the answer
  /// is the first moment at which that must be asked again.
  ///
  /// Refuses: CERTIFICATE_REVOKED  the list names it;
  ///          REVOCATION_UNKNOWN   the list is past its time and grace, or of the future; or there
  ///                               is none and one is required.
  [[nodiscard]] Result<std::int64_t> Check(const Authority& authority, const Certificate& leaf,
                                           std::int64_t now_ms) const;

  std::size_t Lists() const { return lists_.size(); }  ///< How many authorities have one.

  /// When the first list is due to be replaced, ms since 1970 UTC; the greatest number if there is
  /// none. Grace is not counted.
  std::int64_t FirstDueMs() const;

 private:
  RevocationTerms terms_;
  std::map<crypto::Digest, RevocationList> lists_;  ///< By the authority's SPKI.
};

}  // namespace tearline::identity
