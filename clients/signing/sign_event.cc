#include "clients/signing/sign_event.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "clients/verifier/statement.h"
#include "tearline/v1/manifest.pb.h"

namespace tearline::signing {
namespace {

/// The digest of each segment, and as many that are of none as make eight: in order of their bytes,
/// so that nothing tells which is which.
std::vector<std::string> Eight(const v1::PublishItem& item, const SigningKey& key) {
  std::vector<std::string> digests;
  for (const v1::Segment& segment : item.event().segments()) {
    digests.push_back(DigestOf(segment));
  }
  while (digests.size() < verifier::kManifestSegments) {
    digests.push_back(
        key.Drawn(item.request_id(), "none", static_cast<std::uint32_t>(digests.size())));
  }
  std::sort(digests.begin(), digests.end());
  return digests;
}

void DrawSalts(const SigningKey& key, v1::PublishItem& item) {
  const std::string request_id = item.request_id();
  const auto salt = [&key, &request_id](std::string_view name, int number) {
    return key.Drawn(request_id, name, static_cast<std::uint32_t>(number))
        .substr(0, verifier::kSaltBytes);
  };
  v1::Event& event = *item.mutable_event();
  event.mutable_signature()->set_salt(salt("event", 0));
  event.mutable_signature()->set_about_salt(salt("about", 0));
  for (int i = 0; i < event.segments_size(); ++i) {
    event.mutable_segments(i)->set_salt(salt("segment", i));
  }
  for (int i = 0; i < event.tear_lines_size(); ++i) {
    event.mutable_tear_lines(i)->mutable_signature()->set_salt(salt("tear-line", i));
  }
}

}  // namespace

void SignItem(const Speaker& speaker, const SigningKey& key, v1::PublishItem& item) {
  v1::Event& event = *item.mutable_event();
  event.clear_signature();
  DrawSalts(key, item);
  v1::EventManifest manifest = ManifestOf(speaker, item);
  for (std::string& digest : Eight(item, key)) manifest.add_segments(std::move(digest));
  *event.mutable_signature()->mutable_manifest() =
      key.Sign(verifier::kManifestType, manifest.SerializeAsString());

  for (v1::TearLine& tear_line : *event.mutable_tear_lines()) {
    v1::TearLineStatement statement = TearLineStatementOf(speaker, event, tear_line);
    statement.set_publication(PublicationDigest(item));
    *tear_line.mutable_signature()->mutable_envelope() =
        key.Sign(verifier::kTearLineType, statement.SerializeAsString());
  }
  if (!event.label().holder_may_be_named() || event.label().pointer_post().empty()) return;
  *event.mutable_signature()->mutable_pointer() =
      key.Sign(verifier::kPointerType, PointerStatementOf(speaker, item).SerializeAsString());
}

void SignLaterTearLine(const Speaker& speaker, const SigningKey& key, const v1::Event& event,
                       const std::string& event_id, std::uint32_t number, v1::TearLine& tear_line) {
  const std::string salt = key.Drawn(event_id + tear_line.text(), "later tear-line", number);
  tear_line.mutable_signature()->set_salt(salt.substr(0, verifier::kSaltBytes));
  v1::TearLineStatement statement = TearLineStatementOf(speaker, event, tear_line);
  statement.set_event_id(event_id);
  *tear_line.mutable_signature()->mutable_envelope() =
      key.Sign(verifier::kTearLineType, statement.SerializeAsString());
}

v1::Envelope SignWithdrawal(const Speaker& speaker, const SigningKey& key,
                            const std::string& event_id, v1::WithdrawalReason reason,
                            std::int64_t signed_ms) {
  v1::WithdrawalStatement statement = WithdrawalStatementOf(speaker, event_id, reason);
  statement.set_signed_ms(signed_ms);
  return key.Sign(verifier::kWithdrawalType, statement.SerializeAsString());
}

void SignAmendment(const Speaker& speaker, const SigningKey& key, const std::string& event_id,
                   std::int64_t signed_ms, v1::EventAmendment& amendment) {
  amendment.clear_signature();
  // Each amendment of an event is signed at another time.
  const std::string salt = key.Drawn(event_id + std::to_string(signed_ms), "amendment", 0);
  v1::AmendmentSignature& signature = *amendment.mutable_signature();
  signature.set_salt(salt.substr(0, verifier::kSaltBytes));
  v1::AmendmentStatement statement = AmendmentStatementOf(speaker, event_id, amendment);
  statement.set_signed_ms(signed_ms);
  *signature.mutable_envelope() = key.Sign(verifier::kAmendmentType, statement.SerializeAsString());
  const v1::ReleaseTerms& terms = amendment.terms();
  if (!terms.holder_may_be_named() || terms.pointer_post().empty()) return;
  *signature.mutable_pointer() = key.Sign(
      verifier::kPointerType, PointerStatementOf(speaker, event_id, terms).SerializeAsString());
}

v1::Envelope ProveKey(const Speaker& speaker, const SigningKey& key) {
  v1::KeyEnrolment enrolment;
  enrolment.set_log_origin(speaker.log_origin);
  enrolment.set_agency(speaker.agency);
  enrolment.set_public_key(key.PublicKey());
  return key.Sign(verifier::kEnrolmentType, enrolment.SerializeAsString());
}

}  // namespace tearline::signing
