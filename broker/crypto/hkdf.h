#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tearline::crypto {

/// `length` bytes drawn from `key` for the purpose that `context` names: extract and expand. Other
/// contexts give unrelated bytes.
///
/// Source: RFC 5869, where `context` is called info; an empty salt means 32 zero bytes.
/// Requires: `key` is not empty; `context` is at most 1,024 bytes; `length` is 1 to 8,160.
/// Threads: any.
[[nodiscard]] std::string HkdfSha256(std::string_view key, std::string_view context,
                                     std::size_t length, std::string_view salt = {});

}  // namespace tearline::crypto
