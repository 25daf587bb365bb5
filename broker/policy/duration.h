#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tearline::policy {

/// Reads a time as a policy writes it, in milliseconds: a whole number without sign or spaces, then
/// one of s, m, h, d: "90s", "4h", "366d". Nothing if it is not that, is nothing at all ("0h"), or
/// is longer than kObligeWithinMax.
[[nodiscard]] std::optional<std::int64_t> ReadDuration(std::string_view text);

}  // namespace tearline::policy
