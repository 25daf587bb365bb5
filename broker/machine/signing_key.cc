#include "broker/machine/signing_key.h"

#include "broker/crypto/digest.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"

namespace tearline::machine {
namespace {

using stored::v1::AmendEvent;
using stored::v1::EventRow;
using stored::v1::OriginatorSignature;
using stored::v1::SealedTearLine;
using stored::v1::SigningKeyRow;
using stored::v1::WithdrawEvent;

Status Missing(const std::string& path) {
  return Refuse(
      v1::ERROR_REASON_SIGNATURE_REQUIRED,
      "`" + path + "` is required: the directory says that what this agency originates is signed");
}

Status CheckStands(const OriginatorSignature& signature, const std::string& agency,
                   std::int64_t now_ms, const state::Reader& reader) {
  const auto key = reader.See<SigningKeyRow>(SigningKeyKey(agency, signature.key_id()));
  if (!key) {
    return Refuse(v1::ERROR_REASON_SIGNING_KEY_UNKNOWN,
                  "the signature must be by a key that is enrolled for the originating agency");
  }
  if (IsInForce(*key, now_ms)) return {};
  return Refuse(v1::ERROR_REASON_SIGNING_KEY_ENDED,
                "the signing key has ended; sign with one that is in force");
}

template <typename Command>
Status CheckTearLines(const Command& command, const std::string& path, bool required,
                      const std::string& agency, std::int64_t now_ms, const state::Reader& reader) {
  for (int i = 0; i < command.tear_lines_size(); ++i) {
    const SealedTearLine& line = command.tear_lines(i);
    if (line.has_signature()) {
      TEARLINE_RETURN_IF_REFUSED(CheckStands(line.signature(), agency, now_ms, reader));
    } else if (required) {
      return Missing(path + ".tear_lines[" + std::to_string(i) + "].signature");
    }
  }
  return {};
}

/// What was signed is accepted once: every change of an event that is signed is signed later than
/// the one before.
Status CheckSignedTime(std::int64_t signed_ms, const EventRow& event, std::int64_t now_ms) {
  if (signed_ms <= event.change_signed_ms()) {
    return Refuse(v1::ERROR_REASON_SIGNED_ALREADY,
                  "this, or another change of the event that was signed no earlier, was accepted "
                  "before; look at what it is now, and sign anew what is still to be");
  }
  if (signed_ms >= now_ms - model::kSignedBeforeMax.count() &&
      signed_ms <= now_ms + model::kSignedAheadMax.count()) {
    return {};
  }
  return Refuse(v1::ERROR_REASON_SIGNED_AT_ANOTHER_TIME,
                "it must be signed at most 24 hours before it is recorded, and at most 10 minutes "
                "after, by the signer's clock");
}

/// Of what changes an event, itself.
template <typename Command>
Status CheckChange(const Command& command, const std::string& path, const EventRow& event,
                   const RecordedAs& as, const state::Reader& reader) {
  const std::string& agency = event.publish().originating_agency();
  if (command.has_signature()) {
    TEARLINE_RETURN_IF_REFUSED(CheckStands(command.signature(), agency, as.stamp_ms, reader));
    return CheckSignedTime(command.signed_ms(), event, as.stamp_ms);
  }
  const bool must = as.behaviour_version >= kChangesSignedFrom;
  return must && RequiresSignatures(agency, reader) ? Missing(path) : Status();
}

std::string DigestOf(const OriginatorSignature& signature) {
  return crypto::Sha256(signature.payload()).Bytes();
}

stored::v1::AcceptedChangeDetail Accepted(const OriginatorSignature& signature,
                                          const EventRow& event) {
  stored::v1::AcceptedChangeDetail detail;
  detail.set_event_id(event.publish().event_id());
  detail.set_originating_agency(event.publish().originating_agency());
  detail.set_signed_digest(DigestOf(signature));
  detail.set_key_id(signature.key_id());
  return detail;
}

}  // namespace

bool IsInForce(const SigningKeyRow& key, std::int64_t now_ms) {
  return key.revoked_ms() == 0 && now_ms < key.until_ms();
}

std::vector<SigningKeyRow> SigningKeysOf(const std::string& agency, const state::Reader& reader) {
  std::vector<SigningKeyRow> keys;
  reader.SeeEach<SigningKeyRow>(state::Key(state::Table::kSigningKey).Name(agency),
                                model::kSigningKeysEverMax, [&](const SigningKeyRow& key) {
                                  keys.push_back(key);
                                  return true;
                                });
  return keys;
}

bool RequiresSignatures(const std::string& agency, const state::Reader& reader) {
  const auto row = reader.See<stored::v1::AgencyRow>(AgencyKey(agency));
  return row && row->agency().signatures_required();
}

Status CheckSignaturesStand(const stored::v1::Publish& command, std::int64_t now_ms,
                            const state::Reader& reader) {
  const std::string& agency = command.originating_agency();
  const bool required = RequiresSignatures(agency, reader);
  if (command.has_signed_event()) {
    const stored::v1::SignedEvent& signed_event = command.signed_event();
    TEARLINE_RETURN_IF_REFUSED(CheckStands(signed_event.manifest(), agency, now_ms, reader));
    if (signed_event.has_pointer()) {
      TEARLINE_RETURN_IF_REFUSED(CheckStands(signed_event.pointer(), agency, now_ms, reader));
    }
  } else if (required) {
    return Missing("event.signature");
  }
  return CheckTearLines(command, "event", required, agency, now_ms, reader);
}

Status CheckSignaturesStand(const AmendEvent& command, const EventRow& event, const RecordedAs& as,
                            const state::Reader& reader) {
  const std::string& agency = event.publish().originating_agency();
  TEARLINE_RETURN_IF_REFUSED(CheckTearLines(
      command, "amendment", RequiresSignatures(agency, reader), agency, as.stamp_ms, reader));
  TEARLINE_RETURN_IF_REFUSED(CheckChange(command, "amendment.signature", event, as, reader));
  if (!command.has_pointer()) return {};
  return CheckStands(command.pointer(), agency, as.stamp_ms, reader);
}

Status CheckSignaturesStand(const WithdrawEvent& command, const EventRow& event,
                            const RecordedAs& as, const state::Reader& reader) {
  return CheckChange(command, "signature", event, as, reader);
}

stored::v1::AcceptedChangeDetail AcceptedChangeOf(const AmendEvent& command,
                                                  const EventRow& event) {
  stored::v1::AcceptedChangeDetail detail = Accepted(command.signature(), event);
  for (const SealedTearLine& line : command.tear_lines()) {
    detail.add_tear_line_digests(line.has_signature() ? DigestOf(line.signature()) : "");
  }
  if (command.has_pointer()) detail.set_pointer_digest(DigestOf(command.pointer()));
  return detail;
}

stored::v1::AcceptedChangeDetail AcceptedChangeOf(const WithdrawEvent& command,
                                                  const EventRow& event) {
  stored::v1::AcceptedChangeDetail detail = Accepted(command.signature(), event);
  detail.set_withdrawn(command.reason());
  return detail;
}

}  // namespace tearline::machine
