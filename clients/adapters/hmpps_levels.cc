#include "clients/adapters/hmpps_levels.h"

#include <algorithm>
#include <string>

namespace tearline::adapters {
namespace {

constexpr std::string_view kRegistration = "probation-case.registration.";
constexpr std::string_view kAlert = "person.alert.";

std::optional<LevelLeft> WhyLeft(const v1::Event& event) {
  const std::string& type = event.event_type();
  const v1::Facts& facts = event.facts();
  if (std::find(kLevelEndingTypes.begin(), kLevelEndingTypes.end(), type) !=
      kLevelEndingTypes.end()) {
    return LevelLeft::kEnded;
  }
  if (std::find(kLevelEventTypes.begin(), kLevelEventTypes.end(), type) ==
      kLevelEventTypes.end()) {
    return LevelLeft::kNotNew;
  }
  if (event.nominals_size() != 1) return LevelLeft::kNotOnePerson;
  if (facts.mappa_category() == v1::MAPPA_CATEGORY_UNKNOWN) return LevelLeft::kCategoryUnknown;
  if (facts.mappa_level() == v1::MAPPA_LEVEL_UNSPECIFIED) {
    return type.starts_with(kAlert) ? LevelLeft::kLevelNotSettled : LevelLeft::kLevelUnknown;
  }
  if (facts.mappa_category() == v1::MAPPA_CATEGORY_3 && facts.mappa_level() == v1::MAPPA_LEVEL_1) {
    return LevelLeft::kNoSuchLevel;
  }
  return std::nullopt;
}

}  // namespace

std::optional<LevelStatement> LevelStatementOf(const v1::Event& event) {
  const std::string& type = event.event_type();
  if (!type.starts_with(kRegistration) && !type.starts_with(kAlert)) return std::nullopt;
  if (event.facts().mappa_category() == v1::MAPPA_CATEGORY_UNSPECIFIED) return std::nullopt;
  return LevelStatement{WhyLeft(event)};
}

}  // namespace tearline::adapters
