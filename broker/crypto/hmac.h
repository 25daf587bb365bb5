#pragma once

#include <initializer_list>
#include <string_view>

#include "broker/crypto/digest.h"

namespace tearline::crypto {

/// HMAC-SHA-256 under `key`, of the parts joined end to end. Nothing marks where one part ends: a
/// caller whose parts vary in length writes the lengths too.
///
/// Source: RFC 2104; FIPS 198-1.
/// Threads: any.
[[nodiscard]] Digest HmacSha256(std::string_view key,
                                std::initializer_list<std::string_view> parts);

}  // namespace tearline::crypto
