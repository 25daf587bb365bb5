#include "clients/adapters/hmpps.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "clients/adapters/digest_text.h"
#include "clients/adapters/hmpps_catalogue.h"
#include "clients/adapters/hmpps_codes.h"
#include "clients/adapters/hmpps_envelope.h"
#include "clients/adapters/hmpps_facts.h"
#include "clients/adapters/hmpps_levels.h"
#include "clients/adapters/hmpps_people.h"
#include "clients/adapters/noticed.h"
#include "clients/adapters/segments.h"
#include "clients/adapters/source_time.h"
#include "clients/adapters/strict_json.h"

namespace tearline::adapters {
namespace {

using nlohmann::json;

constexpr char kJsonMediaType[] = "application/json";

/// A number, or digits with at most one dot among them.
bool IsVersion(const json* version) {
  if (!version) return false;
  if (version->is_number()) return true;
  const auto* text = version->get_ptr<const json::string_t*>();
  return text && !text->empty() && text->front() != '.' && text->back() != '.' &&
         std::count(text->begin(), text->end(), '.') <= 1 &&
         text->find_first_not_of("0123456789.") == std::string::npos;
}

void AddNominal(const Person& person, v1::Event& event) {
  v1::NominalReference* nominal = event.add_nominals();
  *nominal->mutable_identifier() = person.identifiers.front();
  for (std::size_t i = 1; i < person.identifiers.size(); ++i) {
    *nominal->add_also_known_by() = person.identifiers[i];
  }
}

std::optional<SourceTime> TimeIn(const json* member) {
  const auto* text = member ? member->get_ptr<const json::string_t*>() : nullptr;
  return text ? ReadSourceTime(*text) : std::nullopt;
}

std::optional<Quarantined> SetTimes(const json& body, v1::Event& event, Noticed& noticed) {
  const std::optional<SourceTime> occurred = TimeIn(Member(body, "occurredAt"));
  if (!occurred) {
    return Quarantined{QuarantineReason::kTimeUnusable,
                       "`occurredAt` must be a time such as 2026-02-03T04:05:06Z"};
  }
  event.mutable_occurred_at()->set_seconds(occurred->seconds);
  event.mutable_occurred_at()->set_nanos(occurred->nanos);
  if (occurred->assumed) {
    event.set_occurred_quality(v1::TIME_QUALITY_ASSUMED);
    noticed.Add(NoteKind::kTimeAssumed);
  }
  if (const json* member = Member(body, "publishedAt")) {
    if (const std::optional<SourceTime> published = TimeIn(member)) {
      event.mutable_published_at()->set_seconds(published->seconds);
      event.mutable_published_at()->set_nanos(published->nanos);
    } else {
      noticed.Add(NoteKind::kPublishedUnreadable);
    }
  }
  return std::nullopt;
}

void SetLabel(const HmppsOptions& options, v1::Label& label) {
  label.mutable_marking()->set_tier(v1::TIER_OFFICIAL);
  label.mutable_marking()->set_sensitive(true);
  label.set_existence_may_be_told(!options.pointer_post.empty());
  label.set_pointer_post(options.pointer_post);
}

}  // namespace

std::string RequestIdOf(std::string_view bytes) {
  RunningDigest digest;
  digest.Add(bytes);
  return "hmpps-" + digest.HalfText();
}

std::variant<Adapted, Quarantined> AdaptHmpps(std::string_view bytes, const HmppsOptions& options) {
  if (bytes.size() > kOriginalBytesMax) {
    return Quarantined{
        QuarantineReason::kTooLarge,
        "the message is " + std::to_string(bytes.size()) + " bytes; at most 262,144"};
  }
  Noticed noticed;
  std::variant<Opened, Quarantined> open = Open(bytes, noticed);
  if (Quarantined* aside = std::get_if<Quarantined>(&open)) return std::move(*aside);
  Opened& opened = std::get<Opened>(open);

  Adapted adapted;
  v1::Event& event = adapted.event;
  event.set_event_type(opened.event_type);
  if (!IsVersion(Member(opened.body, "version"))) noticed.Add(NoteKind::kVersionUnusual);
  if (std::optional<Quarantined> aside = SetTimes(opened.body, event, noticed)) {
    return *std::move(aside);
  }
  std::variant<People, Quarantined> found = FindPeople(opened.event_type, opened.body, noticed);
  if (Quarantined* aside = std::get_if<Quarantined>(&found)) return std::move(*aside);
  const People& people = std::get<People>(found);
  for (const Person& person : people.persons) AddNominal(person, event);

  *event.mutable_facts() = ReadFacts(opened.event_type, opened.body, noticed);
  adapted.level_statement = LevelStatementOf(event);
  event.set_urgency(UrgencyOf(opened.event_type, event.facts()));
  SetLabel(options, *event.mutable_label());
  AddSegment(kJsonMediaType, CodesOf(opened.event_type, opened.body, people), event);
  AddOriginal(kJsonMediaType, std::string(bytes), event);

  adapted.request_id = RequestIdOf(bytes);
  adapted.source_message_id = std::move(opened.source_message_id);
  adapted.identity_change = people.identity_change;
  adapted.notes = noticed.Notes();
  return adapted;
}

Adapter HmppsAdapter(HmppsOptions options) {
  return {.name = "hmpps", .adapt = [options = std::move(options)](std::string_view bytes) {
            return AdaptHmpps(bytes, options);
          }};
}

}  // namespace tearline::adapters
