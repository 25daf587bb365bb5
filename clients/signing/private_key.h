#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

struct evp_pkey_st;

namespace tearline::signing {

/// An Ed25519 private key: what envelopes, notes and cosignatures are signed with. The key itself
/// is never shown.
///
/// Source: RFC 8032; PKCS#8 in PEM, RFC 5958 and RFC 7468. Threads: any.
class PrivateKey {
 public:
  /// Reads a key without passphrase from a file.
  ///
  /// Refuses: PERMISSION_DENIED a file that is not there, that others may read, or that holds none.
  [[nodiscard]] static absl::StatusOr<PrivateKey> Open(const std::string& path);

  /// From a seed of 32 bytes: the same seed, the same key. Requires: 32 bytes.
  [[nodiscard]] static PrivateKey FromSeed(std::string_view seed);

  /// 32 bytes.
  [[nodiscard]] const std::string& PublicKey() const { return public_key_; }

  /// 64 bytes.
  [[nodiscard]] std::string Sign(std::string_view message) const;

  /// 32 bytes that hang on the key and on `what_for`, and give neither away.
  [[nodiscard]] std::string Derived(std::string_view what_for) const;

 private:
  PrivateKey(std::shared_ptr<evp_pkey_st> key, std::string public_key)
      : key_(std::move(key)), public_key_(std::move(public_key)) {}
  [[nodiscard]] static absl::StatusOr<PrivateKey> From(std::shared_ptr<evp_pkey_st> key);

  std::shared_ptr<evp_pkey_st> key_;
  std::string public_key_;
};

}  // namespace tearline::signing
