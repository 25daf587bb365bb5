#include "broker/rpc/look_at_meetings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/machine/meeting.h"
#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "tests/rpc/directory_rows.h"

namespace tearline::rpc {
namespace {

constexpr std::int64_t kNow = 1'800'000'000'000;
const std::string kCase(16, 'c');
const std::string kNominal(16, 'n');
const std::string kMeeting(16, 'm');

/// A case with police/panel on its panel.
class LookAtMeetingsTest : public testing::Test {
 protected:
  LookAtMeetingsTest() {
    for (const char* agency : {"police", "inspectorate"}) {
      rows_.SetAgency(agency, rows_.police(), false, "");
    }
    rows_.SetPost("inspectorate/auditor", "x", {v1::POST_ROLE_AUDITOR});
    rows_.Change([](state::Batch& batch) {
      stored::v1::CaseRow row;
      row.mutable_case_()->set_nominal_id(model::NominalId::FromBytes(kNominal)->Text());
      row.mutable_case_()->set_lead_agency("nobody");
      row.mutable_case_()->add_seats()->set_post("police/panel");
      batch.PutRow(machine::CaseKey(kCase), row);
      batch.PutRow(machine::NominalKey(kNominal), stored::v1::NominalRow());
    });
  }
  void Put(const std::string& id, v1::MeetingOutcome outcome) {
    stored::v1::MeetingRow row;
    row.set_kind(v1::MEETING_KIND_REVIEW);
    row.set_planned_for_ms(kNow);
    row.set_planned_ms(kNow - 1000);
    row.set_outcome(outcome);
    v1::MeetingAttendee& attendee = *row.add_attendees();
    attendee.set_post("police/panel");
    attendee.set_expected(true);
    if (outcome == v1::MEETING_OUTCOME_HELD) {
      row.set_held_ms(kNow + 1);
      row.set_minutes_due_ms(kNow + 2000);
      for (const char digest : {'a', 'b'}) {
        stored::v1::MeetingDocumentRow& document = *row.add_documents();
        document.set_kind(v1::DOCUMENT_KIND_MINUTES);
        document.set_digest(std::string(32, digest));
        document.set_recorded_ms(kNow + 2);
      }
      row.add_actions_set(std::string(16, 'x'));
      row.add_actions_reviewed(std::string(16, 'y'));
    }
    rows_.Change([&](state::Batch& batch) { batch.PutRow(machine::MeetingKey(kCase, id), row); });
  }
  Result<Looked> Look(const std::string& post, v1::ListMeetingsRequest request = {}) {
    if (request.case_id().empty()) {
      request.set_case_id(model::CaseId::FromBytes(kCase)->Text());
    }
    stored::v1::Actor actor;
    actor.set_agency(post.substr(0, post.find('/')));
    actor.set_post(post);
    response_.Clear();
    return LookAtMeetings(request, actor, *rows_.View(), kNow, response_);
  }
  DirectoryRows rows_;
  v1::ListMeetingsResponse response_;
};

TEST_F(LookAtMeetingsTest, ShowsWhatIsPlanned) {
  Put(kMeeting, v1::MEETING_OUTCOME_UNSPECIFIED);
  const auto looked = Look("police/panel");
  ASSERT_TRUE(looked.ok());
  EXPECT_EQ(looked->consulted.kind(), stored::v1::CONSULTATION_KIND_CASE);
  ASSERT_EQ(response_.meetings_size(), 1);
  const v1::Meeting& shown = response_.meetings(0);
  EXPECT_EQ(shown.meeting_id(), model::MeetingId::FromBytes(kMeeting)->Text());
  EXPECT_EQ(shown.planned_for().seconds(), kNow / 1000);
  EXPECT_TRUE(shown.attendees(0).expected());
  EXPECT_FALSE(shown.has_held_at());
  EXPECT_FALSE(shown.has_minutes_due_at());
}

TEST_F(LookAtMeetingsTest, ShowsWhatWasHeldWithItsDocuments) {
  Put(kMeeting, v1::MEETING_OUTCOME_HELD);
  ASSERT_TRUE(Look("police/panel").ok());
  const v1::Meeting& shown = response_.meetings(0);
  EXPECT_TRUE(shown.has_held_at());
  EXPECT_TRUE(shown.has_minutes_due_at());
  ASSERT_EQ(shown.documents_size(), 2);
  EXPECT_EQ(shown.documents(0).version(), 1u);
  EXPECT_EQ(shown.documents(1).version(), 2u);
  EXPECT_EQ(shown.documents(1).digest(), std::string(32, 'b'));
  EXPECT_EQ(shown.actions_set(0), model::ActionId::FromBytes(std::string(16, 'x'))->Text());
  EXPECT_EQ(shown.actions_reviewed(0), model::ActionId::FromBytes(std::string(16, 'y'))->Text());
}

/// For whoever may see the case and for auditors; for others as if there were none.
TEST_F(LookAtMeetingsTest, IsForWhoMaySeeTheCase) {
  Put(kMeeting, v1::MEETING_OUTCOME_HELD);
  const auto looked = Look("inspectorate/auditor");
  ASSERT_TRUE(looked.ok());
  EXPECT_EQ(looked->consulted.kind(), stored::v1::CONSULTATION_KIND_KNOWN_AT);
  EXPECT_EQ(response_.meetings_size(), 1);
  v1::ListMeetingsRequest none;
  none.set_case_id(model::CaseId::FromBytes(std::string(16, 'x'))->Text());
  EXPECT_EQ(ReasonOf(Look("police/other").status()), v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(Look("police/other").status(), Look("police/other", none).status());
}

TEST_F(LookAtMeetingsTest, GoesOnWhereAPageEnded) {
  std::string id(16, 'a');
  for (char i = 0; i < 33; ++i) {
    id[15] = i;
    Put(id, v1::MEETING_OUTCOME_CANCELLED);
  }
  v1::ListMeetingsRequest request;
  std::vector<int> pages;
  do {
    ASSERT_TRUE(Look("police/panel", request).ok());
    pages.push_back(response_.meetings_size());
    request.set_after_meeting_id(response_.after_meeting_id());
  } while (!request.after_meeting_id().empty());
  EXPECT_THAT(pages, testing::ElementsAre(32, 1));
}

TEST_F(LookAtMeetingsTest, SaysWhichFieldIsWrong) {
  v1::ListMeetingsRequest request;
  request.set_case_id("meet_1");
  EXPECT_EQ(ReasonOf(Look("police/panel", request).status()), v1::ERROR_REASON_FIELD_INVALID);
  request.clear_case_id();
  request.set_after_meeting_id("case_1");
  EXPECT_EQ(ReasonOf(Look("police/panel", request).status()), v1::ERROR_REASON_FIELD_INVALID);
}

}  // namespace
}  // namespace tearline::rpc
