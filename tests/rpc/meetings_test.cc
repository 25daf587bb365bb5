#include "broker/rpc/meetings.h"

#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <string>

#include "tearline/v1/case_service.grpc.pb.h"
#include "tests/rpc/puller.h"
#include "tests/rpc/running_door.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;

constexpr char kChair[] = "probation/chair";

class MeetingsTest : public testing::Test {
 protected:
  MeetingsTest() {
    v1::GetCaseRequest request;
    *request.mutable_acting() = RunningDoor::As(kChair);
    request.set_nominal_id(nominal_);
    v1::GetCaseResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(v1::CaseService::NewStub(door_.SystemOf(kChair))
                    ->GetCase(&context, request, &response)
                    .ok());
    case_id_ = response.case_().case_id();
  }
  google::protobuf::Timestamp In(std::int64_t seconds) {
    return TimeUtil::MillisecondsToTimestamp(door_.clock().WallMs() + seconds * 1000);
  }
  v1::PlanMeetingRequest Planning() {
    v1::PlanMeetingRequest request;
    *request.mutable_acting() = RunningDoor::As(kChair);
    request.set_case_id(case_id_);
    request.set_kind(v1::MEETING_KIND_REVIEW);
    *request.mutable_planned_for() = In(3600);
    return request;
  }
  v1::ErrorReason Plan(const v1::PlanMeetingRequest& request) {
    v1::PlanMeetingResponse response;
    grpc::ClientContext context;
    const auto reason = ReasonIn(Stub()->PlanMeeting(&context, request, &response));
    meeting_id_ = response.recorded().made_id();
    return reason;
  }
  v1::EndMeetingRequest Ending() {
    v1::EndMeetingRequest request;
    *request.mutable_acting() = RunningDoor::As(kChair);
    request.set_case_id(case_id_);
    request.set_meeting_id(meeting_id_);
    request.set_outcome(v1::MEETING_OUTCOME_HELD);
    *request.mutable_held_at() = In(-60);
    request.add_present(kChair);
    request.add_apologies("police/panel");
    return request;
  }
  v1::ErrorReason End(const v1::EndMeetingRequest& request) {
    v1::EndMeetingResponse response;
    grpc::ClientContext context;
    return ReasonIn(Stub()->EndMeeting(&context, request, &response));
  }
  v1::RecordMinutesRequest Recording() {
    v1::RecordMinutesRequest request;
    *request.mutable_acting() = RunningDoor::As(kChair);
    request.set_case_id(case_id_);
    request.set_meeting_id(meeting_id_);
    request.set_kind(v1::DOCUMENT_KIND_MINUTES);
    request.set_form_edition("mappa-2022");
    request.set_digest(std::string(32, 'd'));
    return request;
  }
  v1::ErrorReason Record(const v1::RecordMinutesRequest& request) {
    v1::RecordMinutesResponse response;
    grpc::ClientContext context;
    return ReasonIn(Stub()->RecordMinutes(&context, request, &response));
  }
  v1::Meeting Shown() {
    v1::ListMeetingsRequest request;
    *request.mutable_acting() = RunningDoor::As("police/panel");
    request.set_case_id(case_id_);
    v1::ListMeetingsResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(v1::MeetingService::NewStub(door_.SystemOf("police/panel"))
                    ->ListMeetings(&context, request, &response)
                    .ok());
    return response.meetings_size() == 1 ? response.meetings(0) : v1::Meeting();
  }
  std::unique_ptr<v1::MeetingService::Stub> Stub() {
    return v1::MeetingService::NewStub(door_.SystemOf(kChair));
  }

  RunningDoor door_;
  const std::string nominal_ = door_.NominalWithCase("N17");
  std::string case_id_;
  std::string meeting_id_;
};

/// Planned, held, its minutes owed and recorded; and shown to the panel.
TEST_F(MeetingsTest, IsPlannedHeldAndMinuted) {
  ASSERT_EQ(Plan(Planning()), v1::ERROR_REASON_UNSPECIFIED);
  ASSERT_TRUE(meeting_id_.starts_with("meet_"));
  EXPECT_EQ(Shown().outcome(), v1::MEETING_OUTCOME_UNSPECIFIED);
  EXPECT_EQ(Shown().attendees_size(), 2);
  ASSERT_EQ(End(Ending()), v1::ERROR_REASON_UNSPECIFIED);
  Puller chair(door_, kChair);
  ASSERT_TRUE(chair.Pull().ok());
  ASSERT_EQ(chair.pulled.deliveries_size(), 1);
  const v1::DeliveredObligation& owed = chair.pulled.deliveries(0).obligation();
  EXPECT_EQ(owed.type(), v1::OBLIGATION_TYPE_RECORD_MINUTES);
  EXPECT_EQ(owed.meeting_id(), meeting_id_);
  EXPECT_EQ(owed.case_id(), case_id_);
  ASSERT_EQ(Record(Recording()), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(Shown().documents(0).kept_by(), kChair);
  EXPECT_EQ(Shown().documents(0).digest(), std::string(32, 'd'));
}

TEST_F(MeetingsTest, SaysWhichFieldIsWrong) {
  v1::PlanMeetingRequest plan = Planning();
  plan.set_case_id("meet_1");
  EXPECT_EQ(Plan(plan), v1::ERROR_REASON_FIELD_INVALID);
  plan = Planning();
  plan.mutable_planned_for()->set_nanos(-1);
  EXPECT_EQ(Plan(plan), v1::ERROR_REASON_TIME_INVALID);
  plan = Planning();
  for (int i = 0; i < 65; ++i) plan.add_expected(kChair);
  EXPECT_EQ(Plan(plan), v1::ERROR_REASON_LIMIT_PASSED);
  ASSERT_EQ(Plan(Planning()), v1::ERROR_REASON_UNSPECIFIED);

  v1::EndMeetingRequest end = Ending();
  end.set_meeting_id("case_1");
  EXPECT_EQ(End(end), v1::ERROR_REASON_FIELD_INVALID);
  end = Ending();
  end.mutable_held_at()->set_nanos(-1);
  EXPECT_EQ(End(end), v1::ERROR_REASON_TIME_INVALID);
  end = Ending();
  for (int i = 0; i < 65; ++i) end.add_apologies(kChair);
  EXPECT_EQ(End(end), v1::ERROR_REASON_LIMIT_PASSED);
  ASSERT_EQ(End(Ending()), v1::ERROR_REASON_UNSPECIFIED);

  v1::RecordMinutesRequest record = Recording();
  record.set_digest("short");
  EXPECT_EQ(Record(record), v1::ERROR_REASON_FIELD_INVALID);
  record = Recording();
  record.set_case_id("meet_1");
  EXPECT_EQ(Record(record), v1::ERROR_REASON_FIELD_INVALID);
}

}  // namespace
}  // namespace tearline::rpc
