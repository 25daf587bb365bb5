#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace tearline::adapters {

/// Where the parts of a JSON text lie in it, byte for byte: what is read and written again is not
/// what was sent.

/// The elements of an array, in order. None if `text` is another value.
///
/// Requires: ReadJson (strict_json.h) accepts `text`.
[[nodiscard]] std::vector<std::string_view> ElementsOf(std::string_view text);

/// The value of an object's member; nothing if there is none, or `text` is another value.
///
/// Requires: as above.
[[nodiscard]] std::optional<std::string_view> SliceOf(std::string_view text, std::string_view key);

/// Whether the first value in `text` is an array.
[[nodiscard]] bool IsArray(std::string_view text);

}  // namespace tearline::adapters
