#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "clients/signing/private_key.h"
#include "tearline/v1/dsse.pb.h"

namespace tearline::signing {

/// A key by which an agency signs what it originates.
///
/// Threads: any.
class SigningKey {
 public:
  /// Reads an Ed25519 private key in PEM, without passphrase.
  ///
  /// Refuses: PERMISSION_DENIED a file that is not there, that others may read, or holds none.
  [[nodiscard]] static absl::StatusOr<SigningKey> Open(const std::string& path);

  /// From a seed of 32 bytes: the same seed, the same key.
  [[nodiscard]] static SigningKey FromSeed(std::string_view seed);

  /// 32 bytes.
  [[nodiscard]] const std::string& PublicKey() const { return key_.PublicKey(); }
  /// SHA-256 of the public key, 64 hexadecimal digits.
  [[nodiscard]] std::string KeyId() const;

  /// The statement in an envelope, signed.
  [[nodiscard]] v1::Envelope Sign(std::string_view payload_type, std::string payload) const;

  /// 32 bytes that nobody without the key can guess, the same each time: what is sent again is the
  /// same again, and salts need not be kept to be opened later. `name` says what for, `number`
  /// which.
  [[nodiscard]] std::string Drawn(std::string_view request_id, std::string_view name,
                                  std::uint32_t number) const;

 private:
  explicit SigningKey(PrivateKey key)
      : key_(std::move(key)), drawing_key_(key_.Derived("tearline drawing key")) {}

  PrivateKey key_;
  std::string drawing_key_;
};

}  // namespace tearline::signing
