#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "broker/status/status.h"

namespace tearline::crypto {

/// A key for sealing or wrapping, in bytes.
inline constexpr std::size_t kSealKeyBytes = 32;
/// A nonce, in bytes. The same key and nonce must never seal two different plaintexts.
inline constexpr std::size_t kSealNonceBytes = 12;
/// What sealing adds, in bytes.
inline constexpr std::size_t kSealTagBytes = 16;
/// What wrapping adds, in bytes.
inline constexpr std::size_t kWrapOverheadBytes = 8;

/// AES-256-GCM: the ciphertext of `plaintext`, then the 16-byte tag over it and `aad`.
///
/// Source: NIST SP 800-38D.
/// Requires: `key` is 32 bytes, `nonce` 12; `aad` and `plaintext` are each under 1 GiB.
/// Threads: any.
[[nodiscard]] std::string Seal(std::string_view key, std::string_view nonce, std::string_view aad,
                               std::string_view plaintext);

/// The plaintext that Seal was given, if key, nonce and aad are the same and no bit has changed.
///
/// Requires: as Seal.
/// Refuses: SEAL_BROKEN; nothing of the plaintext is given out.
[[nodiscard]] Result<std::string> Open(std::string_view key, std::string_view nonce,
                                       std::string_view aad, std::string_view sealed);

/// AES-256 key wrap of a 32-byte key under another: 40 bytes. The same two keys always give the
/// same bytes.
///
/// Source: RFC 3394, section 2.2.1.
/// Requires: both are 32 bytes.
[[nodiscard]] std::string Wrap(std::string_view wrapping_key, std::string_view key);

/// The 32-byte key that Wrap was given.
///
/// Source: RFC 3394, section 2.2.2.
/// Requires: `wrapping_key` is 32 bytes.
/// Refuses: SEAL_BROKEN for another wrapping key, another length, or a changed bit.
[[nodiscard]] Result<std::string> Unwrap(std::string_view wrapping_key, std::string_view wrapped);

}  // namespace tearline::crypto
