#pragma once

#include <string_view>

#include "broker/crypto/digest.h"

namespace tearline::merkle {

/// The hash of an entry as a leaf: SHA-256 of 0x00 and `entry`.
///
/// Source: RFC 6962, section 2.1.
[[nodiscard]] crypto::Digest LeafHash(std::string_view entry);

/// The hash of a node over its two children: SHA-256 of 0x01, `left` and `right`.
///
/// Source: RFC 6962, section 2.1.
[[nodiscard]] crypto::Digest NodeHash(const crypto::Digest& left, const crypto::Digest& right);

/// The root of a tree without leaves: SHA-256 of nothing.
[[nodiscard]] crypto::Digest EmptyRoot();

}  // namespace tearline::merkle
