#pragma once

#include <string>
#include <string_view>

#include "broker/status/status.h"

namespace tearline::model {

/// Whether `name` may name an agency, member, area, policy or rule: 1 to 40 bytes of a-z, 0-9 and
/// -, beginning and ending with a letter or digit. `path` is the field, for the sentence.
///
/// Refuses: NAME_INVALID.
[[nodiscard]] Status CheckName(std::string_view name, const std::string& path);

/// Whether `name` may name a post: two names joined by one slash, AGENCY/NAME.
///
/// Refuses: NAME_INVALID.
[[nodiscard]] Status CheckPostName(std::string_view name, const std::string& path);

/// Whether `code` may be a purpose or a legal basis: 1 to 40 bytes of a-z, A-Z, 0-9 and -, for
/// example "CJA2003-325-4". The vocabulary itself is the policy's.
///
/// Refuses: FIELD_INVALID.
[[nodiscard]] Status CheckCode(std::string_view code, const std::string& path);

}  // namespace tearline::model
