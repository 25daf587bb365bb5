#include "broker/rpc/requests.h"

#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <string>

#include "tearline/v1/case_service.grpc.pb.h"
#include "tests/rpc/puller.h"
#include "tests/rpc/running_door.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;

constexpr char kPanel[] = "police/panel";
constexpr char kChair[] = "probation/chair";

/// A panel of two, of whom the chair asks the member.
class RequestsTest : public testing::Test {
 protected:
  RequestsTest() {
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
  v1::AskForInformationRequest Asking(std::int64_t in_seconds = 3600) {
    v1::AskForInformationRequest request;
    *request.mutable_acting() = RunningDoor::As(kChair);
    request.mutable_acting()->set_legal_basis("CJA2003-325-4");
    request.set_case_id(case_id_);
    request.set_kind(v1::INFORMATION_REQUEST_KIND_INTELLIGENCE_CHECK);
    request.add_ask()->set_post(kPanel);
    *request.mutable_answer_by() =
        TimeUtil::MillisecondsToTimestamp(door_.clock().WallMs() + in_seconds * 1000);
    return request;
  }
  v1::ErrorReason Ask(const v1::AskForInformationRequest& request) {
    v1::AskForInformationResponse response;
    grpc::ClientContext context;
    const grpc::Status status = v1::RequestService::NewStub(door_.SystemOf(kChair))
                                    ->AskForInformation(&context, request, &response);
    request_id_ = response.recorded().made_id();
    return ReasonIn(status);
  }
  v1::ErrorReason Answer(const std::shared_ptr<grpc::Channel>& channel,
                         const std::string& request_id, const std::string& event_id = "") {
    v1::AnswerForInformationRequest request;
    *request.mutable_acting() = RunningDoor::As(kPanel);
    request.set_information_request_id(request_id);
    request.set_outcome(event_id.empty() ? v1::INFORMATION_OUTCOME_NOTHING_KNOWN
                                         : v1::INFORMATION_OUTCOME_ANSWERED);
    request.set_answer_event_id(event_id);
    v1::AnswerForInformationResponse response;
    grpc::ClientContext context;
    return ReasonIn(
        v1::RequestService::NewStub(channel)->AnswerForInformation(&context, request, &response));
  }
  v1::ErrorReason List(const std::string& post, bool closed) {
    v1::ListInformationRequestsRequest request;
    *request.mutable_acting() = RunningDoor::As(post);
    request.set_closed(closed);
    grpc::ClientContext context;
    return ReasonIn(v1::RequestService::NewStub(door_.SystemOf(post))
                        ->ListInformationRequests(&context, request, &listed_));
  }

  RunningDoor door_;
  const std::string nominal_ = door_.NominalWithCase("N17");
  std::string case_id_;
  std::string request_id_;
  v1::ListInformationRequestsResponse listed_;
};

/// What is asked reaches the feed of whoever is asked, with what is needed to answer it; the answer
/// ends it, and is shown to who asked.
TEST_F(RequestsTest, IsAskedAnsweredAndShown) {
  ASSERT_EQ(Ask(Asking()), v1::ERROR_REASON_UNSPECIFIED);
  ASSERT_TRUE(request_id_.starts_with("rfi_"));
  Puller panel(door_, kPanel);
  ASSERT_TRUE(panel.Pull().ok());
  ASSERT_EQ(panel.pulled.deliveries_size(), 1);
  const v1::DeliveredObligation& owed = panel.pulled.deliveries(0).obligation();
  EXPECT_EQ(owed.type(), v1::OBLIGATION_TYPE_ANSWER_INFORMATION_REQUEST);
  EXPECT_EQ(owed.information_request_id(), request_id_);
  EXPECT_EQ(owed.nominal_id(), nominal_);

  ASSERT_EQ(List(kPanel, false), v1::ERROR_REASON_UNSPECIFIED);
  ASSERT_EQ(listed_.requests_size(), 1);
  EXPECT_EQ(listed_.requests(0).asked_by(), kChair);
  EXPECT_EQ(Answer(door_.SystemOf(kPanel), request_id_), v1::ERROR_REASON_PERSON_REQUIRED);
  EXPECT_EQ(Answer(door_.HolderOf(kPanel), request_id_), v1::ERROR_REASON_UNSPECIFIED);
  List(kChair, false);
  EXPECT_EQ(listed_.requests_size(), 0);
  List(kChair, true);
  ASSERT_EQ(listed_.requests_size(), 1);
  EXPECT_EQ(listed_.requests(0).asked(0).outcome(), v1::INFORMATION_OUTCOME_NOTHING_KNOWN);
}

TEST_F(RequestsTest, SaysWhichFieldIsWrong) {
  v1::AskForInformationRequest request = Asking();
  request.set_nominal_id("case_1");
  EXPECT_EQ(Ask(request), v1::ERROR_REASON_FIELD_INVALID);
  request = Asking();
  request.set_case_id("nom_1");
  EXPECT_EQ(Ask(request), v1::ERROR_REASON_FIELD_INVALID);
  request = Asking();
  request.set_event_id("nom_1");
  EXPECT_EQ(Ask(request), v1::ERROR_REASON_FIELD_INVALID);
  request = Asking();
  request.mutable_answer_by()->set_nanos(-1);
  EXPECT_EQ(Ask(request), v1::ERROR_REASON_TIME_INVALID);
  EXPECT_EQ(Ask(Asking(-1)), v1::ERROR_REASON_TIME_INVALID);
  request = Asking();
  while (request.ask_size() <= 16) request.add_ask()->set_post(kPanel);
  EXPECT_EQ(Ask(request), v1::ERROR_REASON_LIMIT_PASSED);
  request = Asking();
  request.mutable_acting()->clear_legal_basis();
  EXPECT_EQ(Ask(request), v1::ERROR_REASON_LEGAL_BASIS_REQUIRED);
  request = Asking();
  request.mutable_ask(0)->set_post("police/intel");
  EXPECT_EQ(Ask(request), v1::ERROR_REASON_NOBODY_TO_ASK);
  EXPECT_EQ(Answer(door_.HolderOf(kPanel), "rfi_1"), v1::ERROR_REASON_FIELD_INVALID);
  ASSERT_EQ(Ask(Asking()), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(Answer(door_.HolderOf(kPanel), request_id_, "nom_1"), v1::ERROR_REASON_FIELD_INVALID);
}

}  // namespace
}  // namespace tearline::rpc
