#include "broker/sequencer/check_signed.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "broker/crypto/digest.h"
#include "broker/crypto/dsse.h"
#include "broker/crypto/signer.h"
#include "broker/machine/signing_key.h"
#include "broker/model/ids.h"
#include "broker/model/limits.h"
#include "broker/sequencer/seal_places.h"
#include "broker/sequencer/statements.h"

namespace tearline::sequencer {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;
using stored::v1::OriginatorSignature;
using stored::v1::SigningKeyRow;

constexpr int kManifestSegments = 8;
static_assert(kManifestSegments == model::kEventSegmentsMax, "every segment has its digest");

Status Field(const std::string& sentence) {
  return Refuse(v1::ERROR_REASON_FIELD_INVALID, sentence);
}

Status Invalid(const std::string& sentence) {
  return Refuse(v1::ERROR_REASON_SIGNATURE_INVALID, sentence);
}

Status Otherwise(const std::string& path, std::string_view field, const char* what) {
  return Refuse(v1::ERROR_REASON_SIGNED_OTHERWISE,
                "`" + path + "`: the statement's `" + std::string(field) + "` must be " + what);
}

Status CheckSalt(const std::string& salt, const std::string& path) {
  if (salt.size() == kSaltBytes) return {};
  return Field("`" + path + "` must be 16 bytes, drawn by chance");
}

Status CheckEnvelope(const v1::Envelope& envelope, std::string_view type, const std::string& path) {
  if (envelope.payload().size() > model::kSignedStatementBytesMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED,
                  "`" + path + ".payload` is " + std::to_string(envelope.payload().size()) +
                      " bytes; at most " + std::to_string(model::kSignedStatementBytesMax));
  }
  if (envelope.payload_type() != type) {
    return Invalid("`" + path + ".payload_type` must be " + std::string(type));
  }
  if (envelope.signatures_size() != 1) {
    return Invalid("`" + path + ".signatures` must be exactly one");
  }
  return {};
}

bool Fits(const SigningKeyRow& key, const std::string& message, const std::string& signature) {
  return crypto::VerifyEd25519(key.public_key(), message, signature);
}

/// The key that signed. `keyid` only says which to try first, and which refusal helps most.
Result<OriginatorSignature> Verify(const v1::Envelope& envelope, std::string_view type,
                                   const std::string& path, const Originator& originator) {
  const std::string message = crypto::PreAuthentication(type, envelope.payload());
  const std::string& signature = envelope.signatures(0).sig();
  const std::string& hint = envelope.signatures(0).keyid();
  const SigningKeyRow* named = nullptr;
  std::vector<const SigningKeyRow*> in_force;
  for (const SigningKeyRow& key : originator.keys) {
    const bool is_named = crypto::Sha256(key.public_key()).Hex() == hint;
    if (is_named) named = &key;
    if (!machine::IsInForce(key, originator.now_ms)) continue;
    in_force.insert(is_named ? in_force.begin() : in_force.end(), &key);
  }
  for (const SigningKeyRow* key : in_force) {
    if (!Fits(*key, message, signature)) continue;
    OriginatorSignature kept;
    kept.set_payload(envelope.payload());
    kept.set_key_id(crypto::Sha256(key->public_key()).Bytes());
    kept.set_signature(signature);
    return kept;
  }
  if (named == nullptr) {
    return Refuse(v1::ERROR_REASON_SIGNING_KEY_UNKNOWN,
                  "`" + path +
                      "` must be signed by a key that is enrolled for the originating "
                      "agency, and in force");
  }
  if (!machine::IsInForce(*named, originator.now_ms) && Fits(*named, message, signature)) {
    return Refuse(v1::ERROR_REASON_SIGNING_KEY_ENDED,
                  "`" + path + "` is signed by a key that has ended; sign with one in force");
  }
  return Invalid("`" + path + "` must hold the named key's signature over these very bytes");
}

/// The first field in which a statement says other than what was sent. Bytes that no field of ours
/// holds are a difference, too.
template <typename Statement>
Status CheckSays(const Statement& said, const Statement& sent, const std::string& path) {
  const google::protobuf::Descriptor& fields = *Statement::descriptor();
  for (int i = 0; i < fields.field_count(); ++i) {
    const FieldDescriptor* const field = fields.field(i);
    if (!MessageDifferencer().CompareWithFields(said, sent, {field}, {field})) {
      return Otherwise(path, field->name(), "what was sent");
    }
  }
  if (said.SerializeAsString() == sent.SerializeAsString()) return {};
  return Refuse(v1::ERROR_REASON_SIGNED_OTHERWISE,
                "`" + path + "`: the statement must hold no field that is not told of here");
}

template <typename Statement>
Result<Statement> Read(const v1::Envelope& envelope, std::string_view type,
                       const std::string& path) {
  TEARLINE_RETURN_IF_REFUSED(CheckEnvelope(envelope, type, path));
  Statement statement;
  if (statement.ParseFromString(envelope.payload())) return statement;
  return Invalid("`" + path + ".payload` must be a " +
                 std::string(Statement::descriptor()->name()));
}

/// A statement that must say `sent`, and who signed it.
template <typename Statement>
Result<OriginatorSignature> CheckStatement(const v1::Envelope& envelope, std::string_view type,
                                           const std::string& path, const Statement& sent,
                                           const Originator& originator) {
  const Result<Statement> said = Read<Statement>(envelope, type, path);
  if (!said.ok()) return said.status();
  TEARLINE_RETURN_IF_REFUSED(CheckSays(*said, sent, path));
  return Verify(envelope, type, path, originator);
}

/// Always eight digests, rising, among them every segment's: neither how many segments there are
/// nor where one stands can be seen.
Status CheckSegments(const v1::EventManifest& said, const v1::Event& event,
                     const std::string& path) {
  const auto& digests = said.segments();
  const bool whole = said.segments_size() == kManifestSegments &&
                     std::all_of(digests.begin(), digests.end(), [](const std::string& digest) {
                       return digest.size() == crypto::Digest::kBytes;
                     });
  const bool rising =
      std::adjacent_find(digests.begin(), digests.end(), std::greater_equal<>()) == digests.end();
  if (!whole || !rising) return Otherwise(path, "segments", "8 digests of 32 bytes, rising");
  for (const v1::Segment& segment : event.segments()) {
    if (!std::binary_search(digests.begin(), digests.end(), SegmentDigest(segment))) {
      return Otherwise(path, "segments", "among them the digest of every segment sent");
    }
  }
  return {};
}

/// Salts of one item, by where they stand. A salt goes out with what it is of: whoever was told one
/// part could guess at another that has the same.
class SaltsOfItem {
 public:
  /// Refuses: FIELD_INVALID one that is not 16 bytes, or that came before.
  Status Add(const std::string& salt, const std::string& path) {
    TEARLINE_RETURN_IF_REFUSED(CheckSalt(salt, path));
    const auto [first, is_new] = paths_.emplace(salt, path);
    if (is_new) return {};
    return Field("`" + path + "` must not repeat `" + first->second +
                 "`; draw every salt by chance");
  }

 private:
  std::map<std::string, std::string> paths_;
};

std::string TearLinePath(const char* what, int place) {
  return std::string(what) + ".tear_lines[" + std::to_string(place) + "].signature";
}

template <typename TearLines>
Status AddSalts(const TearLines& tear_lines, const char* what, SaltsOfItem& salts) {
  for (int i = 0; i < tear_lines.size(); ++i) {
    if (!tear_lines.Get(i).has_signature()) continue;
    TEARLINE_RETURN_IF_REFUSED(
        salts.Add(tear_lines.Get(i).signature().salt(), TearLinePath(what, i) + ".salt"));
  }
  return {};
}

Status CheckSalts(const v1::Event& event) {
  const bool is_signed = event.has_signature();
  SaltsOfItem salts;
  for (int i = 0; i < event.segments_size(); ++i) {
    const std::string path = "event.segments[" + std::to_string(i) + "].salt";
    if (is_signed) {
      TEARLINE_RETURN_IF_REFUSED(salts.Add(event.segments(i).salt(), path));
    } else if (!event.segments(i).salt().empty()) {
      return Field("`" + path + "` goes only with `event.signature`");
    }
  }
  if (!is_signed) return {};
  const v1::EventSignature& signature = event.signature();
  TEARLINE_RETURN_IF_REFUSED(salts.Add(signature.salt(), "event.signature.salt"));
  TEARLINE_RETURN_IF_REFUSED(salts.Add(signature.about_salt(), "event.signature.about_salt"));
  return AddSalts(event.tear_lines(), "event", salts);
}

Result<OriginatorSignature> CheckManifest(const v1::PublishItem& item,
                                          const stored::v1::Publish& publish,
                                          const Originator& originator) {
  const std::string path = "event.signature.manifest";
  const v1::Envelope& envelope = item.event().signature().manifest();
  const auto said = Read<v1::EventManifest>(envelope, machine::kManifestType, path);
  if (!said.ok()) return said.status();
  TEARLINE_RETURN_IF_REFUSED(CheckSegments(*said, item.event(), path));
  v1::EventManifest sent = ManifestOf(item, publish, originator.log_origin);
  *sent.mutable_segments() = said->segments();
  TEARLINE_RETURN_IF_REFUSED(CheckSays(*said, sent, path));
  return Verify(envelope, machine::kManifestType, path, originator);
}

Result<stored::v1::SignedEvent> CheckEvent(const v1::PublishItem& item,
                                           const stored::v1::Publish& publish,
                                           const Originator& originator) {
  const v1::EventSignature& sent = item.event().signature();
  stored::v1::SignedEvent kept;
  Result<OriginatorSignature> manifest = CheckManifest(item, publish, originator);
  if (!manifest.ok()) return manifest.status();
  *kept.mutable_manifest() = *std::move(manifest);
  kept.set_salt(sent.salt());
  if (!sent.has_pointer()) return kept;
  if (!publish.label().holder_may_be_named() || publish.label().pointer_post().empty()) {
    return Field(
        "`event.signature.pointer` goes only where `event.label` names a pointer post, and "
        "says that the holder may be named");
  }
  const std::string publication = PublicationDigest(sent.salt(), item.request_id());
  Result<OriginatorSignature> pointer =
      CheckStatement(sent.pointer(), machine::kPointerType, "event.signature.pointer",
                     PointerStatementOf(publish, publish.label().pointer_post(), publication,
                                        originator.log_origin),
                     originator);
  if (!pointer.ok()) return pointer.status();
  *kept.mutable_pointer() = *std::move(pointer);
  return kept;
}

Status Missing(const std::string& path) {
  return Refuse(
      v1::ERROR_REASON_SIGNATURE_REQUIRED,
      "`" + path + "` is required: the directory says that what this agency originates is signed");
}

/// A statement that changes an event: `sent` says all of it but when it was signed.
template <typename Statement>
Result<VerifiedChange> CheckChange(const v1::Envelope& envelope, std::string_view type,
                                   const std::string& path, Statement sent,
                                   const Originator& originator) {
  const Result<Statement> said = Read<Statement>(envelope, type, path);
  if (!said.ok()) return said.status();
  sent.set_signed_ms(said->signed_ms());
  TEARLINE_RETURN_IF_REFUSED(CheckSays(*said, sent, path));
  Result<OriginatorSignature> kept = Verify(envelope, type, path, originator);
  if (!kept.ok()) return kept.status();
  return VerifiedChange{*std::move(kept), said->signed_ms()};
}

/// A pointer under terms that are amended.
Result<OriginatorSignature> CheckLaterPointer(const v1::EventAmendment& amendment,
                                              const stored::v1::Publish& publish,
                                              const Originator& originator) {
  const v1::ReleaseTerms& terms = amendment.terms();
  if (!terms.holder_may_be_named() || terms.pointer_post().empty()) {
    return Field(
        "`amendment.signature.pointer` goes only where `amendment.terms` names a pointer post, and "
        "says that the holder may be named");
  }
  v1::PointerStatement sent =
      PointerStatementOf(publish, terms.pointer_post(), /*publication=*/"", originator.log_origin);
  sent.set_event_id(model::EventId::FromBytes(publish.event_id())->Text());
  return CheckStatement(amendment.signature().pointer(), machine::kPointerType,
                        "amendment.signature.pointer", sent, originator);
}

/// One tear-line; nothing if it is not signed and need not be.
Result<std::optional<OriginatorSignature>> CheckTearLine(const v1::TearLine& tear_line,
                                                         const v1::TearLineStatement& sent,
                                                         const std::string& path,
                                                         const Originator& originator) {
  if (!tear_line.has_signature()) {
    if (!originator.required) return std::optional<OriginatorSignature>();
    return Missing(path);
  }
  Result<OriginatorSignature> kept =
      CheckStatement(tear_line.signature().envelope(), machine::kTearLineType, path + ".envelope",
                     sent, originator);
  if (!kept.ok()) return kept.status();
  return std::optional<OriginatorSignature>(*std::move(kept));
}

}  // namespace

Originator OriginatorOf(const std::string& agency, const state::Reader& view, std::int64_t now_ms) {
  Originator originator;
  const auto ledger = view.See<stored::v1::LedgerRow>(state::Key(state::Table::kLedger));
  if (ledger) originator.log_origin = ledger->log_origin();
  originator.required = machine::RequiresSignatures(agency, view);
  originator.keys = machine::SigningKeysOf(agency, view);
  originator.now_ms = now_ms;
  return originator;
}

Result<Verified> CheckSigned(const v1::PublishItem& item, const stored::v1::Publish& publish,
                             const Originator& originator) {
  const v1::Event& event = item.event();
  TEARLINE_RETURN_IF_REFUSED(CheckSalts(event));
  Verified verified;
  std::string publication;
  if (event.has_signature()) {
    Result<stored::v1::SignedEvent> kept = CheckEvent(item, publish, originator);
    if (!kept.ok()) return kept.status();
    verified.event = *std::move(kept);
    publication = PublicationDigest(event.signature().salt(), item.request_id());
  } else if (originator.required) {
    return Missing("event.signature");
  }
  for (int i = 0; i < event.tear_lines_size(); ++i) {
    const v1::TearLine& tear_line = event.tear_lines(i);
    const std::string path = TearLinePath("event", i);
    if (tear_line.has_signature() && !event.has_signature()) {
      return Field("`" + path + "` goes only with `event.signature`");
    }
    auto kept = CheckTearLine(
        tear_line, TearLineStatementOf(tear_line, publish, publication, originator.log_origin),
        path, originator);
    if (!kept.ok()) return kept.status();
    verified.tear_lines.push_back(*std::move(kept));
  }
  return verified;
}

Result<VerifiedAmendment> CheckSigned(const v1::EventAmendment& amendment,
                                      const stored::v1::Publish& publish,
                                      const Originator& originator) {
  SaltsOfItem salts;
  TEARLINE_RETURN_IF_REFUSED(AddSalts(amendment.tear_lines(), "amendment", salts));
  VerifiedAmendment verified;
  for (int i = 0; i < amendment.tear_lines_size(); ++i) {
    const v1::TearLine& tear_line = amendment.tear_lines(i);
    v1::TearLineStatement sent =
        TearLineStatementOf(tear_line, publish, /*publication=*/"", originator.log_origin);
    sent.set_event_id(model::EventId::FromBytes(publish.event_id())->Text());
    auto kept = CheckTearLine(tear_line, sent, TearLinePath("amendment", i), originator);
    if (!kept.ok()) return kept.status();
    verified.tear_lines.push_back(*std::move(kept));
  }
  if (!amendment.has_signature()) {
    if (originator.required) return Missing("amendment.signature");
    return verified;
  }
  const v1::AmendmentSignature& signature = amendment.signature();
  TEARLINE_RETURN_IF_REFUSED(salts.Add(signature.salt(), "amendment.signature.salt"));
  Result<VerifiedChange> change =
      CheckChange(signature.envelope(), machine::kAmendmentType, "amendment.signature.envelope",
                  AmendmentStatementOf(amendment, publish, originator.log_origin), originator);
  if (!change.ok()) return change.status();
  verified.change = *std::move(change);
  if (!signature.has_pointer()) return verified;
  Result<OriginatorSignature> pointer = CheckLaterPointer(amendment, publish, originator);
  if (!pointer.ok()) return pointer.status();
  verified.pointer = *std::move(pointer);
  return verified;
}

Result<std::optional<VerifiedChange>> CheckSigned(const v1::WithdrawEventRequest& request,
                                                  const stored::v1::Publish& publish,
                                                  const Originator& originator) {
  if (!request.has_signature()) {
    if (originator.required) return Missing("signature");
    return std::optional<VerifiedChange>();
  }
  Result<VerifiedChange> change = CheckChange(
      request.signature(), machine::kWithdrawalType, "signature",
      WithdrawalStatementOf(request.reason(), publish, originator.log_origin), originator);
  if (!change.ok()) return change.status();
  return std::optional<VerifiedChange>(*std::move(change));
}

std::string SealedPartOf(const v1::TearLine& tear_line) {
  return tear_line.has_signature() ? tear_line.signature().salt() + tear_line.text()
                                   : tear_line.text();
}

}  // namespace tearline::sequencer
