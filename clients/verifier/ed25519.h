#pragma once

#include <string_view>

namespace tearline::verifier {

/// Whether `signature` is one of `public_key` over `message`. False for other lengths.
///
/// Source: RFC 8032, section 5.1.7.
[[nodiscard]] bool SignedBy(std::string_view public_key, std::string_view message,
                            std::string_view signature);

}  // namespace tearline::verifier
