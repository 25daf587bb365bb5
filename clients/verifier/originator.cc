#include "clients/verifier/originator.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "clients/verifier/base64.h"
#include "clients/verifier/ed25519.h"
#include "clients/verifier/statement.h"
#include "clients/verifier/tree.h"

namespace tearline::verifier {
namespace {

/// How long before it is recorded, and after, a withdrawal may be signed.
constexpr std::int64_t kSignedBeforeMs = 24 * 3'600'000;
constexpr std::int64_t kSignedAheadMs = 600'000;

OriginatorCheck Otherwise(std::string sentence) {
  OriginatorCheck check;
  check.standing = Signed::kOtherwise;
  check.sentence = std::move(sentence);
  return check;
}

OriginatorCheck NotSigned(const v1::DeliveredEvent& event, bool demanded) {
  OriginatorCheck check;
  if (demanded && event.level() != v1::LEVEL_POINTER) {
    check.sentence =
        "it carries no signature, and " + event.originating_agency() + " signs what it originates";
  }
  return check;
}

OriginatorCheck KeyUnknown(const std::string& agency) {
  OriginatorCheck check;
  check.standing = Signed::kKeyUnknown;
  check.sentence = "no key known of " + agency + " signed it";
  return check;
}

/// Whether a field may be told at a level, as the comments of DeliveredEvent have it.
bool IsToldAt(v1::Level level, int field) {
  using Event = v1::DeliveredEvent;
  switch (field) {
    case Event::kEventTypeFieldNumber:
    case Event::kOriginatingPostFieldNumber:
    case Event::kOccurredAtFieldNumber:
    case Event::kOccurredQualityFieldNumber:
    case Event::kMarkingFieldNumber:
      return level != v1::LEVEL_POINTER;
    case Event::kGradingFieldNumber:
    case Event::kFactsFieldNumber:
    case Event::kSegmentsFieldNumber:
      return level == v1::LEVEL_FULL;
    case Event::kTearLineFieldNumber:
      return level == v1::LEVEL_TEAR_LINE;
    case Event::kAskPostFieldNumber:
      return level == v1::LEVEL_POINTER;
    default:
      return true;  // At every level, or the broker's own word.
  }
}

/// What no statement of its level would cover, and whoever reads it would take for signed.
std::string FindMisplaced(const v1::DeliveredEvent& event) {
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  event.GetReflection()->ListFields(event, &fields);
  for (const google::protobuf::FieldDescriptor* field : fields) {
    if (IsToldAt(event.level(), field->number())) continue;
    return "`" + std::string(field->name()) + "` is not told at this level";
  }
  if (event.has_composite() &&
      (event.level() != v1::LEVEL_FULL || event.originating_agency() != "broker" ||
       event.has_signature() || !event.segments().empty())) {
    return "`composite` is told in full only, of what the broker made, which nobody signs";
  }
  const bool may_have_salt = event.level() == v1::LEVEL_TEAR_LINE && !event.erased();
  if (!may_have_salt && !event.signature().salt().empty()) {
    return "`signature.salt` is told only with a tear-line's text";
  }
  if (event.erased() && !event.tear_line().empty()) return "what was erased has no text";
  return "";
}

std::string FindBadTime(const v1::DeliveredEvent& event) {
  if (!Milliseconds(event.occurred_at()) || !Milliseconds(event.accepted_at())) {
    return "a time lies outside the years 1 to 9999";
  }
  if (event.occurred_at().nanos() % 1'000'000 != 0) return "a time is signed in whole ms";
  if (event.level() == v1::LEVEL_POINTER || event.has_accepted_at()) return "";
  return "it must say when it was accepted";
}

/// Fills in what the delivery shows in place of what the statement says of the same.
template <typename Statement>
void ShowCircumstances(const v1::DeliveredEvent& event, const OriginatorKeys& known,
                       Statement& shown) {
  shown.set_log_origin(known.log_origin);
  shown.set_originating_agency(event.originating_agency());
  shown.set_originating_post(event.originating_post());
  shown.set_event_type(event.event_type());
  shown.set_occurred_ms(Milliseconds(event.occurred_at()).value_or(0));
  shown.set_occurred_quality(event.occurred_quality());
  shown.clear_marking();
  if (event.has_marking()) *shown.mutable_marking() = event.marking();
}

bool Same(const google::protobuf::MessageLite& left, const google::protobuf::MessageLite& right) {
  return left.SerializeAsString() == right.SerializeAsString();
}

std::string CheckFull(const v1::DeliveredEvent& event, const OriginatorKeys& known) {
  const auto said = ReadStatement<v1::EventManifest>(event.signature().envelope(), kManifestType);
  if (!said) return "the signature must be of an event's manifest, and of nothing more";
  v1::EventManifest shown = *said;
  ShowCircumstances(event, known, shown);
  shown.clear_grading();
  if (event.has_grading()) *shown.mutable_grading() = event.grading();
  shown.clear_facts();
  if (event.facts().ByteSizeLong() > 0) *shown.mutable_facts() = event.facts();
  if (!Same(shown, *said)) return "its circumstances are not those that were signed";
  if (said->segments_size() != kManifestSegments) return "a manifest has eight digests of segments";
  for (const v1::DeliveredSegment& segment : event.segments()) {
    if (segment.salt().size() != kSaltBytes) return "a segment's salt must be 16 bytes";
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
  const auto said =
      ReadStatement<v1::TearLineStatement>(event.signature().envelope(), kTearLineType);
  if (!said) return "the signature must be of a tear-line, and of nothing more";
  is_later = !said->event_id().empty();
  v1::TearLineStatement shown = *said;
  ShowCircumstances(event, known, shown);
  if (is_later) shown.set_event_id(event.event_id());
  if (!event.erased()) {
    if (event.signature().salt().size() != kSaltBytes) return "a tear-line's salt must be 16 bytes";
    shown.set_text_digest(TextDigest(event.signature().salt(), event.tear_line()));
  }
  return Same(shown, *said) ? "" : "the tear-line is not the one that was signed";
}

std::string CheckPointer(const v1::DeliveredEvent& event, const OriginatorKeys& known) {
  const auto said = ReadStatement<v1::PointerStatement>(event.signature().envelope(), kPointerType);
  if (!said) return "the signature must be of a pointer, and of nothing more";
  v1::PointerStatement shown = *said;
  shown.set_log_origin(known.log_origin);
  shown.set_originating_agency(event.originating_agency());
  shown.set_ask_post(event.ask_post());
  if (!said->event_id().empty()) shown.set_event_id(event.event_id());
  return Same(shown, *said) ? "" : "the pointer is not the one that was signed";
}

/// What the level's statement must say; sets `is_later` for a tear-line that came after its event.
std::string CheckLevel(const v1::DeliveredEvent& event, const OriginatorKeys& known,
                       bool& is_later) {
  switch (event.level()) {
    case v1::LEVEL_FULL:
      return CheckFull(event, known);
    case v1::LEVEL_TEAR_LINE:
      return CheckTearLine(event, known, is_later);
    case v1::LEVEL_POINTER:
      return CheckPointer(event, known);
    default:
      return "nothing is signed at this level";
  }
}

/// From when a key is in force, and until when: run out, without that moment; or revoked. What was
/// accepted in the very millisecond in which it was revoked came before that: nothing is accepted
/// by a key that is revoked.
struct Force {
  std::int64_t from_ms;
  std::int64_t until_ms;
  bool revoked;
};

std::optional<Force> ForceOf(const v1::SigningKey& key) {
  const auto from = Milliseconds(key.valid_from());
  const auto until = Milliseconds(key.valid_until());
  const auto revoked = Milliseconds(key.revoked_at());
  if (!from || !until || !revoked) return std::nullopt;
  const bool is_revoked = key.has_revoked_at() && *revoked < *until;
  return Force{*from, is_revoked ? *revoked : *until, is_revoked};
}

/// Whether what was signed by the key counts for an event accepted then; any time where it is not
/// told.
bool WasInForce(const Force& force, const v1::DeliveredEvent& event, bool is_later) {
  if (!event.has_accepted_at()) return true;
  const std::int64_t accepted_ms = Milliseconds(event.accepted_at()).value_or(0);
  const bool has_ended =
      accepted_ms > force.until_ms || (accepted_ms == force.until_ms && !force.revoked);
  return (is_later || accepted_ms >= force.from_ms) && !has_ended;
}

/// The key that signed; null if none known of that agency did.
const v1::SigningKey* SignerOf(const v1::Envelope& envelope, const std::string& agency,
                               const OriginatorKeys& known) {
  const std::string message = PreAuthentication(envelope.payload_type(), envelope.payload());
  for (const v1::SigningKey& key : known.keys) {
    if (key.agency() == agency && IsFitKey(key.public_key()) &&
        SignedBy(key.public_key(), message, envelope.signatures(0).sig())) {
      return &key;
    }
  }
  return nullptr;
}

OriginatorCheck Verified(const v1::SigningKey& key, const Force& force, bool time_told) {
  OriginatorCheck check;
  check.standing = Signed::kVerified;
  check.agency = key.agency();
  check.key_id = Hex(Bytes(Sha256(key.public_key())));
  check.compromised = key.revoked_because() == v1::SIGNING_KEY_END_COMPROMISED;
  check.time_told = time_told;
  check.key_until_ms = force.until_ms;
  return check;
}

}  // namespace

OriginatorCheck CheckOriginator(const v1::DeliveredEvent& event, const OriginatorKeys& known) {
  std::string wrong = FindMisplaced(event);
  if (!wrong.empty()) return Otherwise(wrong);
  if (!event.has_signature()) return NotSigned(event, known.demanded);
  // Not even which log it was for is known of an agency without keys: nothing to compare with.
  if (known.keys.empty()) return KeyUnknown(event.originating_agency());
  bool is_later = false;
  wrong = FindBadTime(event);
  if (wrong.empty()) wrong = CheckLevel(event, known, is_later);
  if (!wrong.empty()) return Otherwise(wrong);

  const v1::SigningKey* const key =
      SignerOf(event.signature().envelope(), event.originating_agency(), known);
  if (key == nullptr) return KeyUnknown(event.originating_agency());
  const std::optional<Force> force = ForceOf(*key);
  if (!force || !WasInForce(*force, event, is_later)) {
    return Otherwise("the key that signed it was not in force when it was accepted");
  }
  return Verified(*key, *force, event.has_accepted_at() && !is_later);
}

std::string WithdrawnBy(const v1::DeliveredAccessWithdrawn& notice) {
  const auto said = ReadStatement<v1::WithdrawalStatement>(notice.signature(), kWithdrawalType);
  return said ? said->originating_agency() : "";
}

OriginatorCheck CheckWithdrawn(const v1::DeliveredAccessWithdrawn& notice,
                               const OriginatorKeys& known) {
  if (!notice.has_signature()) return {};
  const auto said = ReadStatement<v1::WithdrawalStatement>(notice.signature(), kWithdrawalType);
  if (!said) return Otherwise("the signature must be of a withdrawal, and of nothing more");
  if (known.keys.empty()) return KeyUnknown(said->originating_agency());
  v1::WithdrawalStatement shown = *said;
  shown.set_log_origin(known.log_origin);
  shown.set_event_id(notice.event_id());
  shown.set_reason(notice.reason());
  if (!Same(shown, *said)) return Otherwise("the withdrawal is not the one that was signed");
  const v1::SigningKey* const key = SignerOf(notice.signature(), said->originating_agency(), known);
  if (key == nullptr) return KeyUnknown(said->originating_agency());
  const std::optional<Force> force = ForceOf(*key);
  // It was recorded at most ten minutes before its time, and at most a day after.
  const bool was_in_force = force && said->signed_ms() < force->until_ms + kSignedAheadMs &&
                            said->signed_ms() >= force->from_ms - kSignedBeforeMs;
  if (!was_in_force) return Otherwise("the key that signed it was not in force then");
  return Verified(*key, *force, /*time_told=*/false);
}

}  // namespace tearline::verifier
