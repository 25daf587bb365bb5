#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "clients/verifier/note.h"

namespace tearline::verifier {

/// A witness's word on a checkpoint: "at this time, this was the largest tree of this log that I
/// have seen, and it continues all I had seen before". Ed25519 only (key type 4).
///
/// Source: C2SP tlog-cosignature v1.0.1.

/// The exact bytes a witness signs at `time_s`, in seconds since 1970: two lines, then the
/// checkpoint's whole text.
[[nodiscard]] std::string CosignedMessage(std::string_view text, std::uint64_t time_s);

/// A cosignature as a line of a note: key id, time in 8 bytes, signature.
///
/// Requires: `signature` is 64 bytes, over CosignedMessage.
[[nodiscard]] std::string CosignatureLine(const VerifierKey& witness, std::uint64_t time_s,
                                          std::string_view signature);

/// When `witness` cosigned `note`, in seconds since 1970; the newest if it did several times;
/// nothing if it did not.
///
/// Refuses: DATA_LOSS; what is no signed note, a line of the witness's key that does not verify, or
///          one that states time 0.
[[nodiscard]] absl::StatusOr<std::optional<std::uint64_t>> CosignedAt(std::string_view note,
                                                                      const VerifierKey& witness);

}  // namespace tearline::verifier
