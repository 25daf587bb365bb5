#include "clients/adapters/hmpps_people.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/adapters/invented_message.h"

namespace tearline::adapters {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

InventedMessage Of(const std::string& type, const std::string& reference,
                   const std::string& further) {
  InventedMessage message;
  message.type = "\"" + type + "\"";
  message.reference = reference;
  message.further = further;
  return message;
}

/// `personReference` with these identifiers, given as JSON objects.
std::string Reference(const std::string& identifiers) {
  return R"({"identifiers":[)" + identifiers + "]}";
}

struct FoundRow {
  const char* reference;  // The identifiers.
  const char* further;
  std::vector<std::string> nominals;
};

TEST(HmppsPeople, AreFoundWhereverAMessageNamesThem) {
  const FoundRow rows[] = {
      {R"({"type":"NOMS","value":"A1111AA"})", "{}", {"NOMS A1111AA"}},
      {R"({"type":"nomsNumber","value":"A1111AA"})", "{}", {"NOMS A1111AA"}},
      {R"({"type":" crn ","value":"X111111"})", "{}", {"CRN X111111"}},
      {R"({"type":"PNC","value":"26/1W"})", "{}", {"PNC 26/1W"}},
      {R"({"type":"CRO","value":"65656/91H"})", "{}", {"CRO 65656/91H"}},
      {R"({"type":"NHS","value":9434765919})", "{}", {"NHS 9434765919"}},
      {R"({"type":"NINO","value":"AB123456C"})", "{}", {"NI AB123456C"}},
      {R"({"type":"VISO","value":"VS-1"})", "{}", {"VISOR VS-1"}},
      {R"({"type":"CRN","value":"X111111"},{"type":"NOMS","value":"A1111AA"})",
       "{}",
       {"CRN X111111 = NOMS A1111AA"}},
      {"", R"({"nomsNumber":"A1111AA"})", {"NOMS A1111AA"}},
      {"", R"({"prisonerNumber":"A1111AA"})", {"NOMS A1111AA"}},
      {"", R"({"prisonerId":"A1111AA"})", {"NOMS A1111AA"}},
      {"", R"({"offenderNo":"A1111AA"})", {"NOMS A1111AA"}},
      {"", R"({"crn":"X111111"})", {"CRN X111111"}},
      {"",
       R"({"nsPrisonerNumber1":"A1111AA","nsPrisonerNumber2":"A2222AA"})",
       {"NOMS A1111AA", "NOMS A2222AA"}},
      // The same number twice is one reference, however it is written
      {R"({"type":"NOMS","value":"A1111AA"})", R"({"nomsNumber":" a1111aa "})", {"NOMS A1111AA"}},
      // Malformed is not unusable: kept as written, for the broker to mark as unverified
      {R"({"type":"NOMS","value":"AA1234A"})", "{}", {"NOMS AA1234A"}},
      {R"({"type":"NOMS","value":" A12345 "})", "{}", {"NOMS  A12345 "}},
      // Null is absent
      {R"({"type":"NOMS","value":"A1111AA"})", R"({"nomsNumber":null})", {"NOMS A1111AA"}},
  };
  for (const FoundRow& row : rows) {
    const Adapted adapted =
        MustAdapt(Of("person.alert.created", Reference(row.reference), row.further));
    EXPECT_EQ(NominalsOf(adapted), row.nominals) << row.reference << ' ' << row.further;
    EXPECT_EQ(adapted.identity_change, std::nullopt) << row.reference;
  }
}

/// Read each row as: "a message that says this is about these people", one string a person.
TEST(HmppsPeople, UnderSeveralNumbersAreOneNominal) {
  const FoundRow rows[] = {
      {R"({"type":"CRN","value":"X111111"},{"type":"NOMS","value":"A1111AA"})",
       "{}",
       {"CRN X111111 = NOMS A1111AA"}},
      {R"({"type":"NOMS","value":"A1111AA"},{"type":"CRN","value":"X111111"})",
       "{}",
       {"NOMS A1111AA = CRN X111111"}},
      {R"({"type":"CRN","value":"X111111"})",
       R"({"nomsNumber":"A1111AA"})",
       {"CRN X111111 = NOMS A1111AA"}},
      {"", R"({"crn":"X111111","prisonerNumber":"A1111AA"})", {"NOMS A1111AA = CRN X111111"}},
      // The same number again adds nothing, however it is written
      {R"({"type":"CRN","value":"X111111"},{"type":"NOMS","value":"A1111AA"})",
       R"({"nomsNumber":" a1111aa ","crn":"x111111"})",
       {"CRN X111111 = NOMS A1111AA"}},
      // A second number of a type is somebody else's
      {R"({"type":"NOMS","value":"A1111AA"},{"type":"NOMS","value":"A2222AA"})",
       "{}",
       {"NOMS A1111AA", "NOMS A2222AA"}},
      {R"({"type":"CRN","value":"X111111"},{"type":"NOMS","value":"A1111AA"})",
       R"({"nomsNumber":"A2222AA"})",
       {"CRN X111111 = NOMS A1111AA", "NOMS A2222AA"}},
      {"",
       R"({"nomsNumber":"A1111AA","offenderNo":"A2222AA","crn":"X111111"})",
       {"NOMS A1111AA = CRN X111111", "NOMS A2222AA"}},
      // So is one that by its name is another person's, even of a type the first does not have yet
      {R"({"type":"NOMS","value":"A1111AA"})",
       R"({"nsPrisonerNumber1":"A1111AA","nsPrisonerNumber2":"A2222AA"})",
       {"NOMS A1111AA", "NOMS A2222AA"}},
      {R"({"type":"NOMS","value":"A1111AA"})",
       R"({"sourceCRN":"X222222"})",
       {"NOMS A1111AA", "CRN X222222"}},
      {R"({"type":"CRN","value":"X111111"})",
       R"({"removedNomsNumber":"A2222AA","nomsNumber":"A1111AA"})",
       {"CRN X111111 = NOMS A1111AA", "NOMS A2222AA"}},
  };
  for (const FoundRow& row : rows) {
    const Adapted adapted =
        MustAdapt(Of("person.alert.created", Reference(row.reference), row.further));
    EXPECT_EQ(NominalsOf(adapted), row.nominals) << row.reference << ' ' << row.further;
  }
}

/// As many as the broker takes: the first, and eight that it is also known by.
TEST(HmppsPeople, MayBeKnownByANumberOfEveryType) {
  const Adapted adapted =
      MustAdapt(Of("person.alert.created",
                   Reference(R"({"type":"NOMS","value":"A1111AA"},{"type":"CRN","value":"X111111"},
                      {"type":"PNC","value":"26/1W"},{"type":"CRO","value":"65656/91H"},
                      {"type":"NHS","value":"9434765919"},{"type":"NI","value":"AB123456C"},
                      {"type":"ASN","value":"S-1"},{"type":"C_ID","value":"100000001"},
                      {"type":"VISO","value":"VS-1"})"),
                   "{}"));
  ASSERT_EQ(adapted.event.nominals_size(), 1);
  EXPECT_EQ(adapted.event.nominals(0).also_known_by_size(), 8);
}

TEST(HmppsPeople, WithoutAnyAreAllowedOfAPlaceACodeOrAVisitor) {
  for (const char* type : {"location.inside.prison.created", "incentives.levels.reordered",
                           "incident.report.created", "prisoner-alerts.alert-code-created"}) {
    for (const char* reference :
         {"", "null", "{}", R"({"identifiers":[]})", R"({"identifiers":null})"}) {
      const Adapted adapted = MustAdapt(Of(type, reference, R"({"key":"MDI-A"})"));
      EXPECT_THAT(NominalsOf(adapted), IsEmpty()) << type << ' ' << reference;
      EXPECT_THAT(NotesOf(adapted), Contains("NOBODY")) << type << ' ' << reference;
    }
  }
}

TEST(HmppsPeople, AreMissedWhereATypeIsAlwaysAboutAPerson) {
  for (const char* reference : {"", "{}", R"({"identifiers":[]})"}) {
    EXPECT_EQ(MustSetAside(Of("person.alert.created", reference, "{}")).reason,
              QuarantineReason::kPersonMissing)
        << reference;
  }
  EXPECT_EQ(MustSetAside(Of("probation-case.registration.added", "", "")).reason,
            QuarantineReason::kPersonMissing);
}

TEST(HmppsPeople, WhoVisitAreNoNominals) {
  const Adapted visitor = MustAdapt(Of("prison-offender-events.visitor.restriction.upserted",
                                       Reference(R"({"type":"PERSON","value":"4729510"})"), "{}"));
  EXPECT_THAT(NominalsOf(visitor), IsEmpty());
  EXPECT_THAT(NotesOf(visitor), Contains("NOT_A_NOMINAL"));
  const Adapted both = MustAdapt(Of(
      "prison-offender-events.prisoner.person-restriction.upserted",
      Reference(R"({"type":"PERSON","value":"4729510"},{"type":"NOMS","value":"A1111AA"})"), "{}"));
  EXPECT_THAT(NominalsOf(both), ElementsAre("NOMS A1111AA"));
}

TEST(HmppsPeople, WhoAreClaimedAndCannotBeNamedSetTheMessageAside) {
  const std::string long_value(65, '1');
  for (const std::string& identifier : {
           std::string(R"({"type":"CRN","value":"crn"})"),
           std::string(R"({"type":"CRN","value":"{crn}"})"),
           std::string(R"({"type":"CRN","value":"${crn1}"})"),
           std::string(R"({"type":"CRN","value":"<X111111>"})"),
           std::string(R"({"type":"CRN","value":""})"),
           std::string(R"({"type":"CRN","value":"   "})"),
           std::string(R"({"type":"CRN","value":null})"),
           std::string(R"({"type":"CRN"})"),
           std::string(R"({"type":"CRN","value":{"x":1}})"),
           std::string(R"({"type":"CRN","value":1.5})"),
           std::string(R"({"type":"CRN","value":"X1111\u000011"})"),
           std::string(R"({"type":"NOMS","value":"some_offender"})"),
           std::string(R"({"type":"STAFF","value":"X111111"})"),
           std::string(R"({"value":"X111111"})"),
           std::string(R"("X111111")"),
           std::string("null"),
           R"({"type":"CRN","value":")" + long_value + "\"}",
       }) {
    EXPECT_EQ(MustSetAside(Of("person.alert.created", Reference(identifier), "{}")).reason,
              QuarantineReason::kIdentifierUnusable)
        << identifier;
  }
  for (const char* reference : {"\"X111111\"", "[]", "7", R"({"identifiers":"X111111"})",
                                R"({"identifiers":{"type":"CRN","value":"X111111"}})"}) {
    EXPECT_EQ(MustSetAside(Of("person.alert.created", reference, "{}")).reason,
              QuarantineReason::kIdentifierUnusable)
        << reference;
  }
  EXPECT_EQ(MustSetAside(Of("location.inside.prison.created", "", R"({"nomsNumber":""})")).reason,
            QuarantineReason::kIdentifierUnusable);
}

TEST(HmppsPeople, MayHaveAUselessNumberBesideAUsableOne) {
  const Adapted adapted = MustAdapt(
      Of("person.alert.created",
         Reference(R"({"type":"CRN","value":"crn"},{"type":"NOMS","value":"A1111AA"})"), "{}"));
  EXPECT_THAT(NominalsOf(adapted), ElementsAre("NOMS A1111AA"));
  EXPECT_THAT(NotesOf(adapted), Contains("IDENTIFIER_LEFT_OUT"));
}

/// Told about one of two people only, nobody would look for the other.
TEST(HmppsPeople, AreNotLeftOutOneOfTwo) {
  EXPECT_EQ(MustSetAside(Of("non-associations.created", "",
                            R"({"nsPrisonerNumber1":"A1111AA","nsPrisonerNumber2":"{number}"})"))
                .reason,
            QuarantineReason::kIdentifierUnusable);
}

TEST(HmppsPeople, UnderSeveralNumbersAreNoted) {
  EXPECT_THAT(
      NotesOf(MustAdapt(
          Of("person.alert.created",
             Reference(R"({"type":"CRN","value":"X111111"},{"type":"NOMS","value":"A1111AA"})"),
             "{}"))),
      Contains("SEVERAL_IDENTIFIERS"));
  EXPECT_THAT(NotesOf(MustAdapt(Of("non-associations.created", "",
                                   R"({"nsPrisonerNumber1":"A1111AA",
                                       "nsPrisonerNumber2":"A2222AA"})"))),
              Not(Contains("SEVERAL_IDENTIFIERS")));
  EXPECT_THAT(NotesOf(MustAdapt(Of("person.alert.created",
                                   Reference(R"({"type":"NOMS","value":"A1111AA"})"),
                                   R"({"sourceCRN":"X222222"})"))),
              Not(Contains("SEVERAL_IDENTIFIERS")));
}

/// People, not numbers, are counted.
TEST(HmppsPeople, AreAtMostEight) {
  std::string identifiers;
  for (int i = 1; i <= 9; ++i) {
    if (i == 9) {
      for (const char* further : {"{}", R"({"crn":"X111111"})"}) {
        EXPECT_EQ(MustAdapt(Of("incident.report.created", Reference(identifiers), further))
                      .event.nominals_size(),
                  8)
            << further;
      }
    }
    identifiers += std::string(i > 1 ? "," : "") + R"({"type":"NOMS","value":"A111)" +
                   std::to_string(i) + "AA\"}";
  }
  EXPECT_EQ(MustSetAside(Of("incident.report.created", Reference(identifiers), "{}")).reason,
            QuarantineReason::kTooManyNominals);
}

// -- Merges, un-merges, moved bookings
// -------------------------------------------------------------

constexpr char kMerged[] = "prison-offender-events.prisoner.merged";
constexpr char kMergeCompleted[] = "probation-case.merge.completed";
constexpr char kUnmerged[] = "probation-case.unmerge.completed";
constexpr char kMoved[] = "prison-offender-events.prisoner.booking.moved";
constexpr char kMergeMembers[] = R"({"nomsNumber":"A1111AA","removedNomsNumber":"A2222AA"})";

struct ChangeRow {
  const char* type;
  const char* reference;  // The identifiers.
  const char* further;
  IdentityChange::Kind kind;
  std::vector<std::string> survivor_then_other;
  bool disagrees;
};

const ChangeRow kChangeRows[] = {
    {kMerged,
     R"({"type":"NOMS","value":"A1111AA"})",
     kMergeMembers,
     IdentityChange::Kind::kMerged,
     {"NOMS A1111AA", "NOMS A2222AA"},
     false},
    // The reference has been seen to be the removed one, another, and absent
    {kMerged,
     R"({"type":"NOMS","value":"A2222AA"})",
     kMergeMembers,
     IdentityChange::Kind::kMerged,
     {"NOMS A1111AA", "NOMS A2222AA"},
     true},
    {kMerged,
     R"({"type":"NOMS","value":"A3333AA"})",
     kMergeMembers,
     IdentityChange::Kind::kMerged,
     {"NOMS A1111AA", "NOMS A2222AA"},
     true},
    {kMerged,
     "",
     kMergeMembers,
     IdentityChange::Kind::kMerged,
     {"NOMS A1111AA", "NOMS A2222AA"},
     false},
    // Another number of the survivor's joins nobody
    {kMerged,
     R"({"type":"CRN","value":"X111111"},{"type":"NOMS","value":"A1111AA"})",
     kMergeMembers,
     IdentityChange::Kind::kMerged,
     {"NOMS A1111AA", "NOMS A2222AA"},
     false},
    {kMergeCompleted,
     R"({"type":"CRN","value":"X111111"})",
     R"({"sourceCRN":"X222222","targetCRN":"X111111"})",
     IdentityChange::Kind::kMerged,
     {"CRN X111111", "CRN X222222"},
     false},
    {kUnmerged,
     R"({"type":"CRN","value":"X111111"})",
     R"({"reactivatedCRN":"X222222","unmergedCRN":"X111111"})",
     IdentityChange::Kind::kUnmerged,
     {"CRN X111111", "CRN X222222"},
     false},
    {kMoved,
     R"({"type":"NOMS","value":"A1111AA"})",
     R"({"movedFromNomsNumber":"A2222AA","movedToNomsNumber":"A1111AA"})",
     IdentityChange::Kind::kBookingMoved,
     {"NOMS A1111AA", "NOMS A2222AA"},
     false},
    {kMoved,
     R"({"type":"NOMS","value":"A1111AA"})",
     R"({"movedFromNomsNumber":"A2222AA","movedToNomsNumber":"A1111AA",
           "bookingStartDateTime":"2026-01-01T10:00:00"})",
     IdentityChange::Kind::kBookingMoved,
     {"NOMS A1111AA", "NOMS A2222AA"},
     false},
};

TEST(HmppsPeople, OfAChangeOfIdentityAreTheSurvivorThenTheOther) {
  for (const ChangeRow& row : kChangeRows) {
    InventedMessage message = Of(row.type, Reference(row.reference), row.further);
    message.description = "\"merged from A1111AA to A9999ZZ\"";  // Wrong, as seen.
    const Adapted adapted = MustAdapt(message);
    EXPECT_EQ(NominalsOf(adapted), row.survivor_then_other) << row.type;
    ASSERT_TRUE(adapted.identity_change.has_value()) << row.type;
    EXPECT_EQ(adapted.identity_change->kind, row.kind) << row.type;
    EXPECT_EQ(adapted.identity_change->survivor, 0U);
    EXPECT_EQ(adapted.identity_change->other, 1U);
    EXPECT_EQ(testing::Value(NotesOf(adapted), Contains("REFERENCE_DISAGREES")), row.disagrees)
        << row.type << ' ' << row.reference;
    EXPECT_NE(adapted.event.segments(0).content().find(NameOf(row.kind)), std::string::npos);
  }
}

/// Without a beginning all of it moved; one that does not read is not taken for that.
TEST(HmppsPeople, AMovedBookingSaysWhenItBegan) {
  const auto moved = [](const std::string& start) {
    return Of(kMoved, "",
              R"({"movedFromNomsNumber":"A2222AA","movedToNomsNumber":"A1111AA")" + start + "}");
  };
  EXPECT_FALSE(MustAdapt(moved("")).identity_change->began.has_value());
  EXPECT_FALSE(MustAdapt(moved(R"(,"bookingStartDateTime":null)")).identity_change->began);
  const Adapted local = MustAdapt(moved(R"(,"bookingStartDateTime":"2026-07-01T10:00:00")"));
  ASSERT_TRUE(local.identity_change->began.has_value());
  EXPECT_EQ(local.identity_change->began->seconds, 1'782'896'400) << "in London it was summer";
  EXPECT_THAT(NotesOf(local), Contains("TIME_ASSUMED"));
  const Adapted zoned = MustAdapt(moved(R"(,"bookingStartDateTime":"2026-07-01T10:00:00Z")"));
  EXPECT_EQ(zoned.identity_change->began->seconds, 1'782'900'000);
  for (const char* unreadable :
       {R"(,"bookingStartDateTime":"{createdDate}")", R"(,"bookingStartDateTime":"")",
        R"(,"bookingStartDateTime":1782900000)"}) {
    EXPECT_EQ(MustSetAside(moved(unreadable)).reason, QuarantineReason::kTimeUnusable)
        << unreadable;
  }
}

/// The reference alone does not say who survived.
TEST(HmppsPeople, OfAChangeOfIdentityMustBothBeNamed) {
  const std::string reference = Reference(R"({"type":"NOMS","value":"A1111AA"})");
  for (const char* further :
       {"", "{}", R"({"nomsNumber":"A1111AA"})", R"({"removedNomsNumber":"A2222AA"})",
        R"({"nomsNumber":"A1111AA","removedNomsNumber":""})",
        R"({"nomsNumber":"{noms}","removedNomsNumber":"A2222AA"})",
        R"({"nomsNumber":"A1111AA","removedNomsNumber":" a1111aa"})",
        R"({"targetCRN":"X111111","sourceCRN":"X222222"})"}) {
    EXPECT_EQ(MustSetAside(Of(kMerged, reference, further)).reason,
              QuarantineReason::kIdentifierUnusable)
        << further;
  }
}

}  // namespace
}  // namespace tearline::adapters
