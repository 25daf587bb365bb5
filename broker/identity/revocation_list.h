#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "broker/identity/authority.h"
#include "broker/status/status.h"

namespace tearline::identity {

/// A file of revocation lists, in bytes: some 400,000 revoked certificates.
inline constexpr std::size_t kRevocationFileBytesMax = 16 * 1024 * 1024;

/// One authority's word on which of its certificates are no longer good: a complete X.509 CRL. What
/// it says is not proved before VerifyIssuedBy.
///
/// Threads: any. Never changes.
class RevocationList {
 public:
  /// Reads every list in a file: PEM, one after the other with nothing else encoded between them,
  /// or one in DER; at most 16 MiB.
  ///
  /// Source: RFC 5280, section 5.
  /// Refuses: CERTIFICATE_INVALID, also for a list without nextUpdate, one that is only a part of
  ///          what is revoked (delta, by scope, on behalf of others), or one with a critical
  ///          extension, of itself or of an entry.
  static Result<std::vector<RevocationList>> ReadAll(const std::string& pem_or_der);

  /// Whether `authority` issued this list: its name, its key, with SHA-256 or stronger, and marked
  /// as one that may sign lists.
  ///
  /// Refuses: WRONG_AUTHORITY.
  [[nodiscard]] Status VerifyIssuedBy(const Authority& authority) const;

  /// Whether it names the certificate of this serial number (Certificate::serial_hex). One that is
  /// only held, or revoked from a later date on, is revoked.
  bool Revokes(const std::string& serial_hex) const;

  std::size_t Revoked() const { return serials_.size(); }          ///< How many it names.
  std::int64_t this_update_ms() const { return this_update_ms_; }  ///< Issued, ms since 1970 UTC.
  std::int64_t next_update_ms() const { return next_update_ms_; }  ///< A newer one is due.

 private:
  friend struct RevocationListReader;
  RevocationList() = default;

  std::string der_;
  std::int64_t this_update_ms_ = 0;
  std::int64_t next_update_ms_ = 0;
  std::vector<std::string> serials_;  ///< Rising.
};

}  // namespace tearline::identity
