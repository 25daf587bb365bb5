#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tearline::verifier {

/// RFC 4648, section 4, with padding.
[[nodiscard]] std::string Base64(std::string_view bytes);

/// Nothing unless `text` is exactly what Base64 writes for some bytes: no blanks, no missing
/// padding, no stray bits in the last letter.
[[nodiscard]] std::optional<std::string> FromBase64(std::string_view text);
/// The same into `bytes`, whose memory is used again; false for nothing.
[[nodiscard]] bool ReadBase64(std::string_view text, std::string& bytes);

/// Lower case.
[[nodiscard]] std::string Hex(std::string_view bytes);

/// Nothing unless `text` is an even number of hexadecimal digits.
[[nodiscard]] std::optional<std::string> FromHex(std::string_view text);

}  // namespace tearline::verifier
