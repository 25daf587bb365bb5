#include "broker/rpc/proposals.h"

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

/// A panel of two, of whom the member proposes and the chair is asked.
class ProposalsTest : public testing::Test {
 protected:
  ProposalsTest() {
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
  v1::MakeProposalRequest Asked(std::int64_t in_seconds = 3600) {
    v1::MakeProposalRequest request;
    *request.mutable_acting() = RunningDoor::As(kPanel);
    request.set_case_id(case_id_);
    request.set_kind(v1::PROPOSAL_KIND_TRAVEL);
    *request.mutable_answer_by() =
        TimeUtil::MillisecondsToTimestamp(door_.clock().WallMs() + in_seconds * 1000);
    return request;
  }
  v1::ErrorReason Make(const v1::MakeProposalRequest& request) {
    v1::MakeProposalResponse response;
    grpc::ClientContext context;
    const grpc::Status status = v1::ProposalService::NewStub(door_.SystemOf(kPanel))
                                    ->MakeProposal(&context, request, &response);
    proposal_id_ = response.recorded().made_id();
    return ReasonIn(status);
  }
  v1::ErrorReason Answer(const std::shared_ptr<grpc::Channel>& channel,
                         const std::string& proposal_id) {
    v1::AnswerProposalRequest request;
    *request.mutable_acting() = RunningDoor::As(kChair);
    request.set_case_id(case_id_);
    request.set_proposal_id(proposal_id);
    request.set_answer(v1::PROPOSAL_ANSWER_OBJECTION);
    v1::AnswerProposalResponse response;
    grpc::ClientContext context;
    return ReasonIn(
        v1::ProposalService::NewStub(channel)->AnswerProposal(&context, request, &response));
  }
  v1::ErrorReason List(bool answered) {
    v1::ListProposalsRequest request;
    *request.mutable_acting() = RunningDoor::As(kChair);
    request.set_case_id(case_id_);
    request.set_answered(answered);
    grpc::ClientContext context;
    return ReasonIn(v1::ProposalService::NewStub(door_.SystemOf(kChair))
                        ->ListProposals(&context, request, &listed_));
  }

  RunningDoor door_;
  const std::string nominal_ = door_.NominalWithCase("N17");
  std::string case_id_;
  std::string proposal_id_;
  v1::ListProposalsResponse listed_;
};

/// What is asked reaches the feed of whoever is asked, with what is needed to answer it; the answer
/// ends it, and is shown.
TEST_F(ProposalsTest, IsAskedAnsweredAndShown) {
  ASSERT_EQ(Make(Asked()), v1::ERROR_REASON_UNSPECIFIED);
  Puller chair(door_, kChair);
  ASSERT_TRUE(chair.Pull().ok());
  ASSERT_EQ(chair.pulled.deliveries_size(), 1);
  const v1::DeliveredObligation& owed = chair.pulled.deliveries(0).obligation();
  EXPECT_EQ(owed.type(), v1::OBLIGATION_TYPE_ANSWER_PROPOSAL);
  EXPECT_EQ(owed.proposal_id(), proposal_id_);
  EXPECT_EQ(owed.case_id(), case_id_);
  EXPECT_EQ(owed.events(), 1u);

  ASSERT_EQ(List(/*answered=*/false), v1::ERROR_REASON_UNSPECIFIED);
  ASSERT_EQ(listed_.proposals_size(), 1);
  EXPECT_EQ(listed_.proposals(0).unanswered(), 1u);
  EXPECT_EQ(Answer(door_.SystemOf(kChair), owed.proposal_id()), v1::ERROR_REASON_PERSON_REQUIRED);
  EXPECT_EQ(Answer(door_.HolderOf(kChair), owed.proposal_id()), v1::ERROR_REASON_UNSPECIFIED);
  List(false);
  EXPECT_EQ(listed_.proposals_size(), 0);
  List(true);
  ASSERT_EQ(listed_.proposals_size(), 1);
  EXPECT_EQ(listed_.proposals(0).asked(0).answer(), v1::PROPOSAL_ANSWER_OBJECTION);
  EXPECT_TRUE(listed_.proposals(0).has_closed_at());
}

TEST_F(ProposalsTest, SaysWhichFieldIsWrong) {
  v1::MakeProposalRequest request = Asked();
  request.set_case_id("case_1");
  EXPECT_EQ(Make(request), v1::ERROR_REASON_FIELD_INVALID);
  request = Asked();
  request.set_event_id("nom_1");
  EXPECT_EQ(Make(request), v1::ERROR_REASON_FIELD_INVALID);
  request = Asked();
  request.mutable_answer_by()->set_nanos(-1);
  EXPECT_EQ(Make(request), v1::ERROR_REASON_TIME_INVALID);
  EXPECT_EQ(Make(Asked(/*in_seconds=*/-1)), v1::ERROR_REASON_TIME_INVALID);
  EXPECT_EQ(Answer(door_.HolderOf(kChair), "prop_1"), v1::ERROR_REASON_FIELD_INVALID);
}

}  // namespace
}  // namespace tearline::rpc
