#include "broker/rpc/ask_about_case.h"

#include <gtest/gtest.h>

#include <string>

#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "tests/rpc/directory_rows.h"

namespace tearline::rpc {
namespace {

constexpr std::int64_t kNow = 1'800'000'000'000;
const std::string kCase(16, 'c');
const std::string kNominal(16, 'n');
const std::string kEvent(16, 'e');

/// A case with police/panel on its panel; police/panel was told of an event.
class AskAboutCaseTest : public testing::Test {
 protected:
  AskAboutCaseTest() {
    for (const char* agency : {"police", "inspectorate"}) {
      rows_.SetAgency(agency, rows_.police(), false, "");
    }
    rows_.SetPost("inspectorate/auditor", "x", {v1::POST_ROLE_AUDITOR});
    rows_.Change([](state::Batch& batch) {
      stored::v1::CaseRow row;
      row.mutable_case_()->set_nominal_id(model::NominalId::FromBytes(kNominal)->Text());
      row.mutable_case_()->set_lead_agency("probation");
      row.mutable_case_()->add_seats()->set_post("police/panel");
      batch.PutRow(machine::CaseKey(kCase), row);
      stored::v1::NominalRow nominal;
      nominal.set_case_id(kCase);
      batch.PutRow(machine::NominalKey(kNominal), nominal);
      stored::v1::EventRow event;
      event.set_answering_post("unit/desk");
      event.add_nominal_ids(kNominal);
      batch.PutRow(machine::EventKey(kEvent), event);
      batch.PutRow(machine::LetGoKey("police/panel", kEvent), stored::v1::LetGoRow());
    });
  }
  static stored::v1::Actor By(const std::string& post) {
    stored::v1::Actor actor;
    actor.set_agency(post.substr(0, post.find('/')));
    actor.set_post(post);
    return actor;
  }
  Result<Looked> Ask(const std::string& post, const std::string& case_id = kCase) {
    return AskAboutCase(case_id, By(post), *rows_.View(), kNow);
  }
  bool Named(const std::string& post) {
    return !EventIfNamed(kEvent, *Ask(post), By(post), *rows_.View()).empty();
  }
  DirectoryRows rows_;
};

TEST_F(AskAboutCaseTest, IsForWhoMaySeeTheCase) {
  const auto looked = Ask("police/panel");
  ASSERT_TRUE(looked.ok());
  EXPECT_FALSE(IsAuditors(*looked));
  EXPECT_EQ(looked->consulted.kind(), stored::v1::CONSULTATION_KIND_CASE);
  EXPECT_EQ(looked->consulted.case_id(), kCase);
  EXPECT_EQ(looked->consulted.nominal_id(), kNominal);
  EXPECT_EQ(looked->consulted.at_ms(), 0);
}

TEST_F(AskAboutCaseTest, IsAnAuditorsQuestionAsOfNow) {
  const auto looked = Ask("inspectorate/auditor");
  ASSERT_TRUE(looked.ok());
  EXPECT_TRUE(IsAuditors(*looked));
  EXPECT_EQ(looked->consulted.kind(), stored::v1::CONSULTATION_KIND_KNOWN_AT);
  EXPECT_EQ(looked->consulted.at_ms(), kNow);
  EXPECT_EQ(looked->consulted.case_id(), "");
}

/// P6. To everybody else, as if there were none.
TEST_F(AskAboutCaseTest, RefusesOthersAsIfThereWereNone) {
  const Status refused = Ask("police/other").status();
  EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_NOT_FOUND);
  const std::string none(16, 'x');
  EXPECT_EQ(refused, Ask("police/other", none).status());
  EXPECT_EQ(refused, Ask("police/panel", none).status());
  EXPECT_EQ(refused, Ask("inspectorate/auditor", none).status());
}

TEST_F(AskAboutCaseTest, NamesAnEventToWhoKnowsOfItAndToAuditors) {
  EXPECT_TRUE(Named("police/panel"));
  EXPECT_TRUE(Named("inspectorate/auditor"));
  rows_.Change([](state::Batch& batch) {
    stored::v1::LetGoRow ended;
    ended.set_ended(true);
    batch.PutRow(machine::LetGoKey("police/panel", kEvent), ended);
  });
  EXPECT_FALSE(Named("police/panel"));
}

}  // namespace
}  // namespace tearline::rpc
