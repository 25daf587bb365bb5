#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/verifier/tree.h"

namespace tearline::verifier {

/// What an Ed25519 key signs: a note's text, or a checkpoint with the time (cosignature.h).
enum class KeyType : unsigned char { kNote = 1, kCosignature = 4 };

/// A signer's public half, as people exchange it: NAME+ID+BASE64. Ed25519 only.
///
/// Source: C2SP signed-note v1.0.0, "Verifier keys".
struct VerifierKey {
  KeyType type = KeyType::kNote;
  std::string name;
  std::string id;          ///< 4 bytes: the start of SHA-256(name, newline, type, public key).
  std::string public_key;  ///< 32 bytes.

  friend bool operator==(const VerifierKey&, const VerifierKey&) = default;
};

/// The key of a name and 32 bytes of public key.
[[nodiscard]] VerifierKey MakeVerifierKey(KeyType type, std::string name, std::string public_key);

/// Refuses: INVALID_ARGUMENT; other shapes, a name that is none (IsKeyName), other types than
///          `type`, an id that is not the key's.
[[nodiscard]] absl::StatusOr<VerifierKey> ReadVerifierKey(std::string_view text,
                                                          KeyType type = KeyType::kNote);

/// As ReadVerifierKey reads it.
[[nodiscard]] std::string Text(const VerifierKey& key);

/// The text of `note` with its last newline, whoever signed it; "" if it is no signed note.
[[nodiscard]] std::string_view NoteText(std::string_view note);

/// One signature of a note: whose it says it is, and what it says.
struct SignatureLine {
  std::string name;
  std::string key_id;     ///< 4 bytes.
  std::string signature;  ///< What follows the key id, at least 1 byte.
};

/// The line as it lies in a note, with its newline.
[[nodiscard]] std::string Text(const SignatureLine& line);

/// The signatures of `note`, in order; none is verified.
///
/// Source:  C2SP signed-note v1.0.0.
/// Refuses: DATA_LOSS; more than 64 KiB, what is not plain text (IsPlainText), other shapes of
///          lines, names that are none (IsKeyName), more than 100 lines.
[[nodiscard]] absl::StatusOr<std::vector<SignatureLine>> ReadSignatures(std::string_view note);

/// The signed text of `note`, with its last newline.
///
/// Lines of unknown keys are ignored. A line of the known key that does not verify rejects the
/// note, and so does a note the key did not sign.
///
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

/// Reads a note's text. Refuses: DATA_LOSS; OUT_OF_RANGE for a root that no empty tree has.
[[nodiscard]] absl::StatusOr<Checkpoint> ReadCheckpoint(std::string_view text);

/// Both in one, and the checkpoint's origin must be the key's name. Refuses: DATA_LOSS.
[[nodiscard]] absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note,
                                                        const VerifierKey& key);

}  // namespace tearline::verifier
