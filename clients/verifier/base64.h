#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tearline::verifier {

/// RFC 4648, section 4, with padding.
[[nodiscard]] std::string Base64(std::string_view bytes);

/// Nothing unless `text` is exactly what Base64 writes for some bytes: no blanks, no missing
/// padding, no stray bits in the last letter.
[[nodiscard]] std::optional<std::string> FromBase64(std::string_view text);

/// What was taken from the front of a text, and how many bytes that gave.
struct Base64Taken {
  std::size_t characters = 0;
  std::size_t bytes = 0;
};
/// Bytes that may be written behind those that are taken.
inline constexpr std::size_t kBase64Slack = 4;

/// Reads what Base64 writes from the front of `text`, up to its padding or the first character that
/// it never writes, into `to`. Nothing unless that is exactly what Base64 writes for some bytes.
///
/// Requires: `to` has room for 3 bytes for each 4 characters of `text`, and for kBase64Slack more.
[[nodiscard]] std::optional<Base64Taken> TakeBase64(std::string_view text, char* to);

/// Lower case.
[[nodiscard]] std::string Hex(std::string_view bytes);

/// Nothing unless `text` is an even number of hexadecimal digits.
[[nodiscard]] std::optional<std::string> FromHex(std::string_view text);

}  // namespace tearline::verifier
