#pragma once

#include <string>
#include <string_view>

namespace tearline::doubles {

/// The bytes that `digits` stand for; spaces are skipped. Throws std::invalid_argument for anything
/// that is not pairs of lower-case hexadecimal digits: a mistyped vector must not pass for another.
std::string FromHex(std::string_view digits);

/// Two lower-case digits a byte.
std::string ToHex(std::string_view bytes);

}  // namespace tearline::doubles
