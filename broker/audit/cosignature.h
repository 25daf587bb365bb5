#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "broker/status/status.h"

namespace tearline::audit {

/// A witness's word on a checkpoint: "at this time, this was the largest tree of this log that I
/// have seen, and it continues all I had seen before". Ed25519 keys only (type 4).
///
/// Source: C2SP tlog-cosignature v1.0.1.

/// A witness's public half.
struct WitnessKey {
  std::string text;  ///< NAME+ID+BASE64, as people exchange it.
  std::string name;
  std::string key_id;      ///< 4 bytes.
  std::string public_key;  ///< 32 bytes.
};

/// Refuses: PROOF_INVALID; other forms, other key types, an id that is not the key's, a key that is
///          not fit (crypto::IsFitPublicKey).
[[nodiscard]] Result<WitnessKey> ReadWitnessKey(std::string_view text);

/// The line by which a witness cosigned a checkpoint, with its newline, and the time it states.
struct Cosignature {
  std::string line;
  std::uint64_t time_s = 0;  ///< Seconds since 1970, not 0.
};

/// Finds the witness's line among `lines`, those of its answer; lines of other keys are ignored.
/// `text` is the checkpoint's, as the log signed it.
///
/// Refuses: PROOF_INVALID if it is not there, or one of its lines does not verify.
[[nodiscard]] Result<Cosignature> FindCosignature(std::string_view text, std::string_view lines,
                                                  const WitnessKey& key);

}  // namespace tearline::audit
