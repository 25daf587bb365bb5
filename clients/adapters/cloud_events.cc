#include "clients/adapters/cloud_events.h"

#include <cstddef>
#include <optional>
#include <utility>

#include "clients/adapters/cloud_event_content.h"
#include "clients/adapters/cloud_event_extensions.h"
#include "clients/adapters/digest_text.h"
#include "clients/adapters/event_type_text.h"
#include "clients/adapters/json_fault.h"
#include "clients/adapters/json_slices.h"
#include "clients/adapters/noticed.h"
#include "clients/adapters/segments.h"
#include "clients/adapters/source_time.h"
#include "clients/adapters/strict_json.h"

namespace tearline::adapters {
namespace {

using nlohmann::json;

/// The media type of an event as a whole, in structured mode.
constexpr char kEventMediaType[] = "application/cloudevents+json";

Quarantined Unusable(const char* attribute) {
  return {QuarantineReason::kAttributeUnusable,
          std::string("`") + attribute + "` must be a string that is not empty"};
}

/// A string that is not empty; nothing if the member is anything else.
std::optional<std::string> WordsIn(const json& event, const char* attribute) {
  const json* member = Member(event, attribute);
  const auto* text = member ? member->get_ptr<const json::string_t*>() : nullptr;
  if (!text || text->empty()) return std::nullopt;
  return *text;
}

std::optional<Quarantined> CheckAttributes(const json& event) {
  if (!event.is_object()) {
    return Quarantined{QuarantineReason::kNotAnEvent, "a CloudEvent must be a JSON object"};
  }
  const std::optional<std::string> version = WordsIn(event, "specversion");
  if (!version) {
    return Quarantined{QuarantineReason::kNotAnEvent,
                       "`specversion` is missing: this is no CloudEvent"};
  }
  if (*version != "1.0") {
    return Quarantined{QuarantineReason::kSpecVersionUnknown, "`specversion` must be 1.0"};
  }
  for (const char* required : {"id", "source"}) {
    if (!WordsIn(event, required)) return Unusable(required);
  }
  for (const char* optional : {"subject", "dataschema", "datacontenttype"}) {
    if (Member(event, optional) && !WordsIn(event, optional)) return Unusable(optional);
  }
  return std::nullopt;
}

std::optional<Quarantined> SetType(const json& message, v1::Event& event, Noticed& noticed) {
  const std::optional<std::string> raw = WordsIn(message, "type");
  if (!raw) {
    return Quarantined{QuarantineReason::kEventTypeUnusable,
                       "`type` must be a string that is not empty"};
  }
  const std::optional<std::string> type = EventTypeFrom(*raw);
  if (!type) {
    return Quarantined{QuarantineReason::kEventTypeUnusable,
                       "`type` is " + std::to_string(raw->size()) +
                           " bytes; it must be words joined by single dots, at most 200 bytes"};
  }
  if (*type != *raw) noticed.Add(NoteKind::kTypeRespelt);
  event.set_event_type(*type);
  return std::nullopt;
}

std::optional<Quarantined> SetTime(const json& message, v1::Event& event) {
  const std::optional<std::string> text = WordsIn(message, "time");
  const std::optional<SourceTime> time = text ? ReadSourceTime(*text) : std::nullopt;
  if (!time || time->assumed || text->back() == ']') {
    return Quarantined{QuarantineReason::kTimeUnusable,
                       "`time` must be a time with its zone, such as 2026-02-03T04:05:06Z"};
  }
  event.mutable_occurred_at()->set_seconds(time->seconds);
  event.mutable_occurred_at()->set_nanos(time->nanos);
  return std::nullopt;
}

/// The specification makes source and id together unique.
std::string RequestIdFrom(const std::string& source, const std::string& id) {
  RunningDigest digest;
  digest.Add(std::to_string(source.size()) + ":" + source + id);
  return "ce-" + digest.HalfText();
}

}  // namespace

std::variant<Adapted, Quarantined> AdaptCloudEvent(std::string_view bytes,
                                                   const CloudEventsOptions& options) {
  if (bytes.size() > kOriginalBytesMax) {
    return Quarantined{QuarantineReason::kTooLarge,
                       "the event is " + std::to_string(bytes.size()) + " bytes; at most 262,144"};
  }
  std::variant<json, JsonFault> read = ReadJson(bytes);
  if (const JsonFault* fault = std::get_if<JsonFault>(&read)) return FromFault(*fault, "the event");
  const json& message = std::get<json>(read);
  if (auto aside = CheckAttributes(message)) return *std::move(aside);

  Noticed noticed;
  Adapted adapted;
  v1::Event& event = adapted.event;
  if (auto aside = SetType(message, event, noticed)) return *std::move(aside);
  if (auto aside = SetTime(message, event)) return *std::move(aside);
  event.mutable_label()->set_pointer_post(options.pointer_post);
  std::variant<Extensions, Quarantined> extensions = ReadExtensions(message, event, noticed);
  if (auto* aside = std::get_if<Quarantined>(&extensions)) return std::move(*aside);
  event.mutable_label()->set_existence_may_be_told(!event.label().pointer_post().empty());

  std::variant<Content, Quarantined> content = ReadContent(message, SliceOf(bytes, "data"));
  if (auto* aside = std::get_if<Quarantined>(&content)) return std::move(*aside);
  if (Content& given = std::get<Content>(content); !given.content.empty()) {
    v1::Segment& segment = AddSegment(std::move(given.media_type), std::move(given.content), event);
    for (const v1::ContentFlag flag : std::get<Extensions>(extensions).flags) {
      segment.add_flags(flag);
    }
  }
  AddOriginal(kEventMediaType, std::string(bytes), event);

  adapted.source_message_id = *WordsIn(message, "id");
  adapted.request_id = RequestIdFrom(*WordsIn(message, "source"), adapted.source_message_id);
  adapted.notes = noticed.Notes();
  return adapted;
}

std::vector<std::string_view> CloudEventsOf(std::string_view bytes) {
  // What is no JSON, or nested too deep, is set aside whole.
  if (!IsArray(bytes) || !std::holds_alternative<json>(ReadJson(bytes))) return {bytes};
  return ElementsOf(bytes);
}

Adapter CloudEventsAdapter(CloudEventsOptions options) {
  return {.name = "ce",
          .adapt = [options = std::move(options)](
                       std::string_view bytes) { return AdaptCloudEvent(bytes, options); },
          .split = CloudEventsOf,
          .bytes_max = kCloudEventsBatchBytesMax};
}

}  // namespace tearline::adapters
