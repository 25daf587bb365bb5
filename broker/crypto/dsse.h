#pragma once

#include <string>
#include <string_view>

namespace tearline::crypto {

/// What is signed of a statement: "DSSEv1" SP LEN(type) SP type SP LEN(payload) SP payload, where
/// LEN counts bytes, in decimal. What kind of statement it is stands within what is signed, so that
/// no signature on one kind fits another.
///
/// Source:  DSSE v1.0, protocol.md, "PAE".
/// Threads: any.
[[nodiscard]] std::string PreAuthentication(std::string_view payload_type,
                                            std::string_view payload);

}  // namespace tearline::crypto
