#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "clients/cli/belief.h"
#include "clients/cli/invocation.h"

namespace tearline::cli {

/// As many receipts as the broker puts into one answer: where there are so many, there may be more,
/// and the answer says where they go on.
inline constexpr std::size_t kReceiptsMax = 64;

/// What to have proved, and where to keep it.
struct ProveOptions {
  std::string event;       ///< "ev_…"; one of this, `leaf` and `obligation`.
  std::string leaf;        ///< A leaf's hash in hexadecimal.
  std::string obligation;  ///< "ob_…".
  std::string out_file;    ///< The second receipt goes to FILE-2, and so on.
  bool overwrite = false;  ///< Replaces what is there.
  std::optional<std::uint64_t> after;  ///< Only leaves after this index.
};

/// What to hold a receipt against.
struct KeptOptions {
  std::string signed_file;  ///< What `event … --keep` wrote; "" for nothing.
  std::string keys_file;    ///< The originator's keys, as ReadSigningKeys reads them.
};

/// Fetches receipts, verifies them and writes them: `tearline audit prove`.
void ProveReceipts(const Invocation& invocation, const TrustOptions& trust,
                   const ProveOptions& options);

/// Verifies a receipt without the broker: `tearline audit verify --proof FILE`. With what was kept,
/// also that one of its events, or changes, is the one that was accepted. Ends with kUsage if keys
/// are missing.
void VerifyReceipt(const Invocation& invocation, const TrustOptions& trust, const std::string& file,
                   const KeptOptions& kept);

}  // namespace tearline::cli
