#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/verifier/tree.h"

namespace tearline::verifier {

/// All that is needed to verify offline that a log holds an entry, but for the entry itself and the
/// keys one trusts.
///
/// Source: C2SP tlog-proof v1.
struct ProofBundle {
  std::string extra;  ///< Any bytes, believed by nobody; "" if there are none.
  std::uint64_t index = 0;
  std::vector<Hash> proof;  ///< Leaf to root, at most 64.
  std::string signed_note;  ///< The checkpoint. Nothing of it is verified.

  friend bool operator==(const ProofBundle&, const ProofBundle&) = default;
};

/// Refuses: DATA_LOSS; any other form than Text gives.
[[nodiscard]] absl::StatusOr<ProofBundle> ReadProofBundle(std::string_view text);

[[nodiscard]] std::string Text(const ProofBundle& bundle);

}  // namespace tearline::verifier
