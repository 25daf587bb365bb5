#pragma once

#include <string_view>

namespace tearline::verifier {

/// True if `text` is UTF-8 (shortest forms, no surrogates, nothing above U+10FFFF) and its only
/// control characters below U+0020 are newlines.
///
/// Source: C2SP signed-note v1.0.0; RFC 3629.
[[nodiscard]] bool IsPlainText(std::string_view text);

/// True if signers may be called so: plain text, not empty, without plus, newline or what Unicode
/// counts as white space.
///
/// Source: C2SP signed-note v1.0.0, "Signatures"; The Unicode Standard, White_Space.
[[nodiscard]] bool IsKeyName(std::string_view name);

}  // namespace tearline::verifier
