#pragma once

#include <string>
#include <string_view>

#include "broker/status/status.h"

namespace tearline::crypto {

/// `bytes` in the standard alphabet, padded, on one line.
///
/// Source: RFC 4648, section 4.
[[nodiscard]] std::string Base64Encode(std::string_view bytes);

/// The bytes whose encoding is `text`, exactly: every text that is accepted is the one that
/// Base64Encode gives.
///
/// Source: RFC 4648, sections 3.2, 3.3 and 3.5.
/// Refuses: FIELD_INVALID for other characters (also line breaks and spaces), missing or surplus
/// padding, and unused bits that are not zero.
[[nodiscard]] Result<std::string> Base64Decode(std::string_view text);

}  // namespace tearline::crypto
