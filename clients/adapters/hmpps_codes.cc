#include "clients/adapters/hmpps_codes.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "clients/adapters/strict_json.h"

namespace tearline::adapters {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

/// In the order in which they are written.
constexpr const char* kCodedMembers[] = {
    "reason",
    "probableCause",
    "nomisMovementReasonCode",
    "currentLocation",
    "currentPrisonStatus",
    "prisonId",
    "registerTypeCode",
    "registrationCategoryCode",
    "registrationLevelCode",
    "alertCode",
    "status",
    "outcome",
    "source",
    "categoriesChanged",
    "RSRBand",
    "RSRStaticOrDynamic",
    "OSPContactBand",
    "OSPDirectContactBand",
    "OSPIndecentBand",
    "OSPIndirectIndecentBand",
    "contactOutcome",
};
constexpr std::size_t kCodeBytesMax = 40;
constexpr std::size_t kCodesInAListMax = 16;
constexpr int kDigitRunMax = 3;

bool IsCode(std::string_view text) {
  int run = 0;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    run = digit ? run + 1 : 0;
    if (run > kDigitRunMax) return false;
    if (!digit && !(c >= 'A' && c <= 'Z') && c != '-' && c != '_') return false;
  }
  return !text.empty() && text.size() <= kCodeBytesMax;
}

const std::string* Code(const json& value) {
  const auto* text = value.get_ptr<const json::string_t*>();
  return text && IsCode(*text) ? text : nullptr;
}

}  // namespace

std::string CodesOf(std::string_view event_type, const json& body, const People& people) {
  ordered_json codes = ordered_json::object();
  const json* further = Member(body, "additionalInformation");
  for (const char* key : kCodedMembers) {
    const json* member = further ? Member(*further, key) : nullptr;
    if (!member) continue;
    if (const std::string* code = Code(*member)) codes[key] = *code;
    if (!member->is_array() || member->size() > kCodesInAListMax) continue;
    for (const json& entry : *member) {
      if (const std::string* code = Code(entry)) codes[key].push_back(*code);
    }
  }
  ordered_json summary;
  summary["eventType"] = std::string(event_type);
  if (people.identity_change) summary["identityChange"] = NameOf(people.identity_change->kind);
  summary["codes"] = codes;
  return summary.dump();
}

}  // namespace tearline::adapters
