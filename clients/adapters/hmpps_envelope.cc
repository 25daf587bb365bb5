#include "clients/adapters/hmpps_envelope.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "clients/adapters/event_type_text.h"
#include "clients/adapters/json_fault.h"
#include "clients/adapters/strict_json.h"

namespace tearline::adapters {
namespace {

using nlohmann::json;

constexpr std::size_t kMessageIdBytesMax = 128;

/// The type an SNS message attribute gives; "" if none does.
std::string AttributeType(const json& envelope) {
  const json* attributes = Member(envelope, "MessageAttributes");
  const json* type = attributes ? Member(*attributes, "eventType") : nullptr;
  const json* value = type ? Member(*type, "Value") : nullptr;
  const auto* text = value ? value->get_ptr<const json::string_t*>() : nullptr;
  return text ? *text : "";
}

/// The member that lies in an SNS notification: the message, as a string of JSON.
std::variant<json, Quarantined> InnerBody(const json& envelope) {
  const std::optional<std::string> kind = MemberText(envelope, "Type");
  if (kind && *kind != "Notification") {
    return Quarantined{QuarantineReason::kNotAnEvent,
                       "an SNS message must be of type Notification to be an event"};
  }
  const auto* text = Member(envelope, "Message")->get_ptr<const json::string_t*>();
  if (!text) {
    return Quarantined{QuarantineReason::kMalformedJson, "`Message` must be a string of JSON"};
  }
  std::variant<json, JsonFault> inner = ReadJson(*text);
  if (const JsonFault* fault = std::get_if<JsonFault>(&inner))
    return FromFault(*fault, "`Message`");
  return std::get<json>(std::move(inner));
}

/// Settles the type: the body's; the envelope's only where the body has none.
std::optional<Quarantined> SettleType(const std::string& attribute, Opened& opened,
                                      Noticed& noticed) {
  const json* member = Member(opened.body, "eventType");
  const auto* in_body = member ? member->get_ptr<const json::string_t*>() : nullptr;
  if (member && !in_body) {
    return Quarantined{QuarantineReason::kEventTypeUnusable, "`eventType` must be a string"};
  }
  if (!in_body && attribute.empty()) {
    return Quarantined{QuarantineReason::kNotAnEvent, "`eventType` is missing"};
  }
  if (!in_body) noticed.Add(NoteKind::kTypeFromEnvelope);
  if (in_body && !attribute.empty() && attribute != *in_body) {
    noticed.Add(NoteKind::kTypeMismatch);
  }
  const std::string& raw = in_body ? *in_body : attribute;
  std::optional<std::string> type = EventTypeFrom(raw);
  if (!type) {
    return Quarantined{QuarantineReason::kEventTypeUnusable,
                       "`eventType` is " + std::to_string(raw.size()) +
                           " bytes; it must be words joined by single dots, at most 200 bytes"};
  }
  if (*type != raw) noticed.Add(NoteKind::kTypeRespelt);
  opened.event_type = *std::move(type);
  return std::nullopt;
}

}  // namespace

std::variant<Opened, Quarantined> Open(std::string_view bytes, Noticed& noticed) {
  std::variant<json, JsonFault> read = ReadJson(bytes);
  if (const JsonFault* fault = std::get_if<JsonFault>(&read)) {
    return FromFault(*fault, "the message");
  }
  Opened opened;
  opened.body = std::get<json>(std::move(read));
  std::string attribute;
  if (!Member(opened.body, "eventType") && Member(opened.body, "Message")) {
    const json envelope = std::move(opened.body);
    std::variant<json, Quarantined> inner = InnerBody(envelope);
    if (Quarantined* aside = std::get_if<Quarantined>(&inner)) return std::move(*aside);
    opened.body = std::get<json>(std::move(inner));
    attribute = AttributeType(envelope);
    opened.source_message_id = MemberText(envelope, "MessageId").value_or("");
    if (opened.source_message_id.size() > kMessageIdBytesMax) opened.source_message_id.clear();
  }
  if (!opened.body.is_object()) {
    return Quarantined{QuarantineReason::kNotAnEvent, "a message must be a JSON object"};
  }
  if (std::optional<Quarantined> aside = SettleType(attribute, opened, noticed)) {
    return *std::move(aside);
  }
  return opened;
}

}  // namespace tearline::adapters
