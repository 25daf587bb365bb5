#pragma once

#include <string_view>

namespace tearline::model {

/// True if `text` is well-formed UTF-8: shortest forms only, no surrogates, nothing above U+10FFFF.
///
/// Source: The Unicode Standard, table 3-7; RFC 3629.
[[nodiscard]] bool IsUtf8(std::string_view text);

}  // namespace tearline::model
