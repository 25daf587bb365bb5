#pragma once

#include <string>
#include <string_view>

#include "tearline/v1/manifest.pb.h"

namespace tearline::verifier {

/// What originators sign, as anybody may compute it: docs/verifying.md, "What originators sign".

inline constexpr std::string_view kManifestType =
    "application/vnd.tearline.event-manifest.v1+protobuf";
inline constexpr std::string_view kTearLineType = "application/vnd.tearline.tear-line.v1+protobuf";
inline constexpr std::string_view kPointerType = "application/vnd.tearline.pointer.v1+protobuf";
inline constexpr std::string_view kEnrolmentType =
    "application/vnd.tearline.key-enrolment.v1+protobuf";

/// The bytes that are signed of an envelope.
///
/// Source: DSSE v1.0, "PAE".
[[nodiscard]] std::string PreAuthentication(std::string_view payload_type,
                                            std::string_view payload);

/// SHA-256(name, 0x00, salt, bytes), 32 bytes.
[[nodiscard]] std::string SaltedDigest(std::string_view name, std::string_view salt,
                                       std::string_view bytes);
/// A segment's, as it stands among a manifest's eight.
[[nodiscard]] std::string SegmentDigest(std::string_view salt, const v1::SegmentHeading& heading,
                                        std::string_view content);
/// A tear-line's text.
[[nodiscard]] std::string TextDigest(std::string_view salt, std::string_view text);

}  // namespace tearline::verifier
