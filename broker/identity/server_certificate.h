#pragma once

#include <cstdint>
#include <string>

#include "broker/crypto/secret.h"
#include "broker/status/status.h"

namespace tearline::identity {

/// When the broker's own certificate is valid.
struct ServerCertificate {
  std::int64_t not_before_ms = 0;  ///< The first moment, ms since 1970 UTC.
  std::int64_t not_after_ms = 0;   ///< The first moment it no longer is.
};

/// Reads the first certificate of a chain in PEM, and whether the unencrypted key in PEM is its
/// own. The rest of the chain, names and use are for clients to judge.
///
/// Refuses: CERTIFICATE_INVALID.
/// Threads: any.
[[nodiscard]] Result<ServerCertificate> ReadServerCertificate(const std::string& chain_pem,
                                                              const crypto::Secret& key_pem);

}  // namespace tearline::identity
