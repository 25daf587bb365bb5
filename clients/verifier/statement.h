#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tearline/v1/dsse.pb.h"
#include "tearline/v1/manifest.pb.h"

namespace tearline::verifier {

/// What originators sign, as anybody may compute it: docs/verifying.md, "What originators sign".

inline constexpr std::string_view kManifestType =
    "application/vnd.tearline.event-manifest.v1+protobuf";
inline constexpr std::string_view kTearLineType = "application/vnd.tearline.tear-line.v1+protobuf";
inline constexpr std::string_view kPointerType = "application/vnd.tearline.pointer.v1+protobuf";
inline constexpr std::string_view kWithdrawalType =
    "application/vnd.tearline.withdrawal.v1+protobuf";
inline constexpr std::string_view kAmendmentType = "application/vnd.tearline.amendment.v1+protobuf";
inline constexpr std::string_view kEnrolmentType =
    "application/vnd.tearline.key-enrolment.v1+protobuf";

/// The bytes that are signed of an envelope.
///
/// Source: DSSE v1.0, "PAE".
[[nodiscard]] std::string PreAuthentication(std::string_view payload_type,
                                            std::string_view payload);

/// The statement an envelope carries; nothing unless it is of this type, has exactly one signature,
/// which is not verified here, and holds no field that manifest.proto does not tell of.
template <typename Statement>
[[nodiscard]] std::optional<Statement> ReadStatement(const v1::Envelope& envelope,
                                                     std::string_view type) {
  Statement statement;
  if (envelope.payload_type() != type || envelope.signatures_size() != 1 ||
      !statement.ParseFromString(envelope.payload())) {
    return std::nullopt;
  }
  const std::size_t size = statement.ByteSizeLong();
  statement.DiscardUnknownFields();
  if (statement.ByteSizeLong() != size) return std::nullopt;
  return statement;
}

/// Ms since 1970, what is less cut off; nothing for what no Timestamp may hold.
///
/// Source: google/protobuf/timestamp.proto, years 1 to 9999.
[[nodiscard]] std::optional<std::int64_t> Milliseconds(const google::protobuf::Timestamp& time);

/// Of every salt. Whoever reads a digest's parts demands it: nothing else tells where the salt ends
/// and what it is of begins.
inline constexpr std::size_t kSaltBytes = 16;

/// A manifest always has as many digests of segments, so that their number tells nothing.
inline constexpr int kManifestSegments = 8;

/// SHA-256(name, 0x00, salt, bytes), 32 bytes.
[[nodiscard]] std::string SaltedDigest(std::string_view name, std::string_view salt,
                                       std::string_view bytes);
/// A segment's, as it stands among a manifest's eight.
[[nodiscard]] std::string SegmentDigest(std::string_view salt, const v1::SegmentHeading& heading,
                                        std::string_view content);
/// A tear-line's text.
[[nodiscard]] std::string TextDigest(std::string_view salt, std::string_view text);

}  // namespace tearline::verifier
