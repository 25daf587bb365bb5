#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "broker/machine/machine.h"
#include "broker/state/key.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/leaf.pb.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// The version from which the leaf of a publication remembers what its publisher may show as a
/// receipt (AcceptedDetail).
inline constexpr std::uint16_t kAcceptanceRememberedFrom = 4;
/// The version from which withdrawals and amendments must be signed, where the directory says that
/// what an agency originates is.
inline constexpr std::uint16_t kChangesSignedFrom = 5;

/// What each kind of statement is called where it is signed (manifest.proto).
inline constexpr std::string_view kManifestType =
    "application/vnd.tearline.event-manifest.v1+protobuf";
inline constexpr std::string_view kTearLineType = "application/vnd.tearline.tear-line.v1+protobuf";
inline constexpr std::string_view kPointerType = "application/vnd.tearline.pointer.v1+protobuf";
inline constexpr std::string_view kWithdrawalType =
    "application/vnd.tearline.withdrawal.v1+protobuf";
inline constexpr std::string_view kAmendmentType = "application/vnd.tearline.amendment.v1+protobuf";
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

/// Whether a publication is signed as far as the directory asks, and by keys that are in force. The
/// signatures themselves were verified before the record was made; whoever holds the ledger may
/// verify them again.
///
/// Refuses: SIGNATURE_REQUIRED, SIGNING_KEY_UNKNOWN, SIGNING_KEY_ENDED.
[[nodiscard]] Status CheckSignaturesStand(const stored::v1::Publish& command, std::int64_t now_ms,
                                          const state::Reader& reader);

/// The same of what changes an event: an amendment and the tear-lines it writes, a withdrawal. What
/// was signed of it counts once, and not much earlier or later than it was signed.
///
/// Refuses: as above; SIGNED_ALREADY         it, or another change of the event that was signed no
///                                           earlier, was accepted before;
///                    SIGNED_AT_ANOTHER_TIME more than kSignedBeforeMax before `as.stamp_ms`, or
///                                           more than kSignedAheadMax after.
[[nodiscard]] Status CheckSignaturesStand(const stored::v1::AmendEvent& command,
                                          const stored::v1::EventRow& event, const RecordedAs& as,
                                          const state::Reader& reader);
[[nodiscard]] Status CheckSignaturesStand(const stored::v1::WithdrawEvent& command,
                                          const stored::v1::EventRow& event, const RecordedAs& as,
                                          const state::Reader& reader);

/// What the leaf of a change that was signed remembers of it, and what its receipt opens.
[[nodiscard]] stored::v1::AcceptedChangeDetail AcceptedChangeOf(
    const stored::v1::AmendEvent& command, const stored::v1::EventRow& event);
[[nodiscard]] stored::v1::AcceptedChangeDetail AcceptedChangeOf(
    const stored::v1::WithdrawEvent& command, const stored::v1::EventRow& event);

}  // namespace tearline::machine
