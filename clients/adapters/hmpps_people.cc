#include "clients/adapters/hmpps_people.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "clients/adapters/hmpps_catalogue.h"
#include "clients/adapters/source_time.h"
#include "clients/adapters/strict_json.h"

namespace tearline::adapters {
namespace {

using nlohmann::json;

constexpr std::size_t kIdentifierBytesMax = 64;
constexpr char kFurther[] = "additionalInformation";
constexpr char kBookingStart[] = "bookingStartDateTime";

struct TypeName {
  std::string_view name;  ///< In capitals.
  v1::IdentifierType type;
};
constexpr TypeName kTypeNames[] = {
    {"NOMS", v1::IDENTIFIER_TYPE_NOMS},  {"NOMSNUMBER", v1::IDENTIFIER_TYPE_NOMS},
    {"CRN", v1::IDENTIFIER_TYPE_CRN},    {"PNC", v1::IDENTIFIER_TYPE_PNC},
    {"CRO", v1::IDENTIFIER_TYPE_CRO},    {"NHS", v1::IDENTIFIER_TYPE_NHS},
    {"NI", v1::IDENTIFIER_TYPE_NI},      {"NINO", v1::IDENTIFIER_TYPE_NI},
    {"ASN", v1::IDENTIFIER_TYPE_ASN},    {"C_ID", v1::IDENTIFIER_TYPE_C_ID},
    {"VISO", v1::IDENTIFIER_TYPE_VISOR},
};

constexpr std::size_t CountTypes() {
  std::size_t count = 0;
  for (const TypeName* row = std::begin(kTypeNames); row != std::end(kTypeNames); ++row) {
    count += std::none_of(std::begin(kTypeNames), row,
                          [&](const TypeName& earlier) { return earlier.type == row->type; });
  }
  return count;
}
// A person has one number of a type: otherwise the broker could refuse a person known by them all.
static_assert(CountTypes() <= 1 + kAlsoKnownByMax);

/// A member of `additionalInformation` that names a person.
struct PersonMember {
  const char* key;
  v1::IdentifierType type;
  bool another_person;  ///< Possibly not the one the reference names: must be named or set aside.
};
constexpr PersonMember kPersonMembers[] = {
    {"nomsNumber", v1::IDENTIFIER_TYPE_NOMS, false},
    {"prisonerNumber", v1::IDENTIFIER_TYPE_NOMS, false},
    {"prisonerId", v1::IDENTIFIER_TYPE_NOMS, false},
    {"offenderNo", v1::IDENTIFIER_TYPE_NOMS, false},
    {"crn", v1::IDENTIFIER_TYPE_CRN, false},
    {"nsPrisonerNumber1", v1::IDENTIFIER_TYPE_NOMS, true},
    {"nsPrisonerNumber2", v1::IDENTIFIER_TYPE_NOMS, true},
    {"removedNomsNumber", v1::IDENTIFIER_TYPE_NOMS, true},
    {"movedToNomsNumber", v1::IDENTIFIER_TYPE_NOMS, true},
    {"movedFromNomsNumber", v1::IDENTIFIER_TYPE_NOMS, true},
    {"targetCRN", v1::IDENTIFIER_TYPE_CRN, true},
    {"sourceCRN", v1::IDENTIFIER_TYPE_CRN, true},
    {"unmergedCRN", v1::IDENTIFIER_TYPE_CRN, true},
    {"reactivatedCRN", v1::IDENTIFIER_TYPE_CRN, true},
};
// Otherwise a number of the first person's could be added to somebody else.
static_assert(std::is_partitioned(std::begin(kPersonMembers), std::end(kPersonMembers),
                                  [](const PersonMember& row) { return !row.another_person; }));

/// Where an identity event says who is who.
struct ChangeMembers {
  std::string_view event_type;
  IdentityChange::Kind kind;
  const char* survivor;
  const char* other;
  v1::IdentifierType type;
};
constexpr ChangeMembers kChanges[] = {
    {"prison-offender-events.prisoner.merged", IdentityChange::Kind::kMerged, "nomsNumber",
     "removedNomsNumber", v1::IDENTIFIER_TYPE_NOMS},
    {"probation-case.merge.completed", IdentityChange::Kind::kMerged, "targetCRN", "sourceCRN",
     v1::IDENTIFIER_TYPE_CRN},
    {"probation-case.unmerge.completed", IdentityChange::Kind::kUnmerged, "unmergedCRN",
     "reactivatedCRN", v1::IDENTIFIER_TYPE_CRN},
    {"prison-offender-events.prisoner.booking.moved", IdentityChange::Kind::kBookingMoved,
     "movedToNomsNumber", "movedFromNomsNumber", v1::IDENTIFIER_TYPE_NOMS},
};

bool IsBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// Capitals without blanks at the ends, for comparing.
std::string Comparable(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  std::string capitals(text);
  for (char& c : capitals) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return capitals;
}

bool CanNameSomebody(std::string_view value) {
  constexpr std::string_view kOfPlaceholders = "{}<>$";
  const bool has_digit =
      std::any_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
  const bool is_clean = std::none_of(value.begin(), value.end(), [&](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && !IsBlank(c)) || c == 0x7F ||
           kOfPlaceholders.find(c) != std::string_view::npos;
  });
  return has_digit && is_clean && value.size() <= kIdentifierBytesMax;
}

/// The value of `member` as an identifier, if it can name somebody.
std::optional<v1::Identifier> Identified(v1::IdentifierType type, const json* member) {
  const std::optional<std::string> value = member ? Text(*member) : std::nullopt;
  if (!value || !CanNameSomebody(*value)) return std::nullopt;
  v1::Identifier identifier;
  identifier.set_type(type);
  identifier.set_value(*value);
  return identifier;
}

std::optional<v1::IdentifierType> TypeCalled(const std::string& name) {
  const auto* found = std::find_if(std::begin(kTypeNames), std::end(kTypeNames),
                                   [&](const TypeName& row) { return row.name == name; });
  if (found == std::end(kTypeNames)) return std::nullopt;
  return found->type;
}

/// What was found and what was claimed, while a message is searched.
class Search {
 public:
  explicit Search(Noticed& noticed) : noticed_(noticed) {}

  /// `personReference.identifiers`: as a rule one person, under one or several numbers.
  void Reference(const json& body) {
    const json* reference = Member(body, "personReference");
    if (!reference) return;
    const json* identifiers = Member(*reference, "identifiers");
    if (reference->is_object() && !identifiers) return;
    if (!identifiers || !identifiers->is_array()) return Useless();
    for (const json& entry : *identifiers) {
      const std::string name = Comparable(MemberText(entry, "type").value_or(""));
      if (name == "PERSON") {
        noticed_.Add(NoteKind::kNotANominal);
        continue;
      }
      const std::optional<v1::IdentifierType> type = TypeCalled(name);
      const std::optional<v1::Identifier> identifier =
          type ? Identified(*type, Member(entry, "value")) : std::nullopt;
      identifier ? FoundOfTheFirst(*identifier) : Useless();
    }
  }

  /// The members of `additionalInformation`.
  void Further(const json& body) {
    const json* further = Member(body, kFurther);
    if (!further) return;
    for (const PersonMember& row : kPersonMembers) {
      const json* member = Member(*further, row.key);
      if (!member) continue;
      if (const std::optional<v1::Identifier> identifier = Identified(row.type, member)) {
        row.another_person ? FoundOfAnother(*identifier) : FoundOfTheFirst(*identifier);
      } else {
        Useless();
        somebody_unnamed_ = somebody_unnamed_ || row.another_person;
      }
    }
  }

  std::variant<People, Quarantined> Outcome(std::string_view event_type) {
    if (somebody_unnamed_ || (claimed_ && persons_.empty())) {
      return Quarantined{QuarantineReason::kIdentifierUnusable,
                         "the message claims a person, and an identifier it gives names nobody"};
    }
    if (persons_.empty() && IsAlwaysAboutAPerson(event_type)) {
      return Quarantined{QuarantineReason::kPersonMissing,
                         "an event of this type is about a person, and the message names nobody"};
    }
    if (persons_.size() > kNominalsMax) {
      return Quarantined{
          QuarantineReason::kTooManyNominals,
          "the message is about " + std::to_string(persons_.size()) + " people; at most 8"};
    }
    if (claimed_) noticed_.Add(NoteKind::kIdentifierLeftOut);
    if (persons_.empty()) noticed_.Add(NoteKind::kNobody);
    for (const Person& person : persons_) {
      if (person.identifiers.size() > 1) noticed_.Add(NoteKind::kSeveralIdentifiers);
    }
    return People{std::move(persons_), std::nullopt};
  }

 private:
  /// The first person's, unless that person has another number of that type.
  void FoundOfTheFirst(const v1::Identifier& identifier) {
    if (persons_.empty() || HasType(persons_.front(), identifier.type())) {
      return FoundOfAnother(identifier);
    }
    if (IsNew(identifier)) persons_.front().identifiers.push_back(identifier);
  }
  void FoundOfAnother(const v1::Identifier& identifier) {
    if (IsNew(identifier)) persons_.push_back(Person{{identifier}});
  }
  bool IsNew(const v1::Identifier& identifier) {
    return seen_.insert({identifier.type(), Comparable(identifier.value())}).second;
  }
  static bool HasType(const Person& person, v1::IdentifierType type) {
    return std::any_of(person.identifiers.begin(), person.identifiers.end(),
                       [&](const v1::Identifier& held) { return held.type() == type; });
  }
  void Useless() { claimed_ = true; }

  Noticed& noticed_;
  std::vector<Person> persons_;
  std::set<std::pair<int, std::string>> seen_;
  bool claimed_ = false;           ///< Something that should have named a person does not.
  bool somebody_unnamed_ = false;  ///< And that person may be named nowhere else.
};

/// Whether the reference names anybody but the survivor by a number of that type.
bool ReferenceDisagrees(const json& body, const v1::Identifier& survivor) {
  const json* reference = Member(body, "personReference");
  const json* identifiers = reference ? Member(*reference, "identifiers") : nullptr;
  if (!identifiers || !identifiers->is_array()) return false;
  return std::any_of(identifiers->begin(), identifiers->end(), [&](const json& entry) {
    return TypeCalled(Comparable(MemberText(entry, "type").value_or(""))) == survivor.type() &&
           Comparable(MemberText(entry, "value").value_or("")) != Comparable(survivor.value());
  });
}

std::optional<SourceTime> TimeOf(const json& member) {
  const auto* text = member.get_ptr<const json::string_t*>();
  return text ? ReadSourceTime(*text) : std::nullopt;
}

std::variant<People, Quarantined> BothSides(const ChangeMembers& change, const json& body,
                                            Noticed& noticed) {
  const json* further = Member(body, kFurther);
  const auto side = [&](const char* key) {
    return Identified(change.type, further ? Member(*further, key) : nullptr);
  };
  const std::optional<v1::Identifier> survivor = side(change.survivor);
  const std::optional<v1::Identifier> other = side(change.other);
  if (!survivor || !other) {
    return Quarantined{QuarantineReason::kIdentifierUnusable,
                       std::string("`additionalInformation.") +
                           (survivor ? change.other : change.survivor) + "` must name a person"};
  }
  if (Comparable(survivor->value()) == Comparable(other->value())) {
    return Quarantined{QuarantineReason::kIdentifierUnusable,
                       "both sides of the change of identity are the same"};
  }
  IdentityChange said{change.kind, 0, 1, std::nullopt};
  if (change.kind == IdentityChange::Kind::kBookingMoved) {
    // Taken for absent, a time that does not read would move everything.
    if (const json* start = Member(*further, kBookingStart)) {
      said.began = TimeOf(*start);
      if (!said.began) {
        return Quarantined{QuarantineReason::kTimeUnusable,
                           "`additionalInformation.bookingStartDateTime` must be a time such as "
                           "2026-02-03T04:05:06Z, or absent"};
      }
      if (said.began->assumed) noticed.Add(NoteKind::kTimeAssumed);
    }
  }
  if (ReferenceDisagrees(body, *survivor)) noticed.Add(NoteKind::kReferenceDisagrees);
  return People{{Person{{*survivor}}, Person{{*other}}}, said};
}

}  // namespace

std::variant<People, Quarantined> FindPeople(std::string_view event_type, const json& body,
                                             Noticed& noticed) {
  for (const ChangeMembers& change : kChanges) {
    if (change.event_type == event_type) return BothSides(change, body, noticed);
  }
  Search search(noticed);
  search.Reference(body);
  search.Further(body);
  return search.Outcome(event_type);
}

}  // namespace tearline::adapters
