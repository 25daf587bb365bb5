#pragma once

#include <string_view>

namespace tearline::verifier {

/// Whether `key` is 32 bytes that may stand for a signer: y below 2^255 - 19, and not one of the
/// eight points of low order, in any encoding. Signatures of a key of low order fit messages nobody
/// signed.
///
/// Source: RFC 8032, section 5.1.3; docs/verifying.md, "Keys that are refused".
[[nodiscard]] bool IsFitKey(std::string_view key);

/// Whether `signature` is one of `public_key` over `message`. False for other lengths.
///
/// Source: RFC 8032, section 5.1.7.
[[nodiscard]] bool SignedBy(std::string_view public_key, std::string_view message,
                            std::string_view signature);

}  // namespace tearline::verifier
