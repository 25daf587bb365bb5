#include "clients/adapters/hmpps_facts.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "clients/adapters/hmpps_catalogue.h"
#include "clients/adapters/source_time.h"
#include "clients/adapters/strict_json.h"

namespace tearline::adapters {
namespace {

using nlohmann::json;

constexpr std::string_view kRegistration = "probation-case.registration.";
constexpr std::string_view kAlert = "person.alert.";
constexpr std::string_view kMappaInformation = "probation-case.mappa-information.";

struct ReasonRow {
  std::string_view verb;  ///< "received", "released" or, for both, "".
  std::string_view reason;
  v1::CustodyChange change;
};
constexpr ReasonRow kReasons[] = {
    {"", "TRANSFERRED", v1::CUSTODY_CHANGE_TRANSFERRED},
    {"", "SENT_TO_COURT", v1::CUSTODY_CHANGE_TRANSFERRED},
    {"", "RELEASED_TO_HOSPITAL", v1::CUSTODY_CHANGE_TRANSFERRED},
    {"", "RETURN_FROM_COURT", v1::CUSTODY_CHANGE_TRANSFERRED},
    {"released", "TEMPORARY_ABSENCE_RELEASE", v1::CUSTODY_CHANGE_UNSPECIFIED},
    {"received", "TEMPORARY_ABSENCE_RETURN", v1::CUSTODY_CHANGE_UNSPECIFIED},
    {"released", "RELEASED", v1::CUSTODY_CHANGE_RELEASED},
    {"received", "ADMISSION", v1::CUSTODY_CHANGE_RECEIVED},
    {"received", "NEW_ADMISSION", v1::CUSTODY_CHANGE_RECEIVED},
    {"received", "READMISSION", v1::CUSTODY_CHANGE_RECEIVED},
    {"received", "READMISSION_SWITCH_BOOKING", v1::CUSTODY_CHANGE_RECEIVED},
};

/// Prison alert codes that carry MAPPA state. Level 0: to be settled before release.
struct AlertRow {
  std::string_view code;
  int category;
  int level;
};
constexpr AlertRow kAlerts[] = {
    {"P11", 1, 0},  {"P22", 1, 1},  {"P33", 1, 2},  {"P44", 1, 3},  {"P55", 2, 0},
    {"P66", 2, 1},  {"P77", 2, 2},  {"P88", 2, 3},  {"P99", 3, 2},  {"PA1", 3, 3},
    {"P100", 4, 0}, {"P101", 4, 1}, {"P102", 4, 2}, {"P103", 4, 3},
};

/// "received" or "released" if `type` is a prison's or the prisoner search's, else "".
std::string_view CustodyVerb(std::string_view type) {
  for (const std::string_view begin :
       {"prison-offender-events.prisoner.", "prisoner-offender-search.prisoner."}) {
    if (!type.starts_with(begin)) continue;
    const std::string_view verb = type.substr(begin.size());
    if (verb == "received" || verb == "released") return verb;
  }
  return "";
}

v1::CustodyChange CustodyChange(std::string_view verb, const json& further, Noticed& noticed) {
  const std::string movement = MemberText(further, "nomisMovementReasonCode").value_or("");
  const std::string cause = MemberText(further, "probableCause").value_or("");
  const std::string reason = MemberText(further, "reason").value_or("");
  if (movement == "MRG" || reason == "POST_MERGE_ADMISSION") {
    noticed.Add(NoteKind::kAdministrativeMerge);
    return v1::CUSTODY_CHANGE_UNSPECIFIED;
  }
  if (verb == "released" && movement == "UAL") return v1::CUSTODY_CHANGE_ABSCONDED;
  if (verb == "received" && (cause == "RECALL" || movement == "24")) {
    return v1::CUSTODY_CHANGE_RECALLED;
  }
  for (const ReasonRow& row : kReasons) {
    if (row.reason == reason && (row.verb.empty() || row.verb == verb)) return row.change;
  }
  noticed.Add(NoteKind::kCustodyReasonUnknown);
  return v1::CUSTODY_CHANGE_UNSPECIFIED;
}

/// 1 to `most` from "M1" or "1"; nothing if it is neither.
std::optional<int> MappaNumber(std::string_view code, int most) {
  if (code.size() == 2 && code.front() == 'M') code.remove_prefix(1);
  if (code.size() != 1 || code[0] < '1' || code[0] > '0' + most) return std::nullopt;
  return code[0] - '0';
}

/// Someone is under MAPPA: what is not a known category is UNKNOWN, never none.
void SetCategory(const std::optional<std::string>& code, v1::Facts& facts, Noticed& noticed) {
  const std::optional<int> category = MappaNumber(code.value_or(""), 4);
  if (!category) noticed.Add(NoteKind::kMappaCodeUnknown);
  facts.set_mappa_category(category ? static_cast<v1::MappaCategory>(*category)
                                    : v1::MAPPA_CATEGORY_UNKNOWN);
}

void SetLevel(const std::optional<std::string>& code, v1::Facts& facts, Noticed& noticed) {
  if (const std::optional<int> level = MappaNumber(code.value_or(""), 3)) {
    facts.set_mappa_level(static_cast<v1::MappaLevel>(*level));
  } else {
    noticed.Add(NoteKind::kMappaCodeUnknown);
  }
}

std::optional<v1::Risk> RiskOf(std::string_view register_type) {
  if (register_type == "RLRH") return v1::RISK_LOW;
  if (register_type == "RMRH") return v1::RISK_MEDIUM;
  if (register_type == "RHRH") return v1::RISK_HIGH;
  if (register_type == "RVHR") return v1::RISK_IMMINENT;
  return std::nullopt;
}

void ReadRegistration(std::string_view verb, const json& further, v1::Facts& facts,
                      Noticed& noticed) {
  const bool ended = verb == "deregistered" || verb == "deleted";
  const std::string type = MemberText(further, "registerTypeCode").value_or("");
  if (type == "MAPP") {
    SetCategory(MemberText(further, "registrationCategoryCode"), facts, noticed);
    SetLevel(MemberText(further, "registrationLevelCode"), facts, noticed);
    if (ended) noticed.Add(NoteKind::kRegistrationEnded);
  }
  if (const std::optional<v1::Risk> risk = RiskOf(type)) {
    if (ended) {
      noticed.Add(NoteKind::kRegistrationEnded);
    } else {
      facts.set_risk(*risk);
    }
  }
}

void ReadAlert(std::string_view verb, const json& further, v1::Facts& facts, Noticed& noticed) {
  const std::string code = MemberText(further, "alertCode").value_or("");
  for (const AlertRow& row : kAlerts) {
    if (row.code != code) continue;
    facts.set_mappa_category(static_cast<v1::MappaCategory>(row.category));
    facts.set_mappa_level(static_cast<v1::MappaLevel>(row.level));
    if (verb == "inactive" || verb == "deleted") noticed.Add(NoteKind::kRegistrationEnded);
  }
}

void ReadMappaInformation(std::string_view verb, const json& further, v1::Facts& facts,
                          Noticed& noticed) {
  const json* mappa = Member(further, "mappa");
  SetCategory(mappa ? MemberText(*mappa, "category") : std::nullopt, facts, noticed);
  if (verb == "deleted") noticed.Add(NoteKind::kRegistrationEnded);
}

void ReadReleaseDate(const json& further, v1::Facts& facts, Noticed& noticed) {
  for (const char* key : {"confirmedReleaseDate", "releaseDate"}) {
    const json* member = Member(further, key);
    if (!member) continue;
    const std::optional<std::string> text = Text(*member);
    const std::optional<std::int32_t> days = text ? ReadSourceDate(*text) : std::nullopt;
    if (days) return facts.set_release_date_days(*days);
    noticed.Add(NoteKind::kReleaseDateUnreadable);
  }
}

}  // namespace

v1::Facts ReadFacts(std::string_view type, const json& body, Noticed& noticed) {
  v1::Facts facts;
  if (!IsListed(type)) {
    facts.set_type_unlisted(true);
    noticed.Add(NoteKind::kTypeUnlisted);
  }
  facts.set_breach(type.starts_with("enforcement.breach."));

  static const json kNothing = json::object();
  const json* member = Member(body, "additionalInformation");
  const json& further = member ? *member : kNothing;
  if (const std::string_view verb = CustodyVerb(type); !verb.empty()) {
    facts.set_custody_change(CustodyChange(verb, further, noticed));
  }
  if (type.starts_with(kRegistration)) {
    ReadRegistration(type.substr(kRegistration.size()), further, facts, noticed);
  } else if (type.starts_with(kAlert)) {
    ReadAlert(type.substr(kAlert.size()), further, facts, noticed);
  } else if (type.starts_with(kMappaInformation)) {
    ReadMappaInformation(type.substr(kMappaInformation.size()), further, facts, noticed);
  }
  ReadReleaseDate(further, facts, noticed);
  return facts;
}

}  // namespace tearline::adapters
