#include "broker/rpc/posts.h"

#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "tearline/v1/case_service.grpc.pb.h"
#include "tearline/v1/directory_service.grpc.pb.h"
#include "tearline/v1/nominal_service.grpc.pb.h"
#include "tests/rpc/running_door.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;

constexpr char kSupervisor[] = "probation/supervisor";

v1::Acting For(const std::string& post) {
  v1::Acting acting = RunningDoor::As(post);
  acting.set_purpose("hand-over");
  return acting;
}

class PostsTest : public testing::Test {
 protected:
  std::string Register() {
    v1::RegisterNominalRequest request;
    *request.mutable_acting() = For("police/intel");
    request.add_identifiers()->set_type(v1::IDENTIFIER_TYPE_OTHER);
    request.mutable_identifiers(0)->set_value("A1");
    v1::RegisterNominalResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(v1::NominalService::NewStub(door_.SystemOf("police/intel"))
                    ->RegisterNominal(&context, request, &response)
                    .ok());
    return response.recorded().made_id();
  }
  grpc::Status Supervise(const std::string& nominal_id, const std::string& post,
                         v1::SetSupervisorResponse& response) {
    v1::SetSupervisorRequest request;
    *request.mutable_acting() = For("police/coordinator");
    request.set_nominal_id(nominal_id);
    request.set_post(post);
    grpc::ClientContext context;
    return v1::PostService::NewStub(door_.SystemOf("police/coordinator"))
        ->SetSupervisor(&context, request, &response);
  }
  grpc::Status Report(const std::string& post, v1::ReportPostsResponse& response) {
    v1::ReportPostsRequest request;
    *request.mutable_acting() = For(post);
    grpc::ClientContext context;
    return v1::PostService::NewStub(door_.SystemOf(post))
        ->ReportPosts(&context, request, &response);
  }
  grpc::Status Pack(const std::string& post, v1::GetHandOverResponse& response, bool why = true) {
    v1::GetHandOverRequest request;
    *request.mutable_acting() = For(post);
    if (!why) request.mutable_acting()->clear_purpose();
    grpc::ClientContext context;
    return v1::PostService::NewStub(door_.HolderOf(post))
        ->GetHandOver(&context, request, &response);
  }
  /// Has another of the agency's people hold the post.
  void HandTo(const std::string& holder, const std::string& deputy = "") {
    v1::SetPostRequest request;
    *request.mutable_acting() = For("desk/operator");
    v1::Post& post = *request.mutable_post();
    post.set_post(kSupervisor);
    post.add_roles(v1::POST_ROLE_OFFENDER_MANAGER);
    post.set_holder(holder);
    post.set_deputy(deputy);
    post.add_services("supervisor-system");
    post.mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
    post.mutable_clearance()->set_sensitive(true);
    v1::SetPostResponse response;
    grpc::ClientContext context;
    const grpc::Status status = v1::DirectoryService::NewStub(door_.SystemOf("desk/operator"))
                                    ->SetPost(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_FALSE(response.recorded().awaits_second_hand());
  }
  grpc::Status Leave(std::int64_t from_ms, std::int64_t until_ms) {
    v1::SetLeaveRequest request;
    *request.mutable_acting() = For(kSupervisor);
    request.set_post(kSupervisor);
    if (from_ms != 0) *request.mutable_from() = TimeUtil::MillisecondsToTimestamp(from_ms);
    if (until_ms != 0) *request.mutable_until() = TimeUtil::MillisecondsToTimestamp(until_ms);
    v1::SetLeaveResponse response;
    grpc::ClientContext context;
    return v1::PostService::NewStub(door_.HolderOf(kSupervisor))
        ->SetLeave(&context, request, &response);
  }
  grpc::Status TakeOver(const std::string& obligation_id) {
    v1::DischargeObligationRequest request;
    *request.mutable_acting() = For(kSupervisor);
    request.set_obligation_id(obligation_id);
    request.set_discharge(v1::DISCHARGE_TAKEN_OVER);
    v1::DischargeObligationResponse response;
    grpc::ClientContext context;
    return v1::CaseService::NewStub(door_.HolderOf(kSupervisor))
        ->DischargeObligation(&context, request, &response);
  }

  RunningDoor door_;
};

/// Over the wire: a supervisor is named, and whoever nobody watches is counted no more.
TEST_F(PostsTest, NamesASupervisorAndReports) {
  const std::string nominal = Register();
  v1::ReportPostsResponse report;
  ASSERT_TRUE(Report("desk/operator", report).ok());
  EXPECT_EQ(report.unwatched(), 1U);
  EXPECT_GT(report.posts_size(), 0);
  v1::SetSupervisorResponse named;
  const grpc::Status status = Supervise(nominal, kSupervisor, named);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_FALSE(named.recorded().awaits_second_hand());
  ASSERT_TRUE(Report("desk/operator", report).ok());
  EXPECT_EQ(report.unwatched(), 0U);
  EXPECT_EQ(ReasonIn(Report("probation/chair", report)), v1::ERROR_REASON_NOT_PERMITTED);

  EXPECT_TRUE(Supervise(nominal, "police/panel", named).ok());
  EXPECT_TRUE(named.recorded().awaits_second_hand()) << "of the author's own agency";
  EXPECT_EQ(ReasonIn(Supervise("nom_x", kSupervisor, named)), v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(ReasonIn(Supervise(nominal, "Not a post", named)), v1::ERROR_REASON_NAME_INVALID);
}

/// The holder goes away: whoever stands in is to take over, and the report says until when.
TEST_F(PostsTest, SaysThatAHolderIsAway) {
  HandTo("supervisor-holder", "chair-holder");
  const std::int64_t now_ms = door_.clock().WallMs();
  EXPECT_EQ(ReasonIn(Leave(now_ms, 0)), v1::ERROR_REASON_FIELD_INVALID) << "until when?";
  EXPECT_EQ(ReasonIn(Leave(0, 0)), v1::ERROR_REASON_WRONG_STATE) << "back from where?";
  const grpc::Status away = Leave(0, now_ms + 86'400'000);
  ASSERT_TRUE(away.ok()) << away.error_message();
  v1::ReportPostsResponse report;
  ASSERT_TRUE(Report("desk/operator", report).ok());
  const auto post = std::find_if(report.posts().begin(), report.posts().end(),
                                 [](const auto& each) { return each.post() == kSupervisor; });
  ASSERT_NE(post, report.posts().end());
  EXPECT_EQ(TimeUtil::TimestampToMilliseconds(post->away_until()), now_ms + 86'400'000);
  EXPECT_GE(TimeUtil::TimestampToMilliseconds(post->away_from()), now_ms);
  EXPECT_FALSE(post->dead());
  v1::GetHandOverResponse pack;
  ASSERT_TRUE(Pack(kSupervisor, pack).ok());
  EXPECT_FALSE(pack.obligation_id().empty());
  EXPECT_EQ(pack.holder(), "chair-holder");
  EXPECT_TRUE(Leave(0, 0).ok());
}

/// The new holder asks, then says that they have taken over.
TEST_F(PostsTest, HandsAPostOver) {
  HandTo("chair-holder");
  HandTo("supervisor-holder");
  v1::GetHandOverResponse pack;
  EXPECT_EQ(ReasonIn(Pack(kSupervisor, pack, /*why=*/false)), v1::ERROR_REASON_PURPOSE_REQUIRED);
  v1::ReportPostsResponse report;
  ASSERT_TRUE(Report("desk/operator", report).ok());
  const auto find = [&report] {
    for (const v1::ReportedPost& post : report.posts()) {
      if (post.post() == kSupervisor) return post;
    }
    return v1::ReportedPost();
  };
  EXPECT_EQ(find().holders(), 2U);
  ASSERT_TRUE(Pack(kSupervisor, pack).ok());
  ASSERT_FALSE(pack.obligation_id().empty());
  EXPECT_EQ(pack.holders(), 2U);
  const grpc::Status taken = TakeOver(pack.obligation_id());
  EXPECT_TRUE(taken.ok()) << taken.error_message();
  ASSERT_TRUE(Report("desk/operator", report).ok());
  EXPECT_FALSE(find().has_handed_over_at());
  ASSERT_TRUE(Pack(kSupervisor, pack).ok());
  EXPECT_EQ(pack.obligation_id(), "");
}

}  // namespace
}  // namespace tearline::rpc
