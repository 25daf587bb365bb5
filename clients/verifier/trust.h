#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "clients/verifier/note.h"

namespace tearline::verifier {

/// What a verifier remembers from one visit to the next: the key it met first, and the newest
/// checkpoint it found good. A log that shows another key, or a checkpoint that does not continue
/// this one, is caught.
struct Trust {
  VerifierKey key;
  std::string signed_note;

  /// The remembered checkpoint, its signature verified again. Refuses: DATA_LOSS.
  [[nodiscard]] absl::StatusOr<Checkpoint> Newest() const {
    return OpenCheckpoint(signed_note, key);
  }
};

/// Nothing if the file does not exist. Refuses: DATA_LOSS if it does not read as WriteTrust wrote
/// it.
[[nodiscard]] absl::StatusOr<std::optional<Trust>> ReadTrust(const std::string& path);

/// Writes the file whole, beside and then over the old one. Refuses: PERMISSION_DENIED.
[[nodiscard]] absl::Status WriteTrust(const std::string& path, const Trust& trust);

}  // namespace tearline::verifier
