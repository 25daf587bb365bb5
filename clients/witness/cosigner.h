#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "clients/signing/private_key.h"
#include "clients/verifier/note.h"

namespace tearline::witness {

/// A witness's key: cosigns checkpoints, stating the time.
///
/// Threads: any.
class Cosigner {
 public:
  /// Reads an Ed25519 private key, PKCS#8 in PEM without passphrase. `name` is the witness's, as it
  /// stands in signature lines. One key cosigns under one name only.
  ///
  /// Refuses: INVALID_ARGUMENT a name that is none (verifier::IsKeyName) or holds U+007F;
  ///          PERMISSION_DENIED what PrivateKey::Open refuses.
  static absl::StatusOr<Cosigner> Open(std::string name, const std::string& key_file);

  [[nodiscard]] const verifier::VerifierKey& Key() const { return key_; }

  /// A signature line over a checkpoint's text at `time_s`, in seconds since 1970, not 0.
  [[nodiscard]] std::string Cosign(std::string_view text, std::uint64_t time_s) const;

 private:
  Cosigner(verifier::VerifierKey key, signing::PrivateKey private_key)
      : key_(std::move(key)), private_key_(std::move(private_key)) {}

  verifier::VerifierKey key_;
  signing::PrivateKey private_key_;
};

}  // namespace tearline::witness
