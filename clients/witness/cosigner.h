#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "clients/verifier/note.h"

struct evp_pkey_st;

namespace tearline::witness {

/// A witness's key: cosigns checkpoints, stating the time.
///
/// Threads: any.
class Cosigner {
 public:
  /// Reads an Ed25519 private key, PKCS#8 in PEM without passphrase. `name` is the witness's, as it
  /// stands in signature lines. One key cosigns under one name only.
  ///
  /// Refuses: INVALID_ARGUMENT for a name that is empty or holds a space, plus or control
  /// character;
  ///          PERMISSION_DENIED for a file that others may read, or that holds no such key.
  static absl::StatusOr<Cosigner> Open(std::string name, const std::string& key_file);

  [[nodiscard]] const verifier::VerifierKey& Key() const { return key_; }

  /// A signature line over a checkpoint's text at `time_s`, in seconds since 1970, not 0.
  [[nodiscard]] absl::StatusOr<std::string> Cosign(std::string_view text,
                                                   std::uint64_t time_s) const;

 private:
  using PrivateKey = std::shared_ptr<evp_pkey_st>;
  Cosigner(verifier::VerifierKey key, PrivateKey private_key)
      : key_(std::move(key)), private_key_(std::move(private_key)) {}

  verifier::VerifierKey key_;
  PrivateKey private_key_;
};

}  // namespace tearline::witness
