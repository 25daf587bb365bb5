#include "broker/rpc/consult.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "broker/model/ids.h"
#include "broker/rpc/event_trail.h"
#include "tearline/v1/audit_service.grpc.pb.h"
#include "tearline/v1/case_feed_service.grpc.pb.h"
#include "tearline/v1/case_service.grpc.pb.h"
#include "tearline/v1/directory_service.grpc.pb.h"
#include "tearline/v1/nominal_service.grpc.pb.h"
#include "tearline/v1/post_service.grpc.pb.h"
#include "tearline/v1/request_service.grpc.pb.h"
#include "tearline/v1/subscriber_service.grpc.pb.h"
#include "tests/rpc/running_door.h"

namespace tearline::rpc {
namespace {

using stored::v1::ConsultationKind;

constexpr char kAuditor[] = "desk/auditor";

class ConsultTest : public testing::Test {
 protected:
  ConsultTest() { EXPECT_TRUE(door_.checkpoints().Beat(*door_.writer().View()).ok()); }

  v1::Acting As(const std::string& post) const {
    v1::Acting acting = RunningDoor::As(post);
    if (!purpose_) acting.clear_purpose();
    return acting;
  }
  v1::ErrorReason WhoWasTold() {
    v1::WhoWasToldRequest request;
    *request.mutable_acting() = As(kAuditor);
    request.set_event_id(event_);
    v1::WhoWasToldResponse response;
    grpc::ClientContext context;
    return ReasonIn(Audit(kAuditor)->WhoWasTold(&context, request, &response));
  }
  v1::ErrorReason Withheld() {
    v1::ListWithheldRequest request;
    *request.mutable_acting() = As(kAuditor);
    v1::ListWithheldResponse response;
    grpc::ClientContext context;
    return ReasonIn(Audit(kAuditor)->ListWithheld(&context, request, &response));
  }
  v1::ErrorReason Leaves() {
    v1::ReadLeavesRequest request;
    *request.mutable_acting() = As(kAuditor);
    request.set_limit(2);
    grpc::ClientContext context;
    const auto stub = Audit(kAuditor);
    const auto stream = stub->ReadLeaves(&context, request);
    v1::ReadLeavesResponse frame;
    while (stream->Read(&frame)) {
    }
    return ReasonIn(stream->Finish());
  }
  v1::ErrorReason Decision() {
    v1::ExplainDecisionRequest request;
    *request.mutable_acting() = As(kAuditor);
    request.set_event_id(event_);
    request.set_post("police/panel");
    v1::ExplainDecisionResponse response;
    grpc::ClientContext context;
    return ReasonIn(Audit(kAuditor)->ExplainDecision(&context, request, &response));
  }
  v1::ErrorReason Item() {
    v1::ExplainItemRequest request;
    *request.mutable_acting() = As("police/panel");
    request.set_event_id(event_);
    v1::ExplainItemResponse response;
    grpc::ClientContext context;
    return ReasonIn(v1::SubscriberService::NewStub(door_.SystemOf("police/panel"))
                        ->ExplainItem(&context, request, &response));
  }
  v1::ErrorReason Case() {
    v1::GetCaseRequest request;
    *request.mutable_acting() = As("probation/chair");
    request.set_nominal_id(nominal_);
    v1::GetCaseResponse response;
    grpc::ClientContext context;
    return ReasonIn(v1::CaseService::NewStub(door_.SystemOf("probation/chair"))
                        ->GetCase(&context, request, &response));
  }
  v1::ErrorReason Numbers() {
    v1::ShowNominalRequest request;
    *request.mutable_acting() = As("probation/chair");
    request.set_nominal_id(nominal_);
    v1::ShowNominalResponse response;
    grpc::ClientContext context;
    return ReasonIn(v1::NominalService::NewStub(door_.SystemOf("probation/chair"))
                        ->ShowNominal(&context, request, &response));
  }
  /// What came to the case's chair, as far as it is; the stream's first frame is the answer.
  v1::ErrorReason CaseFeed(bool pack) {
    v1::FollowCaseRequest request;
    *request.mutable_acting() = As("probation/chair");
    const auto cases = door_.writer().View()->Scan(state::Key(state::Table::kCase), 1);
    request.set_case_id(model::CaseId::FromBytes(cases.at(0).first.substr(1))->Text());
    request.set_pack(pack);
    grpc::ClientContext context;
    const auto stub = v1::CaseFeedService::NewStub(door_.SystemOf("probation/chair"));
    const auto stream = stub->FollowCase(&context, request);
    v1::FollowCaseResponse frame;
    while (stream->Read(&frame)) {
    }
    return ReasonIn(stream->Finish());
  }
  /// One of the auditor's questions that are asked and answered once.
  template <typename Request, typename Response>
  v1::ErrorReason Ask(grpc::Status (v1::AuditService::StubInterface::*method)(grpc::ClientContext*,
                                                                              const Request&,
                                                                              Response*),
                      Request request) {
    *request.mutable_acting() = As(kAuditor);
    Response response;
    grpc::ClientContext context;
    const std::unique_ptr<v1::AuditService::StubInterface> stub = Audit(kAuditor);
    return ReasonIn((stub.get()->*method)(&context, request, &response));
  }
  v1::ErrorReason WhoWasNotTold() {
    v1::WhoWasNotToldRequest request;
    request.set_event_id(event_);
    return Ask(&v1::AuditService::StubInterface::WhoWasNotTold, request);
  }
  v1::ErrorReason KnownAt() {
    v1::KnownAtRequest request;
    request.set_nominal_id(nominal_);
    request.set_panel(true);
    request.mutable_at()->set_seconds(door_.clock().WallMs() / 1000 - 1);
    return Ask(&v1::AuditService::StubInterface::KnownAt, request);
  }
  v1::ErrorReason WhoLooked() {
    v1::WhoLookedRequest request;
    request.set_nominal_id(nominal_);
    return Ask(&v1::AuditService::StubInterface::WhoLooked, request);
  }
  v1::ErrorReason OpenAt() {
    v1::ListOpenAtRequest request;
    request.mutable_at()->set_seconds(door_.clock().WallMs() / 1000 - 1);
    return Ask(&v1::AuditService::StubInterface::ListOpenAt, request);
  }
  v1::ErrorReason Themes() {
    v1::CountThemesRequest request;
    request.set_from_month("2020-01");
    request.set_to_month("2020-01");
    return Ask(&v1::AuditService::StubInterface::CountThemes, request);
  }
  v1::ErrorReason Receipts() {
    v1::GetReceiptsRequest request;
    request.set_event_id(event_);
    return Ask(&v1::AuditService::StubInterface::GetReceipts, request);
  }
  /// Decisions about the person, judged again; the stream is read to its end.
  v1::ErrorReason Replay() {
    v1::ReplayDecisionsRequest request;
    *request.mutable_acting() = As(kAuditor);
    request.set_nominal_id(nominal_);
    grpc::ClientContext context;
    const auto stub = Audit(kAuditor);
    const auto stream = stub->ReplayDecisions(&context, request);
    v1::ReplayDecisionsResponse frame;
    while (stream->Read(&frame)) {
    }
    return ReasonIn(stream->Finish());
  }
  v1::ErrorReason InformationRequests() {
    v1::ListInformationRequestsRequest request;
    *request.mutable_acting() = As("police/panel");
    v1::ListInformationRequestsResponse response;
    grpc::ClientContext context;
    return ReasonIn(v1::RequestService::NewStub(door_.SystemOf("police/panel"))
                        ->ListInformationRequests(&context, request, &response));
  }
  v1::ErrorReason HandOver() {
    v1::GetHandOverRequest request;
    *request.mutable_acting() = As("police/panel");
    v1::GetHandOverResponse response;
    grpc::ClientContext context;
    return ReasonIn(v1::PostService::NewStub(door_.SystemOf("police/panel"))
                        ->GetHandOver(&context, request, &response));
  }
  v1::ErrorReason Posts() {
    v1::ReportPostsRequest request;
    *request.mutable_acting() = As(kAuditor);
    v1::ReportPostsResponse response;
    grpc::ClientContext context;
    return ReasonIn(v1::PostService::NewStub(door_.SystemOf(kAuditor))
                        ->ReportPosts(&context, request, &response));
  }
  std::unique_ptr<v1::AuditService::Stub> Audit(const std::string& post) {
    return v1::AuditService::NewStub(door_.SystemOf(post));
  }

  struct Question {
    ConsultationKind kind;
    std::function<v1::ErrorReason()> ask;
    bool of_everybody;
  };
  const std::vector<Question> questions_ = {
      {stored::v1::CONSULTATION_KIND_WHO_WAS_TOLD, [this] { return WhoWasTold(); }, false},
      {stored::v1::CONSULTATION_KIND_WITHHELD, [this] { return Withheld(); }, true},
      {stored::v1::CONSULTATION_KIND_LEAVES, [this] { return Leaves(); }, true},
      {stored::v1::CONSULTATION_KIND_DECISION, [this] { return Decision(); }, false},
      {stored::v1::CONSULTATION_KIND_ITEM, [this] { return Item(); }, false},
      {stored::v1::CONSULTATION_KIND_CASE, [this] { return Case(); }, false},
      {stored::v1::CONSULTATION_KIND_NOMINAL, [this] { return Numbers(); }, false},
      {stored::v1::CONSULTATION_KIND_WHO_WAS_NOT_TOLD, [this] { return WhoWasNotTold(); }, false},
      {stored::v1::CONSULTATION_KIND_KNOWN_AT, [this] { return KnownAt(); }, false},
      {stored::v1::CONSULTATION_KIND_WHO_LOOKED, [this] { return WhoLooked(); }, false},
      {stored::v1::CONSULTATION_KIND_OPEN_OBLIGATIONS, [this] { return OpenAt(); }, true},
      {stored::v1::CONSULTATION_KIND_THEMES, [this] { return Themes(); }, false},
      {stored::v1::CONSULTATION_KIND_RECEIPTS, [this] { return Receipts(); }, false},
      {stored::v1::CONSULTATION_KIND_REPLAY, [this] { return Replay(); }, false},
      {stored::v1::CONSULTATION_KIND_HAND_OVER, [this] { return HandOver(); }, false},
      {stored::v1::CONSULTATION_KIND_POSTS, [this] { return Posts(); }, true},
      {stored::v1::CONSULTATION_KIND_INFORMATION_REQUESTS, [this] { return InformationRequests(); },
       false},
      {stored::v1::CONSULTATION_KIND_CASE_FEED, [this] { return CaseFeed(false); }, false},
      {stored::v1::CONSULTATION_KIND_CASE_PACK, [this] { return CaseFeed(true); }, false},
  };

  RunningDoor door_;
  const std::string nominal_ = door_.NominalWithCase("N17");
  const std::string event_ = door_.Publish(nominal_, "first", "part");
  bool purpose_ = true;
};

/// What others owe, an auditor is shown as an answer to a question; a post's own list is none.
TEST_F(ConsultTest, AnAuditorsListOfWhatIsOwedIsRecordedAndAPostsOwnIsNot) {
  const auto list = [this](const std::string& post) {
    v1::ListObligationsRequest request;
    *request.mutable_acting() = As(post);
    v1::ListObligationsResponse response;
    grpc::ClientContext context;
    return ReasonIn(v1::CaseService::NewStub(door_.SystemOf(post))
                        ->ListObligations(&context, request, &response));
  };
  const model::Position before = door_.writer().View()->position();
  EXPECT_EQ(list("police/panel"), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(door_.writer().View()->position(), before);
  const std::int64_t asked_ms = door_.clock().WallMs();
  EXPECT_EQ(list(kAuditor), v1::ERROR_REASON_UNSPECIFIED);
  const auto view = door_.writer().View();
  ASSERT_EQ(view->position(), before + 1);
  stored::v1::ConsultedDetail what;
  std::string purpose;
  ReadDetails(view->position(), *view, [&](const auto& detail, const auto&) {
    if (detail.has_actor()) purpose = detail.actor().purpose();
    if (detail.has_consulted()) what = detail.consulted();
  });
  EXPECT_EQ(what.kind(), stored::v1::CONSULTATION_KIND_OPEN_OBLIGATIONS);
  EXPECT_TRUE(what.everybody());
  EXPECT_GE(what.at_ms(), asked_ms);
  EXPECT_EQ(purpose, "public-protection");
  purpose_ = false;
  EXPECT_EQ(list(kAuditor), v1::ERROR_REASON_PURPOSE_REQUIRED);
  EXPECT_EQ(list("police/panel"), v1::ERROR_REASON_UNSPECIFIED);
  purpose_ = true;
  door_.writer().Drain();
  EXPECT_EQ(list(kAuditor), v1::ERROR_REASON_UNAVAILABLE) << "it can't be recorded";
}

/// What waits about a person is shown to whoever gives a purpose, and recorded; what is about
/// nobody, or nothing, is not.
TEST_F(ConsultTest, AListOfWhatWaitsIsRecordedIfItShowsSomebody) {
  const std::string who = "desk/operator";
  const auto list = [&] {
    v1::ListPendingRequest request;
    *request.mutable_acting() = As(who);
    v1::ListPendingResponse response;
    grpc::ClientContext context;
    return ReasonIn(v1::DirectoryService::NewStub(door_.SystemOf(who))
                        ->ListPending(&context, request, &response));
  };
  model::Position before = door_.writer().View()->position();
  EXPECT_EQ(list(), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(door_.writer().View()->position(), before);
  v1::EraseNominalRequest erase;
  *erase.mutable_acting() = As(who);
  erase.set_nominal_id(nominal_);
  v1::EraseNominalResponse erased;
  grpc::ClientContext context;
  ASSERT_EQ(ReasonIn(v1::NominalService::NewStub(door_.SystemOf(who))
                         ->EraseNominal(&context, erase, &erased)),
            v1::ERROR_REASON_UNSPECIFIED);
  ASSERT_TRUE(erased.recorded().awaits_second_hand());
  before = door_.writer().View()->position();
  EXPECT_EQ(list(), v1::ERROR_REASON_UNSPECIFIED);
  const auto view = door_.writer().View();
  ASSERT_EQ(view->position(), before + 1);
  stored::v1::ConsultedDetail what;
  ReadDetails(view->position(), *view, [&](const auto& detail, const auto&) {
    if (detail.has_consulted()) what = detail.consulted();
  });
  EXPECT_EQ(what.kind(), stored::v1::CONSULTATION_KIND_PENDING);
  ASSERT_EQ(what.nominal_ids_size(), 1);
  EXPECT_EQ(model::NominalId::FromBytes(what.nominal_ids(0))->Text(), nominal_);
  purpose_ = false;
  EXPECT_EQ(list(), v1::ERROR_REASON_PURPOSE_REQUIRED);
}

/// Whoever was answered, the ledger holds that they asked, for what, and why.
TEST_F(ConsultTest, EveryAnswerIsPrecededByItsRecord) {
  // All but the unspecified one, who received an event, break-glass, what waits, and what a feed's
  // event says: asked in their own tests.
  EXPECT_EQ(questions_.size() + 5,
            static_cast<std::size_t>(stored::v1::ConsultationKind_descriptor()->value_count()))
      << "a kind of question is not asked here";
  for (const Question& question : questions_) {
    const std::string name = stored::v1::ConsultationKind_Name(question.kind);
    const model::Position before = door_.writer().View()->position();
    const v1::ErrorReason reason = question.ask();
    const bool not_let_go = question.kind == stored::v1::CONSULTATION_KIND_ITEM;
    EXPECT_EQ(reason, not_let_go ? v1::ERROR_REASON_NOT_FOUND : v1::ERROR_REASON_UNSPECIFIED)
        << name;
    const auto view = door_.writer().View();
    ASSERT_EQ(view->position(), before + 1) << name;
    stored::v1::ActorDetail who;
    stored::v1::ConsultedDetail what;
    ReadDetails(view->position(), *view, [&](const auto& detail, const auto&) {
      if (detail.has_actor()) who = detail.actor();
      if (detail.has_consulted()) what = detail.consulted();
    });
    EXPECT_EQ(what.kind(), question.kind);
    EXPECT_EQ(who.purpose(), "public-protection") << name;
    EXPECT_EQ(what.everybody(), question.of_everybody) << name;
    // Nothing was let go to the panel yet, and it asked nobody: its pack is about nobody.
    const bool of_nobody = not_let_go ||
                           question.kind == stored::v1::CONSULTATION_KIND_INFORMATION_REQUESTS ||
                           question.kind == stored::v1::CONSULTATION_KIND_THEMES ||
                           question.kind == stored::v1::CONSULTATION_KIND_HAND_OVER;
    EXPECT_EQ(what.nominal_ids_size(), question.of_everybody || of_nobody ? 0 : 1) << name;
  }
}

TEST_F(ConsultTest, WithoutAPurposeNothingIsShownAndNothingRecorded) {
  purpose_ = false;
  const model::Position before = door_.writer().View()->position();
  for (const Question& question : questions_) {
    EXPECT_EQ(question.ask(), v1::ERROR_REASON_PURPOSE_REQUIRED)
        << stored::v1::ConsultationKind_Name(question.kind);
  }
  const auto view = door_.writer().View();
  for (model::Position position = before + 1; position <= view->position(); ++position) {
    ReadDetails(position, *view,
                [](const auto& detail, const auto&) { EXPECT_FALSE(detail.has_consulted()); });
  }
}

/// A question that can't be recorded is not answered: the writer has stopped.
TEST_F(ConsultTest, WhatCannotBeRecordedIsNotShown) {
  door_.writer().Drain();
  for (const Question& question : questions_) {
    EXPECT_EQ(question.ask(), v1::ERROR_REASON_UNAVAILABLE)
        << stored::v1::ConsultationKind_Name(question.kind);
  }
}

}  // namespace
}  // namespace tearline::rpc
