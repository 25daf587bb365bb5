#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "clients/verifier/tree.h"

namespace tearline::verifier {

/// A signer's public half, as people exchange it: NAME+ID+BASE64. Ed25519 only (type 0x01).
///
/// Source: C2SP signed-note v1.0.0, "Verifier keys".
struct VerifierKey {
  std::string name;
  std::string id;          ///< 4 bytes: the start of SHA-256(name, newline, type, public key).
  std::string public_key;  ///< 32 bytes.

  friend bool operator==(const VerifierKey&, const VerifierKey&) = default;
};

/// Refuses: INVALID_ARGUMENT; other shapes, other key types, an id that is not the key's.
[[nodiscard]] absl::StatusOr<VerifierKey> ReadVerifierKey(std::string_view text);

/// As ReadVerifierKey reads it.
[[nodiscard]] std::string Text(const VerifierKey& key);

/// The signed text of `note`, with its last newline.
///
/// Lines of unknown keys are ignored. A line of the known key that does not verify rejects the
/// note, and so does a note the key did not sign.
///
/// Source:  C2SP signed-note v1.0.0.
/// Refuses: DATA_LOSS.
[[nodiscard]] absl::StatusOr<std::string> OpenNote(std::string_view note, const VerifierKey& key);

/// "At this size the tree of this log had this root."
///
/// Source: C2SP tlog-checkpoint v1.0.0.
struct Checkpoint {
  std::string origin;
  std::uint64_t tree_size = 0;
  Hash root{};

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

/// Reads a note's text. Refuses: DATA_LOSS.
[[nodiscard]] absl::StatusOr<Checkpoint> ReadCheckpoint(std::string_view text);

/// Both in one, and the checkpoint's origin must be the key's name. Refuses: DATA_LOSS.
[[nodiscard]] absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note,
                                                        const VerifierKey& key);

}  // namespace tearline::verifier
