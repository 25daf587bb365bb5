#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "broker/state/key.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// The version from which the leaf of a publication remembers what its publisher may show as a
/// receipt (AcceptedDetail).
inline constexpr std::uint16_t kAcceptanceRememberedFrom = 4;

/// What each kind of statement is called where it is signed (manifest.proto).
inline constexpr std::string_view kManifestType =
    "application/vnd.tearline.event-manifest.v1+protobuf";
inline constexpr std::string_view kTearLineType = "application/vnd.tearline.tear-line.v1+protobuf";
inline constexpr std::string_view kPointerType = "application/vnd.tearline.pointer.v1+protobuf";
inline constexpr std::string_view kEnrolmentType =
    "application/vnd.tearline.key-enrolment.v1+protobuf";

/// `key_id` is SHA-256 of the public key, 32 bytes.
inline state::Key SigningKeyKey(const std::string& agency, std::string_view key_id) {
  return state::Key(state::Table::kSigningKey).Name(agency).Fixed(key_id);
}

/// Whether what is signed by the key is accepted at `now_ms`: not revoked, not past its time.
[[nodiscard]] bool IsInForce(const stored::v1::SigningKeyRow& key, std::int64_t now_ms);

/// Every key the agency ever had, in order of key id; at most kSigningKeysEverMax.
[[nodiscard]] std::vector<stored::v1::SigningKeyRow> SigningKeysOf(const std::string& agency,
                                                                   const state::Reader& reader);

/// Whether the directory says that what originates from the agency is signed.
[[nodiscard]] bool RequiresSignatures(const std::string& agency, const state::Reader& reader);

/// Whether a publication, or what an amendment of one writes, is signed as far as the directory
/// asks, and by keys that are in force. The signatures themselves were verified before the record
/// was made; whoever holds the ledger may verify them again.
///
/// Refuses: SIGNATURE_REQUIRED, SIGNING_KEY_UNKNOWN, SIGNING_KEY_ENDED.
[[nodiscard]] Status CheckSignaturesStand(const stored::v1::Publish& command, std::int64_t now_ms,
                                          const state::Reader& reader);
[[nodiscard]] Status CheckSignaturesStand(const stored::v1::AmendEvent& command,
                                          const std::string& originating_agency,
                                          std::int64_t now_ms, const state::Reader& reader);

}  // namespace tearline::machine
