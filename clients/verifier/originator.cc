#include "clients/verifier/originator.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "clients/verifier/base64.h"
#include "clients/verifier/ed25519.h"
#include "clients/verifier/statement.h"
#include "clients/verifier/tree.h"

namespace tearline::verifier {
namespace {

constexpr int kManifestSegments = 8;

std::int64_t Milliseconds(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1000 + time.nanos() / 1'000'000;
}

OriginatorCheck Otherwise(std::string sentence) {
  OriginatorCheck check;
  check.standing = Signed::kOtherwise;
  check.sentence = std::move(sentence);
  return check;
}

/// A statement of the kind this level carries.
template <typename Statement>
std::optional<Statement> Read(const v1::Envelope& envelope, std::string_view type) {
  Statement statement;
  if (envelope.payload_type() != type || envelope.signatures_size() != 1 ||
      !statement.ParseFromString(envelope.payload())) {
    return std::nullopt;
  }
  return statement;
}

/// Fills in what the delivery shows in place of what the statement says of the same.
template <typename Statement>
void ShowCircumstances(const v1::DeliveredEvent& event, const OriginatorKeys& known,
                       Statement& shown) {
  shown.set_log_origin(known.log_origin);
  shown.set_originating_agency(event.originating_agency());
  shown.set_originating_post(event.originating_post());
  shown.set_event_type(event.event_type());
  shown.set_occurred_ms(Milliseconds(event.occurred_at()));
  shown.set_occurred_quality(event.occurred_quality());
  shown.clear_marking();
  if (event.has_marking()) *shown.mutable_marking() = event.marking();
}

bool Same(const google::protobuf::MessageLite& left, const google::protobuf::MessageLite& right) {
  return left.SerializeAsString() == right.SerializeAsString();
}

std::string CheckFull(const v1::DeliveredEvent& event, const OriginatorKeys& known) {
  const auto said = Read<v1::EventManifest>(event.signature().envelope(), kManifestType);
  if (!said) return "the signature must be of an event's manifest";
  v1::EventManifest shown = *said;
  ShowCircumstances(event, known, shown);
  shown.clear_grading();
  if (event.has_grading()) *shown.mutable_grading() = event.grading();
  shown.clear_facts();
  if (event.facts().ByteSizeLong() > 0) *shown.mutable_facts() = event.facts();
  if (!Same(shown, *said)) return "its circumstances are not those that were signed";
  if (said->segments_size() != kManifestSegments) return "a manifest has eight digests of segments";
  for (const v1::DeliveredSegment& segment : event.segments()) {
    v1::SegmentHeading heading;
    heading.set_media_type(segment.media_type());
    *heading.mutable_flags() = segment.flags();
    if (segment.has_grading()) *heading.mutable_grading() = segment.grading();
    const std::string digest = SegmentDigest(segment.salt(), heading, segment.content());
    if (std::find(said->segments().begin(), said->segments().end(), digest) ==
        said->segments().end()) {
      return "a segment is none of those that were signed";
    }
  }
  return "";
}

std::string CheckTearLine(const v1::DeliveredEvent& event, const OriginatorKeys& known,
                          bool& is_later) {
  const auto said = Read<v1::TearLineStatement>(event.signature().envelope(), kTearLineType);
  if (!said) return "the signature must be of a tear-line";
  is_later = !said->event_id().empty();
  v1::TearLineStatement shown = *said;
  ShowCircumstances(event, known, shown);
  if (is_later) shown.set_event_id(event.event_id());
  if (!event.erased()) {
    shown.set_text_digest(TextDigest(event.signature().salt(), event.tear_line()));
  }
  return Same(shown, *said) ? "" : "the tear-line is not the one that was signed";
}

std::string CheckPointer(const v1::DeliveredEvent& event, const OriginatorKeys& known) {
  const auto said = Read<v1::PointerStatement>(event.signature().envelope(), kPointerType);
  if (!said) return "the signature must be of a pointer";
  v1::PointerStatement shown = *said;
  shown.set_log_origin(known.log_origin);
  shown.set_originating_agency(event.originating_agency());
  shown.set_ask_post(event.ask_post());
  return Same(shown, *said) ? "" : "the pointer is not the one that was signed";
}

/// Whether what was signed by the key counts for an event accepted then; any time where it is not
/// told.
bool WasInForce(const v1::SigningKey& key, const v1::DeliveredEvent& event, bool is_later) {
  if (!event.has_accepted_at()) return true;
  const std::int64_t accepted_ms = Milliseconds(event.accepted_at());
  if (!is_later && accepted_ms < Milliseconds(key.valid_from())) return false;
  if (accepted_ms >= Milliseconds(key.valid_until())) return false;
  return !key.has_revoked_at() || accepted_ms < Milliseconds(key.revoked_at());
}

}  // namespace

OriginatorCheck CheckOriginator(const v1::DeliveredEvent& event, const OriginatorKeys& known) {
  if (!event.has_signature()) return {};
  bool is_later = false;
  std::string wrong = "nothing is signed at this level";
  if (event.level() == v1::LEVEL_FULL) wrong = CheckFull(event, known);
  if (event.level() == v1::LEVEL_TEAR_LINE) wrong = CheckTearLine(event, known, is_later);
  if (event.level() == v1::LEVEL_POINTER) wrong = CheckPointer(event, known);
  if (!wrong.empty()) return Otherwise(wrong);

  const v1::Envelope& envelope = event.signature().envelope();
  const std::string message = PreAuthentication(envelope.payload_type(), envelope.payload());
  OriginatorCheck check;
  check.standing = Signed::kKeyUnknown;
  check.sentence = "no key known of " + event.originating_agency() + " signed it";
  for (const v1::SigningKey& key : known.keys) {
    if (key.agency() != event.originating_agency() || !IsFitKey(key.public_key()) ||
        !SignedBy(key.public_key(), message, envelope.signatures(0).sig())) {
      continue;
    }
    if (!WasInForce(key, event, is_later)) {
      return Otherwise("the key that signed it was not in force when it was accepted");
    }
    check.standing = Signed::kVerified;
    check.sentence.clear();
    check.agency = key.agency();
    check.key_id = Hex(Bytes(Sha256(key.public_key())));
    check.compromised = key.revoked_because() == v1::SIGNING_KEY_END_COMPROMISED;
    return check;
  }
  return check;
}

}  // namespace tearline::verifier
