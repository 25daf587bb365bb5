#include "broker/model/label_check.h"

#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "broker/model/limits.h"

namespace tearline::model {
namespace {

constexpr v1::ErrorReason kGood = v1::ERROR_REASON_UNSPECIFIED;
constexpr v1::ErrorReason kLabel = v1::ERROR_REASON_LABEL_INVALID;

/// OFFICIAL-SENSITIVE and nothing else.
v1::Label PlainLabel() {
  v1::Label label;
  label.mutable_marking()->set_tier(v1::TIER_OFFICIAL);
  label.mutable_marking()->set_sensitive(true);
  return label;
}

struct GradingRow {
  const char* grade;
  int source;
  int information;
  int handling;
  int action;
  int sanitisation;
  v1::ErrorReason reason;
};

// The number columns are the proto's: handling 1 is P, 2 is C; 0 is "not said".
constexpr GradingRow kGradings[] = {
    // grade                source info handling action sanitisation
    {"1BP", 1, 2, 1, 0, 0, kGood},
    {"3EP", 3, 5, 1, 0, 0, kGood},
    {"2CC, A1/S2", 2, 3, 2, 1, 2, kGood},
    {"2CC, A3/S1", 2, 3, 2, 3, 1, kGood},
    {"2CC without codes", 2, 3, 2, 0, 0, kLabel},
    {"2CC, A1 alone", 2, 3, 2, 1, 0, kLabel},
    {"2CC, S2 alone", 2, 3, 2, 0, 2, kLabel},
    {"1BP with A1", 1, 2, 1, 1, 0, kLabel},
    {"1BP with S1", 1, 2, 1, 0, 1, kLabel},
    {"1BP with A1/S1", 1, 2, 1, 1, 1, kLabel},
    {"no source", 0, 2, 1, 0, 0, kLabel},
    {"no information", 1, 0, 1, 0, 0, kLabel},
    {"no handling", 1, 2, 0, 0, 0, kLabel},
    {"nothing, yet present", 0, 0, 0, 0, 0, kLabel},
    {"a fourth source grade", 4, 2, 1, 0, 0, kLabel},
    {"a sixth information grade", 1, 6, 1, 0, 0, kLabel},
    {"a third handling code", 1, 2, 3, 0, 0, kLabel},
    {"A4", 1, 2, 2, 4, 1, kLabel},
    {"S3", 1, 2, 2, 1, 3, kLabel},
};

TEST(LabelCheck, GradesAre3x5x2AndNothingElse) {
  for (const GradingRow& row : kGradings) {
    v1::Label label = PlainLabel();
    v1::Grading& grading = *label.mutable_grading();
    grading.set_source(static_cast<v1::SourceGrade>(row.source));
    grading.set_information(static_cast<v1::InformationGrade>(row.information));
    grading.set_handling(static_cast<v1::HandlingCode>(row.handling));
    grading.set_action(static_cast<v1::ActionCode>(row.action));
    grading.set_sanitisation(static_cast<v1::SanitisationCode>(row.sanitisation));
    EXPECT_EQ(ReasonOf(CheckLabel(label, "event.label")), row.reason) << row.grade;
  }
}

/// "2CC A1/S2" and "5x5 B24": a grading as it is written; "" is none.
v1::Grading Graded(const std::string& text) {
  v1::Grading grading;
  if (text.starts_with("5x5 ")) {
    v1::FiveByFiveGrade& grade = *grading.mutable_five_by_five();
    grade.set_source(static_cast<v1::FiveByFiveSource>(text[4] - 'A' + 1));
    grade.set_information(static_cast<v1::FiveByFiveInformation>(text[5] - '0'));
    grade.set_handling(static_cast<v1::FiveByFiveHandling>(text[6] - '0'));
    return grading;
  }
  if (text.empty()) return grading;
  grading.set_source(static_cast<v1::SourceGrade>(text[0] - '0'));
  grading.set_information(static_cast<v1::InformationGrade>(text[1] - 'A' + 1));
  grading.set_handling(text[2] == 'P' ? v1::HANDLING_CODE_PERMITTED : v1::HANDLING_CODE_CONDITIONS);
  if (text.size() == 3) return grading;
  grading.set_action(static_cast<v1::ActionCode>(text[5] - '0'));
  grading.set_sanitisation(static_cast<v1::SanitisationCode>(text[8] - '0'));
  return grading;
}

TEST(LabelCheck, AnOlderGradeIsKeptAloneAndWhole) {
  const struct {
    const char* what;
    std::function<void(v1::Grading&)> change;
    v1::ErrorReason reason;
  } kRows[] = {
      {"5x5x5", [](v1::Grading&) {}, kGood},
      {"with a source by 3x5x2 beside it",
       [](v1::Grading& g) { g.set_source(v1::SOURCE_GRADE_RELIABLE); }, kLabel},
      {"with S1 beside it", [](v1::Grading& g) { g.set_sanitisation(v1::SANITISATION_CODE_S1); },
       kLabel},
      {"without source", [](v1::Grading& g) { g.mutable_five_by_five()->clear_source(); }, kLabel},
      {"without information", [](v1::Grading& g) { g.mutable_five_by_five()->clear_information(); },
       kLabel},
      {"without handling", [](v1::Grading& g) { g.mutable_five_by_five()->clear_handling(); },
       kLabel},
      {"a sixth source",
       [](v1::Grading& g) {
         g.mutable_five_by_five()->set_source(static_cast<v1::FiveByFiveSource>(6));
       },
       kLabel},
  };
  for (const auto& row : kRows) {
    v1::Label label = PlainLabel();
    *label.mutable_grading() = Graded("5x5 B24");
    row.change(*label.mutable_grading());
    EXPECT_EQ(ReasonOf(CheckLabel(label, "event.label")), row.reason) << row.what;
  }
}

/// Read each row as: "an item graded <segment>, in a report graded <label>, is accepted".
TEST(LabelCheck, AnItemIsGradedApartButNeverMoreStrictlyThanItsReport) {
  const struct {
    const char* label;
    const char* segment;
    v1::ErrorReason reason;
  } kRows[] = {
      // label        segment       reason
      {"1BP", "1BP", kGood},
      {"1BP", "3EP", kGood},  // Each item's source and information are its own.
      {"1BP", "2CC A3/S1", kLabel},
      {"2CC A3/S1", "1AP", kGood},
      {"2CC A1/S2", "2CC A1/S2", kGood},
      {"2CC A1/S2", "2CC A3/S1", kGood},
      {"2CC A2/S2", "2CC A1/S2", kLabel},
      {"2CC A1/S1", "2CC A1/S2", kLabel},
      {"2CC A1/S2", "2CC", kLabel},  // C without its codes.
      {"", "1BP", kLabel},
      {"5x5 B24", "1BP", kLabel},
      {"1BP", "5x5 B24", kLabel},
      {"5x5 B24", "5x5 E54", kGood},
      {"5x5 B24", "5x5 B21", kLabel},
      {"5x5 B24", "5x5 B94", kLabel},
  };
  for (const auto& row : kRows) {
    const Status status = CheckSegmentGrading(Graded(row.segment), Graded(row.label), "s.grading");
    EXPECT_EQ(ReasonOf(status), row.reason)
        << "an item " << row.segment << " in " << row.label << ": " << SentenceOf(status);
  }
  v1::Grading unknown = Graded("1BP");
  unknown.GetReflection()->MutableUnknownFields(&unknown)->AddVarint(77, 1);
  EXPECT_EQ(ReasonOf(CheckSegmentGrading(unknown, Graded("1BP"), "s.grading")), kLabel);
}

struct LabelRow {
  const char* what;
  std::function<void(v1::Label&)> change;
  v1::ErrorReason reason;
};

TEST(LabelCheck, RefusesExactlyWhereTheTableSaysSo) {
  const LabelRow rows[] = {
      {"marked only", [](v1::Label&) {}, kGood},
      {"not marked", [](v1::Label& l) { l.clear_marking(); }, kLabel},
      {"not graded", [](v1::Label& l) { l.clear_grading(); }, kGood},
      {"existence told, someone to ask",
       [](v1::Label& l) {
         l.set_existence_may_be_told(true);
         l.set_pointer_post("ct-police/desk");
       },
       kGood},
      {"existence told, nobody to ask", [](v1::Label& l) { l.set_existence_may_be_told(true); },
       kLabel},
      {"someone to ask, existence not told",
       [](v1::Label& l) { l.set_pointer_post("ct-police/desk"); }, kGood},
      {"pointer post without agency", [](v1::Label& l) { l.set_pointer_post("desk"); },
       v1::ERROR_REASON_NAME_INVALID},
      {"released to a post", [](v1::Label& l) { l.add_released_to_posts("prison/security"); },
       kGood},
      {"released to a person's name", [](v1::Label& l) { l.add_released_to_posts("J. Doe"); },
       v1::ERROR_REASON_NAME_INVALID},
      {"an unknown field in the grading",
       [](v1::Label& l) {
         v1::Grading& grading = *l.mutable_grading();
         grading.set_source(v1::SOURCE_GRADE_RELIABLE);
         grading.set_information(v1::INFORMATION_GRADE_CORROBORATED);
         grading.set_handling(v1::HANDLING_CODE_PERMITTED);
         grading.GetReflection()->MutableUnknownFields(&grading)->AddVarint(77, 1);
       },
       kLabel},
      {"an unknown field in the label",
       [](v1::Label& l) { l.GetReflection()->MutableUnknownFields(&l)->AddVarint(77, 1); }, kLabel},
  };
  for (const LabelRow& row : rows) {
    v1::Label label = PlainLabel();
    row.change(label);
    EXPECT_EQ(ReasonOf(CheckLabel(label, "event.label")), row.reason) << row.what;
  }
}

TEST(LabelCheck, ReleasesToSixtyFourPostsAndNoMore) {
  v1::Label label = PlainLabel();
  for (std::size_t i = 0; i < kReleasedToMax; ++i)
    label.add_released_to_posts("police/post-" + std::to_string(i));
  EXPECT_TRUE(CheckLabel(label, "event.label").ok());
  label.add_released_to_posts("police/one-more");
  EXPECT_EQ(ReasonOf(CheckLabel(label, "event.label")), v1::ERROR_REASON_LIMIT_PASSED);
}

TEST(LabelCheck, NeverQuotesWhatWasSent) {
  v1::Label label = PlainLabel();
  label.add_released_to_posts("prison/security");
  label.add_released_to_posts("Mr Secret Name");
  const std::string sentence = SentenceOf(CheckLabel(label, "event.label"));
  EXPECT_NE(sentence.find("event.label.released_to_posts[1]"), std::string::npos) << sentence;
  EXPECT_EQ(sentence.find("Secret"), std::string::npos) << sentence;
}

TEST(LabelCheck, AnAudienceMayBeNobodyButNotUnknown) {
  v1::Audience audience;
  EXPECT_TRUE(CheckAudience(audience, "a").ok());
  audience.set_panels(true);
  audience.add_agency_kinds(v1::AGENCY_KIND_HEALTH);
  audience.add_post_roles(v1::POST_ROLE_CHAIR);
  audience.add_posts("prison/security");
  EXPECT_TRUE(CheckAudience(audience, "a").ok());
  v1::Audience unknown_kind = audience;
  unknown_kind.add_agency_kinds(static_cast<v1::AgencyKind>(99));
  EXPECT_EQ(SentenceOf(CheckAudience(unknown_kind, "a")),
            "`a.agency_kinds[1]` is not a value this broker knows");
  v1::Audience no_role = audience;
  no_role.add_post_roles(v1::POST_ROLE_UNSPECIFIED);
  EXPECT_EQ(ReasonOf(CheckAudience(no_role, "a")), kLabel);
  audience.add_posts("nobody");
  EXPECT_EQ(ReasonOf(CheckAudience(audience, "a")), v1::ERROR_REASON_NAME_INVALID);
}

struct TearLineRow {
  const char* what;
  std::string text;
  bool sensitive;
  v1::Tier tier;
  v1::ErrorReason reason;
};

TEST(LabelCheck, ATearLineIsWrittenBoundedAndNotAboveItsEvent) {
  const TearLineRow rows[] = {
      {"as the event", "recalled", true, v1::TIER_OFFICIAL, kGood},
      {"below the event", "recalled", false, v1::TIER_OFFICIAL, kGood},
      {"above the event", "recalled", false, v1::TIER_SECRET, kLabel},
      {"not marked", "recalled", false, v1::TIER_UNSPECIFIED, kLabel},
      {"empty", "", false, v1::TIER_OFFICIAL, v1::ERROR_REASON_FIELD_INVALID},
      {"not text", "\xFF", false, v1::TIER_OFFICIAL, v1::ERROR_REASON_FIELD_INVALID},
      {"longest", std::string(kTearLineBytesMax, 'a'), false, v1::TIER_OFFICIAL, kGood},
      {"too long", std::string(kTearLineBytesMax + 1, 'a'), false, v1::TIER_OFFICIAL,
       v1::ERROR_REASON_LIMIT_PASSED},
  };
  for (const TearLineRow& row : rows) {
    v1::TearLine tear_line;
    tear_line.set_text(row.text);
    tear_line.mutable_marking()->set_tier(row.tier);
    tear_line.mutable_marking()->set_sensitive(row.sensitive);
    EXPECT_EQ(ReasonOf(CheckTearLine(tear_line, PlainLabel().marking(), "event.tear_lines[0]")),
              row.reason)
        << row.what;
  }
}

}  // namespace
}  // namespace tearline::model
