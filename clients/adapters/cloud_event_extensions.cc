#include "clients/adapters/cloud_event_extensions.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "clients/adapters/enum_words.h"
#include "clients/adapters/source_time.h"
#include "clients/adapters/strict_json.h"

namespace tearline::adapters {
namespace {

using nlohmann::json;

constexpr std::string_view kOurs = "tearline";
constexpr std::size_t kIdentifierBytesMax = 64;
constexpr std::size_t kNominalIdBytes = 4 + 32;  // "nom_" and hexadecimal digits

/// What is being filled.
struct Reading {
  v1::Event& event;
  Extensions& extensions;
};

std::vector<std::string_view> Split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool SetUrgency(const std::string& text, Reading& reading) {
  const auto urgency = EnumOf<v1::Urgency>(text);
  if (urgency) reading.event.set_urgency(*urgency);
  return urgency.has_value();
}

/// "OFFICIAL", "OFFICIAL-SENSITIVE", "SECRET", "TOP SECRET".
bool SetMarking(const std::string& text, Reading& reading) {
  v1::Marking& marking = *reading.event.mutable_label()->mutable_marking();
  marking.set_sensitive(text == "OFFICIAL-SENSITIVE");
  if (text == "OFFICIAL" || marking.sensitive()) {
    marking.set_tier(v1::TIER_OFFICIAL);
  } else if (text == "SECRET") {
    marking.set_tier(v1::TIER_SECRET);
  } else if (text == "TOP SECRET") {
    marking.set_tier(v1::TIER_TOP_SECRET);
  } else {
    return false;
  }
  return true;
}

bool SetCaveats(const std::string& text, Reading& reading) {
  std::set<v1::Caveat> caveats;
  for (const std::string_view word : Split(text, ' ')) {
    const auto caveat = EnumOf<v1::Caveat>(word);
    if (!caveat || !caveats.insert(*caveat).second) return false;
  }
  for (const v1::Caveat caveat : caveats) {
    reading.event.mutable_label()->mutable_marking()->add_caveats(caveat);
  }
  return true;
}

/// A 3x5x2 grading as it is written: "1AP", "2DC A1 S2".
bool SetGrading(const std::string& text, Reading& reading) {
  const bool conditions = text.size() == 9 && text[2] == 'C';
  if (text.size() != 3 && !conditions) return false;
  v1::Grading& grading = *reading.event.mutable_label()->mutable_grading();
  if (text[0] < '1' || text[0] > '3' || text[1] < 'A' || text[1] > 'E') return false;
  grading.set_source(static_cast<v1::SourceGrade>(text[0] - '0'));
  grading.set_information(static_cast<v1::InformationGrade>(text[1] - 'A' + 1));
  if (!conditions) {
    grading.set_handling(v1::HANDLING_CODE_PERMITTED);
    return text[2] == 'P';
  }
  grading.set_handling(v1::HANDLING_CODE_CONDITIONS);
  if (text[3] != ' ' || text[4] != 'A' || text[5] < '1' || text[5] > '3') return false;
  if (text[6] != ' ' || text[7] != 'S' || text[8] < '1' || text[8] > '2') return false;
  grading.set_action(static_cast<v1::ActionCode>(text[5] - '0'));
  grading.set_sanitisation(static_cast<v1::SanitisationCode>(text[8] - '0'));
  return true;
}

bool SetReleasedTo(const std::string& text, Reading& reading) {
  for (const std::string_view post : Split(text, ' ')) {
    if (post.empty()) return false;
    reading.event.mutable_label()->add_released_to_posts(std::string(post));
  }
  return true;
}

bool SetPointerPost(const std::string& text, Reading& reading) {
  reading.event.mutable_label()->set_pointer_post(text);
  return !text.empty();
}

bool SetFlags(const std::string& text, Reading& reading) {
  std::set<v1::ContentFlag> flags;
  for (const std::string_view word : Split(text, ' ')) {
    const auto flag = EnumOf<v1::ContentFlag>(word);
    const bool ours = flag == v1::CONTENT_FLAG_ORIGINAL_BYTES;  // the adapter's own
    if (!flag || ours || !flags.insert(*flag).second) return false;
  }
  reading.extensions.flags.assign(flags.begin(), flags.end());
  return true;
}

std::optional<v1::Identifier> IdentifierFrom(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto type = EnumOf<v1::IdentifierType>(text.substr(0, colon));
  const std::string_view value = text.substr(colon + 1);
  if (!type || value.empty() || value.size() > kIdentifierBytesMax) return std::nullopt;
  v1::Identifier identifier;
  identifier.set_type(*type);
  identifier.set_value(std::string(value));
  return identifier;
}

bool IsNominalId(std::string_view text) {
  return text.size() == kNominalIdBytes && text.starts_with("nom_") &&
         text.find_first_not_of("0123456789abcdef", 4) == std::string_view::npos;
}

/// One person: "nom_…", or numbers joined by commas, the first of which names them.
bool AddNominal(std::string_view person, v1::Event& event) {
  v1::NominalReference& nominal = *event.add_nominals();
  if (IsNominalId(person)) {
    nominal.set_nominal_id(std::string(person));
    return true;
  }
  const std::vector<std::string_view> numbers = Split(person, ',');
  if (numbers.size() > 1 + kAlsoKnownByMax) return false;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::optional<v1::Identifier> identifier = IdentifierFrom(numbers[i]);
    if (!identifier) return false;
    *(i == 0 ? nominal.mutable_identifier() : nominal.add_also_known_by()) = *identifier;
  }
  return true;
}

/// People, separated by blanks.
bool SetNominals(const std::string& text, Reading& reading) {
  const std::vector<std::string_view> people = Split(text, ' ');
  return people.size() <= kNominalsMax &&
         std::all_of(people.begin(), people.end(), [&reading](std::string_view person) {
           return AddNominal(person, reading.event);
         });
}

bool SetRisk(const std::string& text, Reading& reading) {
  const auto risk = EnumOf<v1::Risk>(text);
  if (risk) reading.event.mutable_facts()->set_risk(*risk);
  return risk.has_value();
}

bool SetCustody(const std::string& text, Reading& reading) {
  const auto change = EnumOf<v1::CustodyChange>(text);
  if (change) reading.event.mutable_facts()->set_custody_change(*change);
  return change.has_value();
}

bool SetMappaCategory(const std::string& text, Reading& reading) {
  const auto category = EnumOf<v1::MappaCategory>(text);
  if (category) reading.event.mutable_facts()->set_mappa_category(*category);
  return category.has_value();
}

bool SetMappaLevel(const std::string& text, Reading& reading) {
  const auto level = EnumOf<v1::MappaLevel>(text);
  if (level) reading.event.mutable_facts()->set_mappa_level(*level);
  return level.has_value();
}

bool SetReleaseDate(const std::string& text, Reading& reading) {
  const std::optional<std::int32_t> days = ReadSourceDate(text);
  if (days) reading.event.mutable_facts()->set_release_date_days(*days);
  return days.has_value();
}

struct WordAttribute {
  const char* name;
  bool (*set)(const std::string& text, Reading& reading);
  const char* form;
};

constexpr WordAttribute kWordAttributes[] = {
    {"tearlineurgency", SetUrgency, "immediate, urgent or routine"},
    {"tearlinemarking", SetMarking, "OFFICIAL, OFFICIAL-SENSITIVE, SECRET or TOP SECRET"},
    {"tearlinecaveats", SetCaveats, "caveats, each once, separated by single blanks"},
    {"tearlinegrading", SetGrading, "a 3x5x2 grading such as 1AP or 2DC A1 S2"},
    {"tearlinereleasedto", SetReleasedTo, "posts, separated by single blanks"},
    {"tearlinepointerpost", SetPointerPost, "a post"},
    {"tearlineflags", SetFlags, "content flags, each once, separated by single blanks"},
    {"tearlinenominals", SetNominals, "at most 8 people such as noms:A1111AA,crn:X111111"},
    {"tearlinerisk", SetRisk, "low, medium, high or imminent"},
    {"tearlinecustody", SetCustody, "received, recalled, released, absconded or transferred"},
    {"tearlinemappacat", SetMappaCategory, "1, 2, 3, 4 or unknown"},
    {"tearlinemappalevel", SetMappaLevel, "1, 2 or 3"},
    {"tearlinereleasedate", SetReleaseDate, "a date such as 2026-02-03"},
};

struct FlagAttribute {
  const char* name;
  void (*set)(bool value, v1::Event& event);
};

constexpr FlagAttribute kFlagAttributes[] = {
    {"tearlinecontrolled",
     [](bool value, v1::Event& event) { event.mutable_label()->set_originator_controlled(value); }},
    {"tearlinenameholder",
     [](bool value, v1::Event& event) { event.mutable_label()->set_holder_may_be_named(value); }},
    {"tearlinebreach",
     [](bool value, v1::Event& event) { event.mutable_facts()->set_breach(value); }},
};

Quarantined Unusable(const std::string& name, const std::string& form) {
  return {QuarantineReason::kExtensionUnusable, "`" + name + "` must be " + form};
}

/// One of our attributes.
std::optional<Quarantined> ReadOurs(const std::string& name, const json& value, Reading& reading) {
  for (const WordAttribute& each : kWordAttributes) {
    if (name != each.name) continue;
    const auto* text = value.get_ptr<const json::string_t*>();
    if (text && each.set(*text, reading)) return std::nullopt;
    return Unusable(name, each.form);
  }
  for (const FlagAttribute& each : kFlagAttributes) {
    if (name != each.name) continue;
    if (!value.is_boolean()) return Unusable(name, "true or false");
    each.set(value.get<bool>(), reading.event);
    return std::nullopt;
  }
  return Quarantined{QuarantineReason::kExtensionUnusable,
                     "an attribute that begins with tearline must be one of docs/cloudevents.md"};
}

bool IsOfTheSpecification(const std::string& name) {
  static const std::set<std::string_view> names = {
      "id",      "source", "specversion", "type",       "datacontenttype",
      "subject", "time",   "data",        "dataschema", "data_base64"};
  return names.contains(name);
}

/// Lower-case letters and digits, and a value that a header could carry.
bool IsAttribute(const std::string& name, const json& value) {
  return !name.empty() &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == std::string::npos &&
         (value.is_string() || value.is_boolean() || value.is_number_integer() || value.is_null());
}

}  // namespace

std::variant<Extensions, Quarantined> ReadExtensions(const json& message, v1::Event& event,
                                                     Noticed& noticed) {
  v1::Marking& marking = *event.mutable_label()->mutable_marking();
  marking.set_tier(v1::TIER_OFFICIAL);
  marking.set_sensitive(true);
  Extensions extensions;
  Reading reading{event, extensions};
  for (const auto& [name, value] : message.items()) {
    if (IsOfTheSpecification(name)) continue;
    if (!IsAttribute(name, value)) {
      return Quarantined{QuarantineReason::kAttributeUnusable,
                         "an attribute's name must be a-z and 0-9, its value a string, a whole "
                         "number, true or false"};
    }
    if (value.is_null()) continue;  // as if it were not there
    if (!name.starts_with(kOurs)) {
      noticed.Add(NoteKind::kExtensionIgnored);
      continue;
    }
    if (auto aside = ReadOurs(name, value, reading)) return *std::move(aside);
  }
  if (event.urgency() == v1::URGENCY_UNSPECIFIED) {
    event.set_urgency(v1::URGENCY_ROUTINE);
    noticed.Add(NoteKind::kUrgencyNotSaid);
  }
  if (event.nominals().empty()) noticed.Add(NoteKind::kNobody);
  return extensions;
}

}  // namespace tearline::adapters
