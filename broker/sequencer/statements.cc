#include "broker/sequencer/statements.h"

#include <google/protobuf/message_lite.h>

#include <cstdint>

#include "broker/crypto/digest.h"
#include "broker/model/ids.h"
#include "broker/sequencer/check_publish.h"

namespace tearline::sequencer {
namespace {

constexpr std::string_view kZero("\0", 1);

std::string Salted(std::string_view name, std::string_view salt, std::string_view bytes) {
  return crypto::Sha256({name, kZero, salt, bytes}).Bytes();
}

std::string HandlingDigest(const v1::PublishItem& item, const std::string& salt) {
  const v1::Event& event = item.event();
  v1::SignedHandling handling;
  handling.set_urgency(event.urgency());
  *handling.mutable_label() = event.label();
  handling.set_published_ms(MillisecondsOf(event.published_at()));
  handling.set_imported(item.imported());
  for (const v1::Segment& segment : event.segments()) {
    *handling.add_scopes()->mutable_nominal_indexes() = segment.nominal_indexes();
  }
  for (const v1::TearLine& tear_line : event.tear_lines()) {
    *handling.add_audiences() = tear_line.audience();
  }
  return Salted("tearline handling", salt, handling.SerializeAsString());
}

std::string AboutDigest(const v1::Event& event, const std::string& salt) {
  v1::SignedAbout about;
  *about.mutable_nominals() = event.nominals();
  return Salted("tearline about", salt, about.SerializeAsString());
}

/// What every statement but a pointer tells: where it was said, by whom, of what and when.
template <typename Statement>
void SayCircumstances(const stored::v1::Publish& publish, const std::string& log_origin,
                      Statement& statement) {
  statement.set_log_origin(log_origin);
  statement.set_originating_agency(publish.originating_agency());
  statement.set_originating_post(publish.originating_post());
  statement.set_event_type(publish.event_type());
  statement.set_occurred_ms(publish.occurred_ms());
  statement.set_occurred_quality(publish.occurred_quality());
}

/// What every statement that changes an event tells: where it was said, of which, and whose it is.
template <typename Statement>
void SayWhatIsChanged(const stored::v1::Publish& publish, const std::string& log_origin,
                      Statement& statement) {
  statement.set_log_origin(log_origin);
  statement.set_event_id(model::EventId::FromBytes(publish.event_id())->Text());
  statement.set_originating_agency(publish.originating_agency());
}

std::string AmendmentDigest(const v1::EventAmendment& amendment) {
  v1::SignedAmendment changed;
  if (amendment.has_terms()) *changed.mutable_terms() = amendment.terms();
  *changed.mutable_retired_tear_lines() = amendment.retired_tear_lines();
  for (const v1::TearLine& tear_line : amendment.tear_lines()) {
    v1::SignedTearLine& written = *changed.add_tear_lines();
    if (tear_line.has_signature()) {
      written.set_statement_digest(
          crypto::Sha256(tear_line.signature().envelope().payload()).Bytes());
    }
    *written.mutable_marking() = tear_line.marking();
    *written.mutable_audience() = tear_line.audience();
  }
  return Salted("tearline amendment", amendment.signature().salt(), changed.SerializeAsString());
}

}  // namespace

v1::EventManifest ManifestOf(const v1::PublishItem& item, const stored::v1::Publish& publish,
                             const std::string& log_origin) {
  const v1::Event& event = item.event();
  v1::EventManifest manifest;
  SayCircumstances(publish, log_origin, manifest);
  manifest.set_publication(PublicationDigest(event.signature().salt(), item.request_id()));
  *manifest.mutable_marking() = event.label().marking();
  if (event.label().has_grading()) *manifest.mutable_grading() = event.label().grading();
  if (event.facts().ByteSizeLong() > 0) *manifest.mutable_facts() = event.facts();
  manifest.set_handling_digest(HandlingDigest(item, event.signature().salt()));
  manifest.set_about_digest(AboutDigest(event, event.signature().about_salt()));
  return manifest;
}

v1::TearLineStatement TearLineStatementOf(const v1::TearLine& tear_line,
                                          const stored::v1::Publish& publish,
                                          const std::string& publication,
                                          const std::string& log_origin) {
  v1::TearLineStatement statement;
  SayCircumstances(publish, log_origin, statement);
  statement.set_publication(publication);
  *statement.mutable_marking() = tear_line.marking();
  statement.set_text_digest(TextDigest(tear_line.signature().salt(), tear_line.text()));
  return statement;
}

v1::PointerStatement PointerStatementOf(const stored::v1::Publish& publish,
                                        const std::string& ask_post, const std::string& publication,
                                        const std::string& log_origin) {
  v1::PointerStatement statement;
  statement.set_log_origin(log_origin);
  statement.set_publication(publication);
  statement.set_originating_agency(publish.originating_agency());
  statement.set_ask_post(ask_post);
  return statement;
}

v1::WithdrawalStatement WithdrawalStatementOf(v1::WithdrawalReason reason,
                                              const stored::v1::Publish& publish,
                                              const std::string& log_origin) {
  v1::WithdrawalStatement statement;
  SayWhatIsChanged(publish, log_origin, statement);
  statement.set_reason(reason);
  return statement;
}

v1::AmendmentStatement AmendmentStatementOf(const v1::EventAmendment& amendment,
                                            const stored::v1::Publish& publish,
                                            const std::string& log_origin) {
  v1::AmendmentStatement statement;
  SayWhatIsChanged(publish, log_origin, statement);
  statement.set_amendment_digest(AmendmentDigest(amendment));
  return statement;
}

std::string PublicationDigest(std::string_view salt, std::string_view request_id) {
  return Salted("tearline publication", salt, request_id);
}

std::string SegmentDigest(const v1::Segment& segment) {
  v1::SegmentHeading heading;
  heading.set_media_type(segment.media_type());
  *heading.mutable_flags() = segment.flags();
  if (segment.has_grading()) *heading.mutable_grading() = segment.grading();
  const std::string bytes = heading.SerializeAsString();
  const auto size = static_cast<std::uint32_t>(bytes.size());
  const char length[4] = {static_cast<char>(size >> 24), static_cast<char>(size >> 16),
                          static_cast<char>(size >> 8), static_cast<char>(size)};
  return crypto::Sha256({"tearline segment", kZero, segment.salt(),
                         std::string_view(length, sizeof length), bytes, segment.content()})
      .Bytes();
}

std::string TextDigest(std::string_view salt, std::string_view text) {
  return Salted("tearline text", salt, text);
}

}  // namespace tearline::sequencer
