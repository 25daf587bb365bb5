#include "clients/signing/check_item.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "clients/verifier/ed25519.h"
#include "clients/verifier/statement.h"
#include "clients/verifier/tree.h"

namespace tearline::signing {
namespace {

absl::Status Otherwise(const std::string& sentence) { return absl::DataLossError(sentence); }

/// SHA-256 of the key that signed an envelope; "" if none of these did.
std::string SignerOf(const v1::Envelope& envelope, const std::string& agency,
                     const std::vector<v1::SigningKey>& keys) {
  const std::string message =
      verifier::PreAuthentication(envelope.payload_type(), envelope.payload());
  for (const v1::SigningKey& key : keys) {
    if (key.agency() == agency && verifier::IsFitKey(key.public_key()) &&
        verifier::SignedBy(key.public_key(), message, envelope.signatures(0).sig())) {
      return verifier::Bytes(verifier::Sha256(key.public_key()));
    }
  }
  return "";
}

/// No digest tells where its salt ends, and no statement holds a time that cannot be read.
bool IsReadable(const v1::Event& event) {
  const auto is_salt = [](const std::string& salt) { return salt.size() == verifier::kSaltBytes; };
  const v1::EventSignature& signature = event.signature();
  return verifier::Milliseconds(event.occurred_at()) &&
         verifier::Milliseconds(event.published_at()) && is_salt(signature.salt()) &&
         is_salt(signature.about_salt()) &&
         std::all_of(event.segments().begin(), event.segments().end(),
                     [&](const v1::Segment& segment) { return is_salt(segment.salt()); }) &&
         std::all_of(event.tear_lines().begin(), event.tear_lines().end(),
                     [&](const v1::TearLine& line) { return is_salt(line.signature().salt()); });
}

bool Same(const google::protobuf::MessageLite& left, const google::protobuf::MessageLite& right) {
  return left.SerializeAsString() == right.SerializeAsString();
}

absl::Status CheckManifest(const Speaker& speaker, const v1::PublishItem& item) {
  const v1::Event& event = item.event();
  const auto said = verifier::ReadStatement<v1::EventManifest>(event.signature().manifest(),
                                                               verifier::kManifestType);
  if (!said) return Otherwise("it carries no manifest that reads");
  v1::EventManifest is = ManifestOf(speaker, item);
  *is.mutable_segments() = said->segments();
  if (!Same(is, *said)) return Otherwise("its manifest says something else of it");
  if (said->segments_size() != verifier::kManifestSegments) {
    return Otherwise("a manifest has eight digests of segments");
  }
  for (const v1::Segment& segment : event.segments()) {
    if (std::find(said->segments().begin(), said->segments().end(), DigestOf(segment)) ==
        said->segments().end()) {
      return Otherwise("a segment is none of those that its manifest names");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckTearLine(const Speaker& speaker, const v1::PublishItem& item,
                           const v1::TearLine& tear_line) {
  const auto said = verifier::ReadStatement<v1::TearLineStatement>(tear_line.signature().envelope(),
                                                                   verifier::kTearLineType);
  v1::TearLineStatement is = TearLineStatementOf(speaker, item.event(), tear_line);
  is.set_publication(PublicationDigest(item));
  if (said && Same(is, *said)) return absl::OkStatus();
  return Otherwise("a tear-line's statement says something else of it");
}

absl::Status CheckPointer(const Speaker& speaker, const v1::PublishItem& item) {
  const auto said = verifier::ReadStatement<v1::PointerStatement>(
      item.event().signature().pointer(), verifier::kPointerType);
  if (said && Same(PointerStatementOf(speaker, item), *said)) return absl::OkStatus();
  return Otherwise("its pointer's statement says something else of it");
}

absl::StatusOr<std::string> SignerOrRefusal(const v1::Envelope& envelope, const std::string& agency,
                                            const std::vector<v1::SigningKey>& keys) {
  std::string key_id = SignerOf(envelope, agency, keys);
  if (key_id.empty()) return Otherwise("no key given of that agency signed it");
  return key_id;
}

/// A tear-line that an amendment writes, if it is signed.
absl::Status CheckWritten(const Speaker& speaker, const std::string& event_id,
                          const std::vector<v1::SigningKey>& keys, const v1::TearLine& tear_line) {
  if (!tear_line.has_signature()) return absl::OkStatus();
  const v1::TearLineSignature& signature = tear_line.signature();
  const auto said =
      verifier::ReadStatement<v1::TearLineStatement>(signature.envelope(), verifier::kTearLineType);
  if (!said || signature.salt().size() != verifier::kSaltBytes) {
    return Otherwise("a tear-line carries no statement that reads");
  }
  v1::TearLineStatement is = *said;
  is.set_log_origin(speaker.log_origin);
  is.clear_publication();
  is.set_event_id(event_id);
  is.set_originating_agency(speaker.agency);
  *is.mutable_marking() = tear_line.marking();
  is.set_text_digest(verifier::TextDigest(signature.salt(), tear_line.text()));
  if (!Same(is, *said)) return Otherwise("a tear-line's statement says something else of it");
  return SignerOrRefusal(signature.envelope(), speaker.agency, keys).status();
}

}  // namespace

absl::StatusOr<std::string> CheckItem(const Speaker& speaker,
                                      const std::vector<v1::SigningKey>& keys,
                                      const v1::PublishItem& item) {
  const v1::Event& event = item.event();
  if (!item.originating_agency().empty() && item.originating_agency() != speaker.agency) {
    return Otherwise("it originates from another agency");
  }
  if (!IsReadable(event)) return Otherwise("it must have its salts, of 16 bytes, and sound times");
  absl::Status status = CheckManifest(speaker, item);
  std::vector<const v1::Envelope*> others;
  for (const v1::TearLine& tear_line : event.tear_lines()) {
    status.Update(CheckTearLine(speaker, item, tear_line));
    others.push_back(&tear_line.signature().envelope());
  }
  if (event.signature().has_pointer()) {
    status.Update(CheckPointer(speaker, item));
    others.push_back(&event.signature().pointer());
  }
  if (!status.ok()) return status;
  for (const v1::Envelope* envelope : others) {
    if (SignerOf(*envelope, speaker.agency, keys).empty()) {
      return Otherwise("no key given of that agency signed a tear-line or the pointer");
    }
  }
  std::string key_id = SignerOf(event.signature().manifest(), speaker.agency, keys);
  if (key_id.empty()) return Otherwise("no key given of that agency signed its manifest");
  return key_id;
}

absl::StatusOr<std::string> CheckWithdrawal(const Speaker& speaker,
                                            const std::vector<v1::SigningKey>& keys,
                                            const v1::WithdrawEventRequest& request) {
  const auto said = verifier::ReadStatement<v1::WithdrawalStatement>(request.signature(),
                                                                     verifier::kWithdrawalType);
  if (!said) return Otherwise("it carries no statement of a withdrawal that reads");
  v1::WithdrawalStatement is = WithdrawalStatementOf(speaker, request.event_id(), request.reason());
  is.set_signed_ms(said->signed_ms());
  if (!Same(is, *said)) return Otherwise("its statement says something else of it");
  return SignerOrRefusal(request.signature(), speaker.agency, keys);
}

absl::StatusOr<std::string> CheckAmendment(const Speaker& speaker,
                                           const std::vector<v1::SigningKey>& keys,
                                           const v1::AmendEventRequest& request) {
  const v1::EventAmendment& amendment = request.amendment();
  const v1::AmendmentSignature& signature = amendment.signature();
  const auto said = verifier::ReadStatement<v1::AmendmentStatement>(signature.envelope(),
                                                                    verifier::kAmendmentType);
  if (!said) return Otherwise("it carries no statement of an amendment that reads");
  if (signature.salt().size() != verifier::kSaltBytes) {
    return Otherwise("it must have its salt, of 16 bytes");
  }
  v1::AmendmentStatement is = AmendmentStatementOf(speaker, request.event_id(), amendment);
  is.set_signed_ms(said->signed_ms());
  if (!Same(is, *said)) return Otherwise("its statement says something else of it");
  for (const v1::TearLine& tear_line : amendment.tear_lines()) {
    const absl::Status status = CheckWritten(speaker, request.event_id(), keys, tear_line);
    if (!status.ok()) return status;
  }
  if (signature.has_pointer()) {
    const auto pointer =
        verifier::ReadStatement<v1::PointerStatement>(signature.pointer(), verifier::kPointerType);
    if (!pointer ||
        !Same(PointerStatementOf(speaker, request.event_id(), amendment.terms()), *pointer)) {
      return Otherwise("its pointer's statement says something else of it");
    }
    const auto signer = SignerOrRefusal(signature.pointer(), speaker.agency, keys);
    if (!signer.ok()) return signer.status();
  }
  return SignerOrRefusal(signature.envelope(), speaker.agency, keys);
}

}  // namespace tearline::signing
