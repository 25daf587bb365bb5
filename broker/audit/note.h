#pragma once

#include <string>
#include <string_view>

#include "broker/crypto/signer.h"
#include "broker/status/status.h"

namespace tearline::audit {

/// A signed note: a text, and who signed it. Ed25519 keys only.
///
/// Source: C2SP signed-note v1.0.0.

/// What an Ed25519 key signs: a note's text, or a checkpoint with the time (cosignature.h).
enum class KeyType : unsigned char { kNote = 1, kCosignature = 4 };

/// True if signers may be called so: UTF-8, not empty, without control characters, plus, or what
/// Unicode counts as white space.
[[nodiscard]] bool IsKeyName(std::string_view name);

/// The key's id in signature lines, 4 bytes.
[[nodiscard]] std::string KeyId(KeyType type, std::string_view name, std::string_view public_key);

/// One signature of a note: whose it says it is, and what it says.
struct SignatureLine {
  std::string name;
  std::string key_id;     ///< 4 bytes.
  std::string signature;  ///< At least 1 byte.
};

/// A line without its newline. Refuses: PROOF_INVALID.
[[nodiscard]] Result<SignatureLine> ReadSignatureLine(std::string_view line);

/// The verifier key as people exchange it: NAME+ID+BASE64.
///
/// Requires: IsKeyName(name); `public_key` is 32 bytes.
[[nodiscard]] std::string VerifierKey(std::string_view name, std::string_view public_key,
                                      KeyType type = KeyType::kNote);

/// The text, an empty line and one signature line.
///
/// Requires: `text` ends in a newline.
/// Refuses:  SIGNING_KEY_UNAVAILABLE.
[[nodiscard]] Result<std::string> SignNote(std::string_view text, std::string_view name,
                                           crypto::Signer& signer);

/// The text of `note`, if the key of that name signed it. Lines of unknown keys are ignored; a
/// line of the known key that fails rejects the note; so does a note it did not sign.
///
/// Refuses: PROOF_INVALID.
[[nodiscard]] Result<std::string> OpenNote(std::string_view note, std::string_view name,
                                           std::string_view public_key);

}  // namespace tearline::audit
