#include "broker/rpc/actions.h"

#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "broker/model/ids.h"
#include "broker/rpc/event_trail.h"
#include "broker/rpc/server_limits.h"
#include "tearline/v1/action_service.grpc.pb.h"
#include "tearline/v1/case_service.grpc.pb.h"
#include "tearline/v1/directory_service.grpc.pb.h"
#include "tearline/v1/publisher_service.grpc.pb.h"
#include "tearline/v1/rpc_status.pb.h"
#include "tests/rpc/running_door.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;

constexpr char kChair[] = "probation/chair";
constexpr char kPanel[] = "police/panel";

class ActionsTest : public testing::Test {
 protected:
  ActionsTest() {
    v1::GetCaseRequest request;
    *request.mutable_acting() = RunningDoor::As(kChair);
    request.mutable_acting()->set_purpose("risk-review");
    request.set_nominal_id(nominal_);
    v1::GetCaseResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(v1::CaseService::NewStub(door_.SystemOf(kChair))
                    ->GetCase(&context, request, &response)
                    .ok());
    case_ = response.case_();
  }

  template <typename Request, typename Response>
  grpc::Status Call(const std::string& post,
                    grpc::Status (v1::ActionService::StubInterface::*method)(grpc::ClientContext*,
                                                                             const Request&,
                                                                             Response*),
                    Request request, Response& response,
                    const std::string& purpose = "risk-review") {
    *request.mutable_acting() = RunningDoor::As(post);
    request.mutable_acting()->set_purpose(purpose);
    const auto stub = v1::ActionService::NewStub(door_.SystemOf(post));
    grpc::ClientContext context;
    v1::ActionService::StubInterface& calls = *stub;
    return (calls.*method)(&context, request, &response);
  }
  std::string Add() {
    v1::AddActionRequest request;
    request.set_case_id(case_.case_id());
    request.set_kind(v1::ACTION_KIND_HOME_VISIT);
    request.set_owner_post(kPanel);
    *request.mutable_due_at() =
        TimeUtil::MillisecondsToTimestamp(door_.clock().WallMs() + 86'400'000);
    v1::AddActionResponse response;
    const grpc::Status status =
        Call(kChair, &v1::ActionService::StubInterface::AddAction, request, response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.recorded().made_id();
  }
  grpc::Status Lower(v1::SetLevelRequest request = {}) {
    request.set_case_id(case_.case_id());
    request.set_category(case_.category());
    request.set_level(v1::MAPPA_LEVEL_1);
    v1::SetLevelResponse response;
    return Call(kChair, &v1::ActionService::StubInterface::SetLevel, request, response);
  }
  grpc::Status End(const v1::EndActionRequest& request, const std::string& post = kPanel) {
    v1::EndActionResponse response;
    return Call(post, &v1::ActionService::StubInterface::EndAction, request, response);
  }
  static std::optional<v1::OpenWork> OpenIn(const grpc::Status& status) {
    v1::RpcStatus details;
    details.ParseFromString(status.error_details());
    for (const google::protobuf::Any& detail : details.details()) {
      v1::OpenWork open;
      if (detail.type_url() == "type.googleapis.com/tearline.v1.OpenWork" &&
          open.ParseFromString(detail.value())) {
        return open;
      }
    }
    return std::nullopt;
  }

  RunningDoor door_;
  const std::string nominal_ = door_.NominalWithCase("N17");
  v1::Case case_;
};

/// Story B, step 5: refused with the list; overridden one by one.
TEST_F(ActionsTest, AreListedBesideTheRefusalAndOverridden) {
  const std::string first = Add();
  const std::string second = Add();
  ASSERT_TRUE(first.starts_with("act_"));
  const grpc::Status refused = Lower();
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(ReasonIn(refused), v1::ERROR_REASON_WORK_OPEN);
  const auto open = OpenIn(refused);
  ASSERT_TRUE(open.has_value());
  ASSERT_EQ(open->items_size(), 2);
  EXPECT_EQ(open->items(0).kind(), v1::OPEN_WORK_KIND_ACTION);
  EXPECT_EQ(open->items(0).post(), kPanel);

  v1::SetLevelRequest request;
  v1::WorkOverride& one = *request.add_overrides();
  one.set_work_id(first);
  one.set_reason(v1::WORK_OVERRIDE_REASON_AGENCY_GOES_ON);
  const auto left = OpenIn(Lower(request));
  ASSERT_TRUE(left.has_value());
  ASSERT_EQ(left->items_size(), 1);
  EXPECT_EQ(left->items(0).work_id(), second);

  v1::EndActionRequest done;
  done.set_case_id(case_.case_id());
  done.set_action_id(second);
  done.set_end(v1::ACTION_END_DONE);
  done.set_evidence_digest(std::string(32, 'e'));
  ASSERT_TRUE(End(done).ok());
  // The directory of this door has no board: nobody could look at an override.
  EXPECT_EQ(ReasonIn(Lower(request)), v1::ERROR_REASON_NO_REVIEWER);
  done.set_action_id(first);
  ASSERT_TRUE(End(done).ok());
  EXPECT_TRUE(Lower().ok());
}

/// However much is open, the refusal fits what any client takes.
TEST_F(ActionsTest, AreListedOnlySoFarBesideARefusal) {
  for (int i = 0; i < 40; ++i) Add();
  const grpc::Status refused = Lower();
  EXPECT_EQ(ReasonIn(refused), v1::ERROR_REASON_WORK_OPEN) << refused.error_message();
  ASSERT_TRUE(OpenIn(refused).has_value());
  EXPECT_EQ(OpenIn(refused)->items_size(), 32);
}

TEST_F(ActionsTest, AreListedToThePanel) {
  Add();
  v1::ListActionsRequest request;
  request.set_case_id(case_.case_id());
  v1::ListActionsResponse response;
  ASSERT_TRUE(Call(kPanel, &v1::ActionService::StubInterface::ListActions, request, response).ok());
  EXPECT_EQ(response.actions_size(), 1);
  EXPECT_EQ(ReasonIn(Call("police/intel", &v1::ActionService::StubInterface::ListActions, request,
                          response)),
            v1::ERROR_REASON_NOT_FOUND);
}

TEST_F(ActionsTest, SayWhichFieldIsWrong) {
  v1::EndActionRequest request;
  EXPECT_EQ(ReasonIn(End(request)), v1::ERROR_REASON_FIELD_INVALID) << "no case";
  request.set_case_id(case_.case_id());
  EXPECT_EQ(ReasonIn(End(request)), v1::ERROR_REASON_FIELD_INVALID) << "no action";
  request.set_action_id(Add());
  request.set_end(v1::ACTION_END_DONE);
  request.set_evidence_digest("short");
  EXPECT_EQ(ReasonIn(End(request)), v1::ERROR_REASON_FIELD_INVALID);
  request.set_evidence_event_id("nonsense");
  EXPECT_EQ(ReasonIn(End(request)), v1::ERROR_REASON_FIELD_INVALID);
  v1::SetLevelRequest level;
  level.add_overrides()->set_work_id("nom_1");
  EXPECT_EQ(ReasonIn(Lower(level)), v1::ERROR_REASON_FIELD_INVALID);
}

TEST_F(ActionsTest, OverrideSoManyPiecesAndNoMore) {
  v1::SetLevelRequest level;
  for (int i = 0; i < 257; ++i) {
    std::string id(16, 'x');
    id[0] = static_cast<char>(i / 128);
    id[1] = static_cast<char>(i % 128);
    v1::WorkOverride& each = *level.add_overrides();
    each.set_work_id(model::ActionId::FromBytes(id)->Text());
    each.set_reason(v1::WORK_OVERRIDE_REASON_NOT_NEEDED);
  }
  EXPECT_EQ(ReasonIn(Lower(level)), v1::ERROR_REASON_LIMIT_PASSED);
  level.mutable_overrides()->RemoveLast();
  EXPECT_EQ(ReasonIn(Lower(level)), v1::ERROR_REASON_NOT_FOUND) << "none of them is open";
}

TEST_F(ActionsTest, LetACaseEndWhenNoneIsOpen) {
  v1::EndCaseRequest request;
  request.set_case_id(case_.case_id());
  request.set_reason(v1::CASE_EXIT_REASON_CATEGORY_ENDED);
  v1::EndCaseResponse response;
  const auto call = &v1::ActionService::StubInterface::EndCase;
  const std::string action = Add();
  EXPECT_TRUE(OpenIn(Call(kChair, call, request, response)).has_value());
  v1::EndActionRequest overtaken;
  overtaken.set_case_id(case_.case_id());
  overtaken.set_action_id(action);
  overtaken.set_end(v1::ACTION_END_OVERTAKEN);
  EXPECT_EQ(ReasonIn(End(overtaken)), v1::ERROR_REASON_NOT_PERMITTED) << "its owner alone";
  ASSERT_TRUE(End(overtaken, kChair).ok());
  EXPECT_TRUE(Call(kChair, call, request, response).ok());
}

/// The post that publishes feeds from another system from here on.
void AdmitFeed(RunningDoor& door) {
  v1::SetPostRequest feed;
  *feed.mutable_acting() = RunningDoor::As("desk/operator");
  feed.mutable_post()->set_post("police/intel");
  feed.mutable_post()->add_roles(v1::POST_ROLE_INTAKE);
  feed.mutable_post()->add_roles(v1::POST_ROLE_INTELLIGENCE);
  feed.mutable_post()->set_holder("intel-holder");
  feed.mutable_post()->add_services("intel-system");
  feed.mutable_post()->mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
  feed.mutable_post()->mutable_clearance()->set_sensitive(true);
  v1::SetPostResponse set;
  grpc::ClientContext setting;
  const grpc::Status admitted = v1::DirectoryService::NewStub(door.SystemOf("desk/operator"))
                                    ->SetPost(&setting, feed, &set);
  ASSERT_TRUE(admitted.ok()) << admitted.error_message();
}

/// What an event says is set by a feed, once; and it says all there is to say.
TEST_F(ActionsTest, SetALevelByTheEventThatSaysSo) {
  AdmitFeed(door_);
  v1::PublishRequest publish;
  *publish.mutable_acting() = RunningDoor::As("police/intel");
  v1::PublishItem item = RunningDoor::ItemAbout(nominal_, "register-1", "so it is");
  *item.mutable_event()->mutable_occurred_at() =
      TimeUtil::MillisecondsToTimestamp(door_.clock().WallMs());
  item.mutable_event()->mutable_facts()->set_mappa_category(v1::MAPPA_CATEGORY_2);
  item.mutable_event()->mutable_facts()->set_mappa_level(v1::MAPPA_LEVEL_1);
  *publish.add_items() = item;
  v1::PublishResponse published;
  grpc::ClientContext publishing;
  ASSERT_TRUE(v1::PublisherService::NewStub(door_.SystemOf("police/intel"))
                  ->Publish(&publishing, publish, &published)
                  .ok());
  ASSERT_EQ(published.results(0).refusal_reason(), "");

  v1::SetLevelRequest request;
  request.set_as_fact(true);
  request.set_event_id(published.results(0).event_id());
  v1::SetLevelResponse response;
  const auto say = [&](const char* post = "police/intel",
                       const std::string& purpose = "risk-review") {
    response.Clear();
    return Call(post, &v1::ActionService::StubInterface::SetLevel, request, response, purpose);
  };
  EXPECT_EQ(ReasonIn(say()), v1::ERROR_REASON_FIELD_INVALID) << "no types";
  for (int i = 0; i <= kLevelFactTypesMax; ++i) {
    request.add_event_types(item.event().event_type() + std::string(i, 'x'));
  }
  EXPECT_EQ(ReasonIn(say()), v1::ERROR_REASON_LIMIT_PASSED);
  request.mutable_event_types()->RemoveLast();
  EXPECT_EQ(ReasonIn(say(kChair)), v1::ERROR_REASON_NOT_PERMITTED);
  request.set_level(v1::MAPPA_LEVEL_2);
  EXPECT_EQ(ReasonIn(say()), v1::ERROR_REASON_FIELD_INVALID) << "the event says it";
  request.clear_level();
  Add();
  EXPECT_EQ(ReasonIn(say("police/intel", "")), v1::ERROR_REASON_PURPOSE_REQUIRED);
  ASSERT_TRUE(say().ok());
  EXPECT_EQ(response.outcome(), v1::LEVEL_FACT_OUTCOME_SET);
  EXPECT_EQ(response.recorded().leaf_hash().size(), 32u);
  // What is no news is recorded as a look at the person.
  const model::Position before = door_.writer().View()->position();
  ASSERT_TRUE(say().ok());
  EXPECT_EQ(response.outcome(), v1::LEVEL_FACT_OUTCOME_SAME);
  EXPECT_FALSE(response.has_recorded());
  const auto view = door_.writer().View();
  ASSERT_EQ(view->position(), before + 1);
  stored::v1::ConsultedDetail what;
  ReadDetails(view->position(), *view, [&](const auto& detail, const auto&) {
    if (detail.has_consulted()) what = detail.consulted();
  });
  EXPECT_EQ(what.kind(), stored::v1::CONSULTATION_KIND_LEVEL_FACT);
  EXPECT_EQ(what.nominal_ids_size(), 1);
  request.set_event_types(0, "another.type");
  EXPECT_EQ(ReasonIn(say()), v1::ERROR_REASON_FIELD_INVALID) << "its own is not among them";
  request.clear_event_id();
  EXPECT_EQ(ReasonIn(say()), v1::ERROR_REASON_FIELD_INVALID) << "types without an event";
}

}  // namespace
}  // namespace tearline::rpc
