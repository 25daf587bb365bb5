#pragma once

#include <string>
#include <string_view>

namespace tearline::cli {

/// `text` as it may stand between tags or in an attribute in double quotes. Characters that nobody
/// sees or that turn the direction of reading (controls, U+061C, U+200B to U+200F, U+2028 to
/// U+202E, U+2060 to U+206F, U+FEFF) are written as [U+202E], bytes that are no UTF-8 as [FF].
[[nodiscard]] std::string HtmlText(std::string_view text);

}  // namespace tearline::cli
