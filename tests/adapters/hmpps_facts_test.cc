#include "clients/adapters/hmpps_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/adapters/invented_message.h"

namespace tearline::adapters {
namespace {

using testing::Contains;
using testing::IsEmpty;

InventedMessage Of(const std::string& type, const std::string& further) {
  InventedMessage message;
  message.type = "\"" + type + "\"";
  message.further = further;
  return message;
}

bool Noted(const Adapted& adapted, const std::string& name) {
  return testing::Value(NotesOf(adapted), Contains(name));
}

TEST(HmppsFacts, TellACustodyChangeByItsCodes) {
  constexpr v1::CustodyChange kNone = v1::CUSTODY_CHANGE_UNSPECIFIED;
  struct Row {
    const char* verb;
    const char* further;
    v1::CustodyChange change;
    const char* note;  // "" if there is none.
  };
  constexpr Row kRows[] = {
      {"released", R"({"reason":"RELEASED","nomisMovementReasonCode":"CR"})",
       v1::CUSTODY_CHANGE_RELEASED, ""},
      {"released", R"({"reason":"RELEASED"})", v1::CUSTODY_CHANGE_RELEASED, ""},
      {"released", R"({"reason":"RELEASED","nomisMovementReasonCode":"UAL"})",
       v1::CUSTODY_CHANGE_ABSCONDED, ""},
      {"released", R"({"reason":"RELEASED","nomisMovementReasonCode":"MRG"})", kNone,
       "ADMINISTRATIVE_MERGE"},
      {"released", R"({"reason":"TRANSFERRED"})", v1::CUSTODY_CHANGE_TRANSFERRED, ""},
      {"released", R"({"reason":"SENT_TO_COURT"})", v1::CUSTODY_CHANGE_TRANSFERRED, ""},
      {"released", R"({"reason":"RELEASED_TO_HOSPITAL"})", v1::CUSTODY_CHANGE_TRANSFERRED, ""},
      {"released", R"({"reason":"TEMPORARY_ABSENCE_RELEASE"})", kNone, ""},
      {"released", R"({"reason":"released from prison"})", kNone, "CUSTODY_REASON_UNKNOWN"},
      {"released", R"({"reason":""})", kNone, "CUSTODY_REASON_UNKNOWN"},
      {"released", R"({})", kNone, "CUSTODY_REASON_UNKNOWN"},
      {"released", R"({"reason":"ADMISSION"})", kNone, "CUSTODY_REASON_UNKNOWN"},
      {"received", R"({"reason":"ADMISSION","nomisMovementReasonCode":"N"})",
       v1::CUSTODY_CHANGE_RECEIVED, ""},
      {"received", R"({"reason":"READMISSION"})", v1::CUSTODY_CHANGE_RECEIVED, ""},
      {"received", R"({"reason":"ADMISSION","probableCause":"RECALL"})",
       v1::CUSTODY_CHANGE_RECALLED, ""},
      {"received", R"({"reason":"ADMISSION","nomisMovementReasonCode":"24"})",
       v1::CUSTODY_CHANGE_RECALLED, ""},
      {"received", R"({"reason":"ADMISSION","nomisMovementReasonCode":24})",
       v1::CUSTODY_CHANGE_RECALLED, ""},
      {"received", R"({"reason":"ADMISSION","probableCause":"REMAND"})",
       v1::CUSTODY_CHANGE_RECEIVED, ""},
      {"received", R"({"reason":"TRANSFERRED"})", v1::CUSTODY_CHANGE_TRANSFERRED, ""},
      {"received", R"({"reason":"RETURN_FROM_COURT"})", v1::CUSTODY_CHANGE_TRANSFERRED, ""},
      {"received", R"({"reason":"TEMPORARY_ABSENCE_RETURN"})", kNone, ""},
      {"received", R"({"reason":"POST_MERGE_ADMISSION"})", kNone, "ADMINISTRATIVE_MERGE"},
      {"received", R"({"reason":"ADMISSION","nomisMovementReasonCode":"UAL"})",
       v1::CUSTODY_CHANGE_RECEIVED, ""},
      {"received", R"({"reason":["ADMISSION"]})", kNone, "CUSTODY_REASON_UNKNOWN"},
  };
  for (const char* service : {"prison-offender-events", "prisoner-offender-search"}) {
    for (const Row& row : kRows) {
      const Adapted adapted =
          MustAdapt(Of(std::string(service) + ".prisoner." + row.verb, row.further));
      EXPECT_EQ(adapted.event.facts().custody_change(), row.change)
          << service << ' ' << row.verb << ' ' << row.further;
      if (*row.note == '\0') {
        EXPECT_THAT(NotesOf(adapted), IsEmpty()) << row.verb << ' ' << row.further;
      } else {
        EXPECT_TRUE(Noted(adapted, row.note)) << row.verb << ' ' << row.further;
      }
    }
  }
}

TEST(HmppsFacts, TellNoCustodyChangeOfOtherEvents) {
  const Adapted adapted = MustAdapt(Of("person.alert.created", R"({"reason":"RELEASED"})"));
  EXPECT_EQ(adapted.event.facts().custody_change(), v1::CUSTODY_CHANGE_UNSPECIFIED);
  EXPECT_THAT(NotesOf(adapted), IsEmpty());
}

TEST(HmppsFacts, TellMappaOfARegistrationNeverReadingTheUnknownAsNone) {
  struct Row {
    const char* category;
    const char* level;
    v1::MappaCategory told_category;
    v1::MappaLevel told_level;
    bool noted;
  };
  constexpr Row kRows[] = {
      {"M1", "M3", v1::MAPPA_CATEGORY_1, v1::MAPPA_LEVEL_3, false},
      {"M2", "M1", v1::MAPPA_CATEGORY_2, v1::MAPPA_LEVEL_1, false},
      {"M3", "M2", v1::MAPPA_CATEGORY_3, v1::MAPPA_LEVEL_2, false},
      {"M4", "M3", v1::MAPPA_CATEGORY_4, v1::MAPPA_LEVEL_3, false},
      {"M0", "M0", v1::MAPPA_CATEGORY_UNKNOWN, v1::MAPPA_LEVEL_UNSPECIFIED, true},
      {"M5", "M1", v1::MAPPA_CATEGORY_UNKNOWN, v1::MAPPA_LEVEL_1, true},
      {"M1", "M4", v1::MAPPA_CATEGORY_1, v1::MAPPA_LEVEL_UNSPECIFIED, true},
      {"", "", v1::MAPPA_CATEGORY_UNKNOWN, v1::MAPPA_LEVEL_UNSPECIFIED, true},
      {"{category}", "M2", v1::MAPPA_CATEGORY_UNKNOWN, v1::MAPPA_LEVEL_2, true},
      {"m1", "L1", v1::MAPPA_CATEGORY_UNKNOWN, v1::MAPPA_LEVEL_UNSPECIFIED, true},
  };
  for (const Row& row : kRows) {
    const std::string further = std::string(R"({"registerTypeCode":"MAPP",)") +
                                R"("registrationCategoryCode":")" + row.category +
                                R"(","registrationLevelCode":")" + row.level +
                                R"(","registrationDate":"Fri Mar 22 00:00:00 GMT 2024"})";
    for (const char* verb : {"added", "updated", "deregistered", "deleted"}) {
      const Adapted adapted =
          MustAdapt(Of(std::string("probation-case.registration.") + verb, further));
      EXPECT_EQ(adapted.event.facts().mappa_category(), row.told_category) << further;
      EXPECT_EQ(adapted.event.facts().mappa_level(), row.told_level) << further;
      EXPECT_EQ(Noted(adapted, "MAPPA_CODE_UNKNOWN"), row.noted) << further;
      EXPECT_EQ(Noted(adapted, "REGISTRATION_ENDED"), verb[0] == 'd') << verb;
      // Java's words about a registration's date are not when it happened.
      EXPECT_EQ(adapted.event.occurred_at().seconds(), 1770091506);
    }
  }
}

TEST(HmppsFacts, TellNoMappaOfAnotherRegister) {
  const Adapted adapted =
      MustAdapt(Of("probation-case.registration.added",
                   R"({"registerTypeCode":"RCCO","registrationCategoryCode":"M1",
                       "registrationLevelCode":"M1"})"));
  EXPECT_EQ(adapted.event.facts().mappa_category(), v1::MAPPA_CATEGORY_UNSPECIFIED);
  EXPECT_EQ(adapted.event.facts().mappa_level(), v1::MAPPA_LEVEL_UNSPECIFIED);
}

TEST(HmppsFacts, TellMappaByThePrisonsAlertCodes) {
  struct Row {
    const char* code;
    v1::MappaCategory category;
    v1::MappaLevel level;
  };
  constexpr Row kRows[] = {
      {"P11", v1::MAPPA_CATEGORY_1, v1::MAPPA_LEVEL_UNSPECIFIED},
      {"P44", v1::MAPPA_CATEGORY_1, v1::MAPPA_LEVEL_3},
      {"P66", v1::MAPPA_CATEGORY_2, v1::MAPPA_LEVEL_1},
      {"P99", v1::MAPPA_CATEGORY_3, v1::MAPPA_LEVEL_2},
      {"PA1", v1::MAPPA_CATEGORY_3, v1::MAPPA_LEVEL_3},
      {"P103", v1::MAPPA_CATEGORY_4, v1::MAPPA_LEVEL_3},
      {"P1", v1::MAPPA_CATEGORY_UNSPECIFIED, v1::MAPPA_LEVEL_UNSPECIFIED},  // Retired.
      {"PEEP", v1::MAPPA_CATEGORY_UNSPECIFIED, v1::MAPPA_LEVEL_UNSPECIFIED},
  };
  for (const Row& row : kRows) {
    const std::string further = std::string(R"({"alertCode":")") + row.code + "\"}";
    const Adapted adapted = MustAdapt(Of("person.alert.created", further));
    EXPECT_EQ(adapted.event.facts().mappa_category(), row.category) << row.code;
    EXPECT_EQ(adapted.event.facts().mappa_level(), row.level) << row.code;
  }
  EXPECT_TRUE(Noted(MustAdapt(Of("person.alert.inactive", R"({"alertCode":"P22"})")),
                    "REGISTRATION_ENDED"));
}

TEST(HmppsFacts, TellTheCategoryOfMappaInformation) {
  struct Row {
    const char* mappa;
    v1::MappaCategory category;
  };
  constexpr Row kRows[] = {
      {R"({"category":2})", v1::MAPPA_CATEGORY_2},
      {R"({"category":"4"})", v1::MAPPA_CATEGORY_4},
      {R"({"category":"M1"})", v1::MAPPA_CATEGORY_1},
      {R"({"category":0})", v1::MAPPA_CATEGORY_UNKNOWN},
      {R"({"category":null})", v1::MAPPA_CATEGORY_UNKNOWN},
      {R"({})", v1::MAPPA_CATEGORY_UNKNOWN},
      {R"("none")", v1::MAPPA_CATEGORY_UNKNOWN},
  };
  for (const Row& row : kRows) {
    const std::string further =
        std::string(R"({"contactId":9007199254740993,"mappa":)") + row.mappa + "}";
    const Adapted adapted = MustAdapt(Of("probation-case.mappa-information.updated", further));
    EXPECT_EQ(adapted.event.facts().mappa_category(), row.category) << row.mappa;
  }
}

TEST(HmppsFacts, TellTheRiskOfARegistrationThatStands) {
  struct Row {
    const char* code;
    v1::Risk risk;
  };
  constexpr Row kRows[] = {
      {"RLRH", v1::RISK_LOW},      {"RMRH", v1::RISK_MEDIUM},      {"RHRH", v1::RISK_HIGH},
      {"RVHR", v1::RISK_IMMINENT}, {"RCCO", v1::RISK_UNSPECIFIED}, {"", v1::RISK_UNSPECIFIED},
  };
  for (const Row& row : kRows) {
    const std::string further = std::string(R"({"registerTypeCode":")") + row.code + "\"}";
    for (const char* verb : {"added", "updated"}) {
      const Adapted adapted =
          MustAdapt(Of(std::string("probation-case.registration.") + verb, further));
      EXPECT_EQ(adapted.event.facts().risk(), row.risk) << row.code;
    }
    for (const char* verb : {"deregistered", "deleted"}) {
      const Adapted adapted =
          MustAdapt(Of(std::string("probation-case.registration.") + verb, further));
      EXPECT_EQ(adapted.event.facts().risk(), v1::RISK_UNSPECIFIED) << row.code;
      EXPECT_EQ(Noted(adapted, "REGISTRATION_ENDED"), row.risk != v1::RISK_UNSPECIFIED);
    }
  }
}

TEST(HmppsFacts, TellABreach) {
  EXPECT_TRUE(MustAdapt(Of("enforcement.breach.raised", "{}")).event.facts().breach());
  EXPECT_TRUE(MustAdapt(Of("enforcement.breach.concluded", "{}")).event.facts().breach());
  EXPECT_FALSE(MustAdapt(Of("enforcement.recall.raised", "{}")).event.facts().breach());
}

TEST(HmppsFacts, TellAReleaseDateThatIsADate) {
  struct Row {
    const char* further;
    int days;
    bool noted;
  };
  constexpr Row kRows[] = {
      {R"({"releaseDate":"2026-08-21"})", 20686, false},
      {R"({"releaseDate":"2026-08-21T00:00:00"})", 20686, false},
      {R"({"releaseDate":"2026-08-22","confirmedReleaseDate":"2026-08-21"})", 20686, false},
      {R"({"releaseDate":"2026-08-21","confirmedReleaseDate":"{date}"})", 20686, true},
      {R"({"releaseDate":"Fri Aug 21 00:00:00 BST 2026"})", 0, true},
      {R"({"releaseDate":"9999-12-31"})", 0, true},
      {R"({"releaseDate":null})", 0, false},
      {R"({})", 0, false},
  };
  for (const Row& row : kRows) {
    const Adapted adapted = MustAdapt(Of("calculate-release-dates.prisoner.changed", row.further));
    EXPECT_EQ(adapted.event.facts().release_date_days(), row.days) << row.further;
    EXPECT_EQ(Noted(adapted, "RELEASE_DATE_UNREADABLE"), row.noted) << row.further;
  }
}

TEST(HmppsFacts, TellThatATypeIsUnlistedAndDropNothing) {
  const Adapted unlisted = MustAdapt(Of("prison-recall.recommendation.started", "{}"));
  EXPECT_TRUE(unlisted.event.facts().type_unlisted());
  EXPECT_TRUE(Noted(unlisted, "TYPE_UNLISTED"));
  EXPECT_FALSE(MustAdapt(Of("person.alert.created", "{}")).event.facts().type_unlisted());
  // Listed under the name it is published by, hyphenated or not
  EXPECT_FALSE(
      MustAdapt(Of("adjudication.hearingCompleted.created", "{}")).event.facts().type_unlisted());
}

}  // namespace
}  // namespace tearline::adapters
