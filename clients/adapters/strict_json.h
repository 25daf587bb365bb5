#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "nlohmann/json.hpp"

namespace tearline::adapters {

/// Objects and arrays within one another. The messages of the field have six.
inline constexpr std::size_t kJsonDepthMax = 32;

/// Why bytes are not one JSON value that everybody reads alike.
enum class JsonFault {
  kInvalidUtf8,
  kMalformed,     ///< Also: anything after the value; a number too large for any reader.
  kTooDeep,       ///< More than kJsonDepthMax.
  kDuplicateKey,  ///< Two readers could see two different values.
};

/// The one JSON value in `bytes`; a byte order mark in front is passed over. Integers beyond 64
/// bits are read as floating point: whoever needs one takes it as Text, which refuses it.
///
/// Never throws.
[[nodiscard]] std::variant<nlohmann::json, JsonFault> ReadJson(std::string_view bytes);

/// The member `key` of `value`; null if `value` is no object, or the member is absent or null.
[[nodiscard]] const nlohmann::json* Member(const nlohmann::json& value, const char* key);

/// A string as it is, an integer in decimal; nothing if `value` is neither.
[[nodiscard]] std::optional<std::string> Text(const nlohmann::json& value);

/// Text of the member `key`; nothing if there is none.
[[nodiscard]] std::optional<std::string> MemberText(const nlohmann::json& value, const char* key);

}  // namespace tearline::adapters
