#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tearline::adapters {

/// An event type of another system in our spelling: words of a-z, 0-9 and -, joined by single dots,
/// at most 200 bytes. A new word of camelCase begins with a hyphen, an underscore becomes one.
/// Nothing if that does not make a type.
[[nodiscard]] std::optional<std::string> EventTypeFrom(std::string_view raw);

}  // namespace tearline::adapters
