#include "clients/signing/statements.h"

#include <cstdint>

#include "clients/verifier/statement.h"
#include "clients/verifier/tree.h"

namespace tearline::signing {
namespace {

std::int64_t Ms(const google::protobuf::Timestamp& time) {
  return verifier::Milliseconds(time).value_or(0);
}

template <typename Statement>
void SayCircumstances(const Speaker& speaker, const v1::Event& event, Statement& statement) {
  statement.set_log_origin(speaker.log_origin);
  statement.set_originating_agency(speaker.agency);
  statement.set_originating_post(speaker.post);
  statement.set_event_type(event.event_type());
  statement.set_occurred_ms(Ms(event.occurred_at()));
  statement.set_occurred_quality(event.occurred_quality());
}

std::string HandlingDigest(const v1::PublishItem& item) {
  const v1::Event& event = item.event();
  v1::SignedHandling handling;
  handling.set_urgency(event.urgency());
  *handling.mutable_label() = event.label();
  handling.set_published_ms(Ms(event.published_at()));
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

template <typename Statement>
void SayWhatIsChanged(const Speaker& speaker, const std::string& event_id, Statement& statement) {
  statement.set_log_origin(speaker.log_origin);
  statement.set_event_id(event_id);
  statement.set_originating_agency(speaker.agency);
}

std::string AmendmentDigest(const v1::EventAmendment& amendment) {
  v1::SignedAmendment changed;
  if (amendment.has_terms()) *changed.mutable_terms() = amendment.terms();
  *changed.mutable_retired_tear_lines() = amendment.retired_tear_lines();
  for (const v1::TearLine& tear_line : amendment.tear_lines()) {
    v1::SignedTearLine& written = *changed.add_tear_lines();
    if (tear_line.has_signature()) {
      written.set_statement_digest(
          verifier::Bytes(verifier::Sha256(tear_line.signature().envelope().payload())));
    }
    *written.mutable_marking() = tear_line.marking();
    *written.mutable_audience() = tear_line.audience();
  }
  return verifier::SaltedDigest("tearline amendment", amendment.signature().salt(),
                                changed.SerializeAsString());
}

}  // namespace

std::string PublicationDigest(const v1::PublishItem& item) {
  return verifier::SaltedDigest("tearline publication", item.event().signature().salt(),
                                item.request_id());
}

v1::EventManifest ManifestOf(const Speaker& speaker, const v1::PublishItem& item) {
  const v1::Event& event = item.event();
  v1::EventManifest manifest;
  SayCircumstances(speaker, event, manifest);
  manifest.set_publication(PublicationDigest(item));
  *manifest.mutable_marking() = event.label().marking();
  if (event.label().has_grading()) *manifest.mutable_grading() = event.label().grading();
  if (event.facts().ByteSizeLong() > 0) *manifest.mutable_facts() = event.facts();
  manifest.set_handling_digest(HandlingDigest(item));
  manifest.set_about_digest(AboutDigest(event));
  return manifest;
}

std::string DigestOf(const v1::Segment& segment) {
  v1::SegmentHeading heading;
  heading.set_media_type(segment.media_type());
  *heading.mutable_flags() = segment.flags();
  if (segment.has_grading()) *heading.mutable_grading() = segment.grading();
  return verifier::SegmentDigest(segment.salt(), heading, segment.content());
}

v1::TearLineStatement TearLineStatementOf(const Speaker& speaker, const v1::Event& event,
                                          const v1::TearLine& tear_line) {
  v1::TearLineStatement statement;
  SayCircumstances(speaker, event, statement);
  *statement.mutable_marking() = tear_line.marking();
  statement.set_text_digest(verifier::TextDigest(tear_line.signature().salt(), tear_line.text()));
  return statement;
}

v1::PointerStatement PointerStatementOf(const Speaker& speaker, const v1::PublishItem& item) {
  v1::PointerStatement pointer;
  pointer.set_log_origin(speaker.log_origin);
  pointer.set_publication(PublicationDigest(item));
  pointer.set_originating_agency(speaker.agency);
  pointer.set_ask_post(item.event().label().pointer_post());
  return pointer;
}

v1::WithdrawalStatement WithdrawalStatementOf(const Speaker& speaker, const std::string& event_id,
                                              v1::WithdrawalReason reason) {
  v1::WithdrawalStatement statement;
  SayWhatIsChanged(speaker, event_id, statement);
  statement.set_reason(reason);
  return statement;
}

v1::AmendmentStatement AmendmentStatementOf(const Speaker& speaker, const std::string& event_id,
                                            const v1::EventAmendment& amendment) {
  v1::AmendmentStatement statement;
  SayWhatIsChanged(speaker, event_id, statement);
  statement.set_amendment_digest(AmendmentDigest(amendment));
  return statement;
}

v1::PointerStatement PointerStatementOf(const Speaker& speaker, const std::string& event_id,
                                        const v1::ReleaseTerms& terms) {
  v1::PointerStatement pointer;
  pointer.set_log_origin(speaker.log_origin);
  pointer.set_originating_agency(speaker.agency);
  pointer.set_ask_post(terms.pointer_post());
  pointer.set_event_id(event_id);
  return pointer;
}

}  // namespace tearline::signing
