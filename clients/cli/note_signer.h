#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "clients/signing/private_key.h"
#include "clients/verifier/note.h"

namespace tearline::cli {

/// Signs notes in the name of whoever exports something.
///
/// Source: C2SP signed-note v1.0.0; Ed25519, RFC 8032.
class NoteSigner {
 public:
  /// Reads an Ed25519 private key, PKCS#8 in PEM without passphrase. `name` stands in the signature
  /// line: letters, digits and . - _ / only.
  ///
  /// Refuses: INVALID_ARGUMENT the name; PERMISSION_DENIED what PrivateKey::Open refuses.
  [[nodiscard]] static absl::StatusOr<NoteSigner> Open(std::string name,
                                                       const std::string& key_file);

  /// The note of a text that ends in a line feed.
  [[nodiscard]] std::string Sign(std::string_view text) const;

  /// What others verify it by.
  [[nodiscard]] const verifier::VerifierKey& Key() const { return key_; }

 private:
  NoteSigner(verifier::VerifierKey key, signing::PrivateKey private_key)
      : key_(std::move(key)), private_key_(std::move(private_key)) {}

  verifier::VerifierKey key_;
  signing::PrivateKey private_key_;
};

}  // namespace tearline::cli
