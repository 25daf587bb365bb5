#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "broker/crypto/digest.h"
#include "broker/crypto/signer.h"
#include "broker/status/status.h"

namespace tearline::audit {

/// A checkpoint says "at this size, the audit tree had this root", and signs it.
/// Whoever keeps two of them can demand proof that the later continues the earlier.
///
/// Source: C2SP tlog-checkpoint v1.0.0, "Note text"; RFC 6962, section 2.1, for the root.
struct Checkpoint {
  std::string origin;           ///< Names this log, for example "tearline.example.org/audit".
  std::uint64_t tree_size = 0;  ///< Leaves, counted from the first record ever written.
  crypto::Digest root;          ///< SHA-256, 32 bytes; of the empty string when tree_size is 0.

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

/// The exact bytes that are signed: origin, size, root in base64, each line ended by U+000A.
///
/// Requires: `origin` is not empty and holds no newline.
[[nodiscard]] std::string NoteBody(const Checkpoint& checkpoint);

/// Reads a body back. Refuses: PROOF_INVALID; leading zeros, other lengths of root, another root of
/// an empty tree than the hash of nothing, extension lines that are empty. Extension lines are
/// allowed and ignored.
[[nodiscard]] Result<Checkpoint> ParseNoteBody(std::string_view body);

/// The signed note; its key's name is the origin.
///
/// Refuses: SIGNING_KEY_UNAVAILABLE. Nothing is published then; the last checkpoint stands.
/// Threads: any; the signer is the only shared thing, and it guards itself.
[[nodiscard]] Result<std::string> SignCheckpoint(const Checkpoint& checkpoint,
                                                 crypto::Signer& signer);

}  // namespace tearline::audit
