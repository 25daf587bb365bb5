#include "clients/signing/sign_event.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "clients/verifier/statement.h"
#include "tearline/v1/manifest.pb.h"

namespace tearline::signing {
namespace {

constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kManifestSegments = 8;

std::int64_t Milliseconds(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1000 + time.nanos() / 1'000'000;
}

template <typename Statement>
void SayCircumstances(const Speaker& speaker, const v1::Event& event, Statement& statement) {
  statement.set_log_origin(speaker.log_origin);
  statement.set_originating_agency(speaker.agency);
  statement.set_originating_post(speaker.post);
  statement.set_event_type(event.event_type());
  statement.set_occurred_ms(Milliseconds(event.occurred_at()));
  statement.set_occurred_quality(event.occurred_quality());
}

std::string HandlingDigest(const v1::PublishItem& item) {
  const v1::Event& event = item.event();
  v1::SignedHandling handling;
  handling.set_urgency(event.urgency());
  *handling.mutable_label() = event.label();
  handling.set_published_ms(Milliseconds(event.published_at()));
  handling.set_imported(item.imported());
  for (const v1::Segment& segment : event.segments()) {
    *handling.add_scopes()->mutable_nominal_indexes() = segment.nominal_indexes();
  }
  for (const v1::TearLine& tear_line : event.tear_lines()) {
    *handling.add_audiences() = tear_line.audience();
  }
  return verifier::SaltedDigest("tearline handling", event.signature().salt(),
                                handling.SerializeAsString());
}

std::string AboutDigest(const v1::Event& event) {
  v1::SignedAbout about;
  *about.mutable_nominals() = event.nominals();
  return verifier::SaltedDigest("tearline about", event.signature().about_salt(),
                                about.SerializeAsString());
}

/// The digest of each segment, and as many that are of none as make eight: in order of their bytes,
/// so that nothing tells which is which.
std::vector<std::string> Eight(const v1::PublishItem& item, const SigningKey& key) {
  std::vector<std::string> digests;
  for (const v1::Segment& segment : item.event().segments()) {
    v1::SegmentHeading heading;
    heading.set_media_type(segment.media_type());
    *heading.mutable_flags() = segment.flags();
    if (segment.has_grading()) *heading.mutable_grading() = segment.grading();
    digests.push_back(verifier::SegmentDigest(segment.salt(), heading, segment.content()));
  }
  while (digests.size() < kManifestSegments) {
    digests.push_back(
        key.Drawn(item.request_id(), "none", static_cast<std::uint32_t>(digests.size())));
  }
  std::sort(digests.begin(), digests.end());
  return digests;
}

void DrawSalts(const SigningKey& key, v1::PublishItem& item) {
  const std::string request_id = item.request_id();
  const auto salt = [&key, &request_id](std::string_view name, int number) {
    return key.Drawn(request_id, name, static_cast<std::uint32_t>(number)).substr(0, kSaltBytes);
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

v1::TearLineStatement StatementOf(const Speaker& speaker, const v1::Event& event,
                                  const v1::TearLine& tear_line) {
  v1::TearLineStatement statement;
  SayCircumstances(speaker, event, statement);
  *statement.mutable_marking() = tear_line.marking();
  statement.set_text_digest(verifier::TextDigest(tear_line.signature().salt(), tear_line.text()));
  return statement;
}

}  // namespace

void SignItem(const Speaker& speaker, const SigningKey& key, v1::PublishItem& item) {
  v1::Event& event = *item.mutable_event();
  event.clear_signature();
  DrawSalts(key, item);
  v1::EventManifest manifest;
  SayCircumstances(speaker, event, manifest);
  const std::string publication =
      verifier::SaltedDigest("tearline publication", event.signature().salt(), item.request_id());
  manifest.set_publication(publication);
  *manifest.mutable_marking() = event.label().marking();
  if (event.label().has_grading()) *manifest.mutable_grading() = event.label().grading();
  if (event.facts().ByteSizeLong() > 0) *manifest.mutable_facts() = event.facts();
  manifest.set_handling_digest(HandlingDigest(item));
  manifest.set_about_digest(AboutDigest(event));
  for (std::string& digest : Eight(item, key)) manifest.add_segments(std::move(digest));
  *event.mutable_signature()->mutable_manifest() =
      key.Sign(verifier::kManifestType, manifest.SerializeAsString());

  for (v1::TearLine& tear_line : *event.mutable_tear_lines()) {
    v1::TearLineStatement statement = StatementOf(speaker, event, tear_line);
    statement.set_publication(publication);
    *tear_line.mutable_signature()->mutable_envelope() =
        key.Sign(verifier::kTearLineType, statement.SerializeAsString());
  }
  if (!event.label().holder_may_be_named() || event.label().pointer_post().empty()) return;
  v1::PointerStatement pointer;
  pointer.set_log_origin(speaker.log_origin);
  pointer.set_publication(publication);
  pointer.set_originating_agency(speaker.agency);
  pointer.set_ask_post(event.label().pointer_post());
  *event.mutable_signature()->mutable_pointer() =
      key.Sign(verifier::kPointerType, pointer.SerializeAsString());
}

void SignLaterTearLine(const Speaker& speaker, const SigningKey& key, const v1::Event& event,
                       const std::string& event_id, std::uint32_t number, v1::TearLine& tear_line) {
  const std::string salt = key.Drawn(event_id + tear_line.text(), "later tear-line", number);
  tear_line.mutable_signature()->set_salt(salt.substr(0, kSaltBytes));
  v1::TearLineStatement statement = StatementOf(speaker, event, tear_line);
  statement.set_event_id(event_id);
  *tear_line.mutable_signature()->mutable_envelope() =
      key.Sign(verifier::kTearLineType, statement.SerializeAsString());
}

v1::Envelope ProveKey(const Speaker& speaker, const SigningKey& key) {
  v1::KeyEnrolment enrolment;
  enrolment.set_log_origin(speaker.log_origin);
  enrolment.set_agency(speaker.agency);
  enrolment.set_public_key(key.PublicKey());
  return key.Sign(verifier::kEnrolmentType, enrolment.SerializeAsString());
}

}  // namespace tearline::signing
