#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "broker/crypto/digest.h"

namespace tearline::audit {

/// All that a stranger needs to verify offline that the log holds a leaf, but for the log's key:
/// the index, the inclusion proof and the signed checkpoint it leads to. `extra` travels along and
/// is proved by nothing here; none if empty.
///
/// Source:   C2SP tlog-proof v1.
/// Requires: `proof` leads from leaf `index` to the root in `signed_note`.
[[nodiscard]] std::string ProofBundle(std::string_view extra, std::uint64_t index,
                                      std::span<const crypto::Digest> proof,
                                      std::string_view signed_note);

}  // namespace tearline::audit
