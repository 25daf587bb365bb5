#include "clients/adapters/hmpps_levels.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/adapters/invented_message.h"

namespace tearline::adapters {
namespace {

/// "CATEGORY/LEVEL", why it is left, or "" if it says nothing.
std::string Said(const std::string& type, const std::string& further,
                 const std::string& reference = InventedMessage().reference) {
  InventedMessage message;
  message.type = "\"" + type + "\"";
  message.further = further;
  message.reference = reference;
  const Adapted adapted = MustAdapt(message);
  if (!adapted.level_statement) return "";
  if (adapted.level_statement->left) return NameOf(*adapted.level_statement->left);
  return std::to_string(adapted.event.facts().mappa_category()) + "/" +
         std::to_string(adapted.event.facts().mappa_level());
}

std::string Registration(const std::string& category, const std::string& level,
                         const std::string& type = "MAPP") {
  return R"({"registerTypeCode":")" + type + R"(","registrationCategoryCode":")" + category +
         R"(","registrationLevelCode":")" + level + R"("})";
}

TEST(HmppsLevels, AreSaidByRegistrationsAndAlerts) {
  struct Row {
    const char* verb;
    const char* category;
    const char* level;
    const char* said;
  };
  constexpr Row kRegistrations[] = {
      {"added", "M2", "M2", "2/2"},
      {"updated", "M4", "M3", "4/3"},
      {"added", "M3", "M2", "3/2"},
      {"added", "M3", "M1", "NO_SUCH_LEVEL"},
      {"added", "M0", "M2", "CATEGORY_UNKNOWN"},
      {"added", "", "M2", "CATEGORY_UNKNOWN"},
      {"updated", "M2", "M0", "LEVEL_UNKNOWN"},
      {"updated", "M2", "", "LEVEL_UNKNOWN"},
      {"deregistered", "M2", "M2", "ENDED"},
      {"deleted", "M2", "M2", "ENDED"},
  };
  for (const Row& row : kRegistrations) {
    EXPECT_EQ(Said(std::string("probation-case.registration.") + row.verb,
                   Registration(row.category, row.level)),
              row.said)
        << row.verb << ' ' << row.category << ' ' << row.level;
  }
  struct Alert {
    const char* verb;
    const char* code;
    const char* said;
  };
  constexpr Alert kAlerts[] = {
      {"created", "P77", "2/2"},      {"created", "PA1", "3/3"},
      {"created", "P101", "4/1"},     {"created", "P11", "LEVEL_NOT_SETTLED"},
      {"created", "P55", "LEVEL_NOT_SETTLED"}, {"created", "P100", "LEVEL_NOT_SETTLED"},
      {"updated", "P77", "NOT_NEW"},  {"inactive", "P77", "ENDED"},
      {"deleted", "P77", "ENDED"},    {"created", "HA", ""},
      {"inactive", "XTACT", ""},      {"created", "P1", ""},
  };
  for (const Alert& row : kAlerts) {
    EXPECT_EQ(Said(std::string("person.alert.") + row.verb,
                   R"({"alertCode":")" + std::string(row.code) + R"("})"),
              row.said)
        << row.verb << ' ' << row.code;
  }
}

/// Other registers have letters of their own; an entry in a person's history gives no level; an
/// event about nobody sets nobody's.
TEST(HmppsLevels, AreSaidByNothingElse) {
  EXPECT_EQ(Said("probation-case.registration.added", Registration("M2", "M2", "RCCO")), "");
  EXPECT_EQ(Said("probation-case.mappa-information.updated", R"({"mappa":{"category":2}})"), "");
  EXPECT_EQ(Said("prison-offender-events.prisoner.released", R"({"reason":"RELEASED"})"), "");
  EXPECT_EQ(Said("probation-case.registration.added", Registration("M2", "M2"),
                 R"({"identifiers":[{"type":"NOMS","value":"A1111AA"},)"
                 R"({"type":"CRN","value":"X111111"}]})"),
            "2/2")
      << "one person under two numbers";
}

}  // namespace
}  // namespace tearline::adapters
