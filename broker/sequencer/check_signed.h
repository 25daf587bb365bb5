#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/row.pb.h"
#include "tearline/v1/event.pb.h"
#include "tearline/v1/publisher_service.pb.h"

namespace tearline::sequencer {

/// Verifies what originators sign, before anything is recorded: that a statement says what was
/// sent, and that a key of the originating agency signed the very bytes that came. These are kept.

/// By what an agency's statements are judged.
struct Originator {
  std::string log_origin;  ///< The log statements must be written for.
  bool required = false;   ///< The directory says that what it originates is signed.
  std::vector<stored::v1::SigningKeyRow> keys;
  std::int64_t now_ms = 0;
};

/// `agency` is the originating one.
[[nodiscard]] Originator OriginatorOf(const std::string& agency, const state::Reader& view,
                                      std::int64_t now_ms);

/// What was verified, as it is recorded.
struct Verified {
  std::optional<stored::v1::SignedEvent> event;
  /// One for each tear-line, in order; nothing for one that is not signed.
  std::vector<std::optional<stored::v1::OriginatorSignature>> tear_lines;
};

/// Of a publication. `publish` holds what lies in the clear.
///
/// Requires: the item passed CheckPublish.
/// Refuses:  SIGNATURE_REQUIRED, SIGNATURE_INVALID, SIGNING_KEY_UNKNOWN, SIGNING_KEY_ENDED,
///           SIGNED_OTHERWISE; LIMIT_PASSED a statement over kSignedStatementBytesMax;
///           FIELD_INVALID a salt that is not 16 bytes, repeats another of the item's, or stands
///           beside no signature.
/// Threads:  any.
[[nodiscard]] Result<Verified> CheckSigned(const v1::PublishItem& item,
                                           const stored::v1::Publish& publish,
                                           const Originator& originator);

/// A change of an event that was verified, and when it says it was signed.
struct VerifiedChange {
  stored::v1::OriginatorSignature signature;
  std::int64_t signed_ms = 0;  ///< Not judged here: the machine does (CheckSignaturesStand).
};

/// What was verified of an amendment.
struct VerifiedAmendment {
  std::optional<VerifiedChange> change;                    ///< Nothing if it is not signed.
  std::optional<stored::v1::OriginatorSignature> pointer;  ///< Under the terms it brings.
  /// One for each tear-line it writes, in order; nothing for one that is not signed.
  std::vector<std::optional<stored::v1::OriginatorSignature>> tear_lines;
};

/// Of an amendment, and of the tear-lines it writes, for the event that `publish` published.
///
/// Refuses: as CheckSigned; FIELD_INVALID a pointer beside terms that let nobody be named.
[[nodiscard]] Result<VerifiedAmendment> CheckSigned(const v1::EventAmendment& amendment,
                                                    const stored::v1::Publish& publish,
                                                    const Originator& originator);

/// Of a withdrawal of the event that `publish` published; nothing if it is not signed and need not
/// be.
///
/// Refuses: as CheckSigned.
[[nodiscard]] Result<std::optional<VerifiedChange>> CheckSigned(
    const v1::WithdrawEventRequest& request, const stored::v1::Publish& publish,
    const Originator& originator);

/// What is sealed of a tear-line: its text, with the statement's salt before it where it is signed.
[[nodiscard]] std::string SealedPartOf(const v1::TearLine& tear_line);

}  // namespace tearline::sequencer
