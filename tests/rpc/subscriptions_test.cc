#include "broker/rpc/subscriptions.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "broker/audit/audit_log.h"
#include "broker/audit/leaf.h"
#include "broker/model/ids.h"
#include "clients/verifier/operation.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/v1/audit_service.grpc.pb.h"
#include "tearline/v1/subscriber_service.grpc.pb.h"
#include "tests/rpc/follower.h"
#include "tests/rpc/running_door.h"

namespace tearline::rpc {
namespace {

constexpr char kSupervisor[] = "probation/supervisor";

class SubscriptionsTest : public testing::Test {
 protected:
  template <typename Request, typename Response>
  grpc::Status Ask(grpc::Status (v1::SubscriberService::StubInterface::*method)(
                       grpc::ClientContext*, const Request&, Response*),
                   Request request, Response& response, const std::string& post = kSupervisor) {
    const std::unique_ptr<v1::SubscriberService::StubInterface> stub =
        v1::SubscriberService::NewStub(door_.SystemOf(post));
    *request.mutable_acting() = RunningDoor::As(post);
    grpc::ClientContext context;
    return (stub.get()->*method)(&context, request, &response);
  }
  v1::ListSubscriptionsResponse List(const std::string& post = kSupervisor) {
    v1::ListSubscriptionsResponse response;
    EXPECT_TRUE(Ask(&v1::SubscriberService::StubInterface::ListSubscriptions,
                    v1::ListSubscriptionsRequest(), response, post)
                    .ok());
    return response;
  }
  v1::ErrorReason Delete(const std::string& id, const std::string& post = kSupervisor) {
    v1::DeleteSubscriptionRequest request;
    request.set_subscription_id(id);
    v1::DeleteSubscriptionResponse response;
    return ReasonIn(
        Ask(&v1::SubscriberService::StubInterface::DeleteSubscription, request, response, post));
  }
  v1::ErrorReason Seek(const std::string& id, const v1::Start& start) {
    v1::SeekSubscriptionRequest request;
    request.set_subscription_id(id);
    *request.mutable_start() = start;
    v1::SeekSubscriptionResponse response;
    return ReasonIn(
        Ask(&v1::SubscriberService::StubInterface::SeekSubscription, request, response));
  }

  /// What who-was-told answers of the supervisor.
  v1::ToldRow Told(const std::string& event) {
    v1::WhoWasToldRequest request;
    *request.mutable_acting() = RunningDoor::As("desk/auditor");
    request.set_event_id(event);
    v1::WhoWasToldResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(v1::AuditService::NewStub(door_.SystemOf("desk/auditor"))
                    ->WhoWasTold(&context, request, &response)
                    .ok());
    for (const v1::ToldRow& row : response.rows()) {
      if (row.post() == kSupervisor) return row;
    }
    ADD_FAILURE() << "the supervisor is not among them";
    return {};
  }
  static std::uint16_t KindAt(model::Position position, const state::Reader& view) {
    return audit::DecodeLeaf(audit::LeafRowAt(position, view).leaf())->kind;
  }

  /// How many records the ledger holds but for pulses, which come when it is their time.
  std::size_t Asked() {
    const Result<std::vector<ledger::StoredHeader>> headers =
        door_.ledger().ReadHeaders(0, 1u << 30);
    return static_cast<std::size_t>(
        std::count_if(headers->begin(), headers->end(), [](const ledger::StoredHeader& each) {
          return each.header.command != stored::v1::COMMAND_NUMBER_PULSE;
        }));
  }

  RunningDoor door_;
  std::string nominal_ = door_.NominalWithCase("N17");
};

TEST_F(SubscriptionsTest, BringsWhatWasWishedForFromTheBeginningOn) {
  const std::string first = door_.Publish(nominal_, "first", "one");
  const std::string id = door_.Subscribe(kSupervisor, nominal_, v1::START_FROM_BEGINNING);
  Follower follower(door_, kSupervisor);
  follower.Open(kSupervisor, 8, id);
  const auto late = follower.NextDelivery();
  ASSERT_TRUE(late.has_value());
  EXPECT_EQ(late->event().event_id(), first);
  EXPECT_EQ(late->event().segments(0).content(), "one");
  EXPECT_EQ(late->event().nominal_ids_size(), 1)
      << "whom the subscription names is no secret to it";
  EXPECT_EQ(late->sequence(), 1u);
  follower.Acknowledge(v1::URGENCY_URGENT, {1});
  const std::string second = door_.Publish(nominal_, "second", "two");
  EXPECT_EQ(follower.NextDelivery()->event().event_id(), second);
}

TEST_F(SubscriptionsTest, AreListedToTheirOwnPostTheOldestFirst) {
  std::vector<std::string> made;
  for (int i = 0; i < 3; ++i) made.push_back(door_.Subscribe(kSupervisor, nominal_));
  const v1::ListSubscriptionsResponse listed = List();
  ASSERT_EQ(listed.subscriptions_size(), 3);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(listed.subscriptions(i).subscription_id(), made[static_cast<std::size_t>(i)]);
    EXPECT_EQ(listed.subscriptions(i).selector().nominal_ids(0), nominal_);
    EXPECT_TRUE(listed.subscriptions(i).has_created_at());
  }
  EXPECT_EQ(List("probation/chair").subscriptions_size(), 0);
}

TEST_F(SubscriptionsTest, ADeletedOneEndsItsFeed) {
  const std::string id = door_.Subscribe(kSupervisor, nominal_);
  Follower follower(door_, kSupervisor);
  follower.Open(kSupervisor, 8, id);
  ASSERT_TRUE(follower.Next().has_value());
  EXPECT_EQ(Delete(id), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(ReasonIn(follower.End()), v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(Delete(id), v1::ERROR_REASON_NOT_FOUND);
  Follower again(door_, kSupervisor);
  again.Open(kSupervisor, 8, id);
  EXPECT_EQ(ReasonIn(again.End()), v1::ERROR_REASON_NOT_FOUND);
}

TEST_F(SubscriptionsTest, AnotherPostsIsAsOneThatIsNotThere) {
  const std::string id = door_.Subscribe(kSupervisor, nominal_);
  EXPECT_EQ(Delete(id, "probation/chair"), v1::ERROR_REASON_NOT_FOUND);
  Follower follower(door_, "probation/chair");
  follower.Open("probation/chair", 8, id);
  EXPECT_EQ(ReasonIn(follower.End()), v1::ERROR_REASON_NOT_FOUND);
}

/// What was had comes again under new numbers, on the stream that is open.
TEST_F(SubscriptionsTest, SeekingBringsItAgain) {
  const std::string id = door_.Subscribe(kSupervisor, nominal_);
  Follower follower(door_, kSupervisor);
  follower.Open(kSupervisor, 8, id);
  ASSERT_TRUE(follower.Next().has_value());
  const std::string event = door_.Publish(nominal_, "first", "one");
  EXPECT_EQ(follower.NextDelivery()->sequence(), 1u);
  v1::Start start;
  start.set_from(v1::START_FROM_BEGINNING);
  EXPECT_EQ(Seek(id, start), v1::ERROR_REASON_UNSPECIFIED);
  const auto again = follower.NextDelivery();
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->event().event_id(), event);
  EXPECT_EQ(again->sequence(), 2u);
}

/// P2. Content that is handed out once more is disclosed once more: in the ledger, under a number
/// of its own, before it is even opened; an operation of disclosure to whoever reads the leaf; and
/// told to whoever asks who was told.
TEST_F(SubscriptionsTest, WhatASeekHandsOutAgainIsRecordedAsADisclosureFirst) {
  // How much the ledger held as content was read last, and how often it was.
  struct Reading {
    std::atomic<model::Position> tip{0};
    std::atomic<int> times{0};
  };
  const auto reading = std::make_shared<Reading>();
  door_.ledger().disk()->reading_segment = [this, reading] {
    reading->tip = door_.ledger().Tip();
    ++reading->times;
  };
  const std::string id = door_.Subscribe(kSupervisor, nominal_);
  Follower follower(door_, kSupervisor);
  follower.Open(kSupervisor, 8, id);
  ASSERT_TRUE(follower.Next().has_value());
  const std::string event = door_.Publish(nominal_, "first", "one");
  ASSERT_EQ(follower.NextDelivery()->event().segments(0).content(), "one");
  EXPECT_FALSE(Told(event).has_replayed_at());
  const model::Position before = door_.ledger().Tip();

  v1::Start start;
  start.set_from(v1::START_FROM_BEGINNING);
  ASSERT_EQ(Seek(id, start), v1::ERROR_REASON_UNSPECIFIED);
  ASSERT_EQ(follower.NextDelivery()->event().segments(0).content(), "one");
  const auto view = door_.writer().View();
  model::Position recorded = 0;
  bool decided = false;
  for (model::Position position = before + 1; position <= view->position(); ++position) {
    const std::vector<stored::v1::Detail> facts = audit::DetailsAt(position, *view);
    for (const stored::v1::Detail& fact : facts) {
      decided = decided || (recorded == 0 && fact.decision().post() == kSupervisor);
      if (fact.released().sequence() != 2) continue;
      recorded = position;
      EXPECT_EQ(fact.released().feed(), std::string(kSupervisor) + "/" + id);
      EXPECT_EQ(model::EventId::FromBytes(fact.released().event_id())->Text(), event);
      EXPECT_EQ(fact.released().level(), v1::LEVEL_FULL);
      EXPECT_THAT(verifier::OperationsOf(KindAt(position, *view), facts),
                  testing::Contains(verifier::Operation::kDisclosure));
    }
  }
  ASSERT_NE(recorded, 0u) << "no leaf says that it went out again";
  EXPECT_TRUE(decided) << "and was judged again for it";
  EXPECT_EQ(reading->times, 2) << "once each time";
  EXPECT_GE(reading->tip, recorded);
  const v1::ToldRow told = Told(event);
  EXPECT_TRUE(told.has_replayed_at());
  EXPECT_FALSE(told.has_released_anew_at()) << "it is what it was";
}

TEST_F(SubscriptionsTest, InboxAndSubscriptionAreFollowedAtOnce) {
  const std::string id = door_.Subscribe(kSupervisor, nominal_);
  Follower inbox(door_, kSupervisor);
  inbox.Open(kSupervisor, 8);
  ASSERT_TRUE(inbox.Next().has_value());
  Follower follower(door_, kSupervisor);
  follower.Open(kSupervisor, 8, id);
  ASSERT_TRUE(follower.Next().has_value());
  door_.Publish(nominal_, "first", "one");
  EXPECT_TRUE(follower.NextDelivery().has_value());
  inbox.Say([](v1::SubscribeRequest& frame) { frame.set_progress(true); });
  EXPECT_TRUE(inbox.Next().has_value()) << "the inbox's session was not superseded";
}

TEST_F(SubscriptionsTest, WhatIsNotInFormIsRefusedAndNotRecorded) {
  const auto create = [&](const v1::Selector& selector, const v1::Start& start) {
    v1::CreateSubscriptionRequest request;
    *request.mutable_selector() = selector;
    *request.mutable_start() = start;
    v1::CreateSubscriptionResponse response;
    return ReasonIn(
        Ask(&v1::SubscriberService::StubInterface::CreateSubscription, request, response));
  };
  const std::size_t before = Asked();
  v1::Start now;
  now.set_from(v1::START_FROM_NOW);
  v1::Start timed;
  timed.set_from(v1::START_FROM_TIME);
  EXPECT_EQ(create({}, v1::Start()), v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(create({}, timed), v1::ERROR_REASON_TIME_INVALID);
  now.mutable_time()->set_seconds(1);
  EXPECT_EQ(create({}, now), v1::ERROR_REASON_TIME_INVALID);
  now.clear_time();
  v1::Selector selector;
  selector.add_event_type_prefixes("Custody!");
  EXPECT_EQ(create(selector, now), v1::ERROR_REASON_EVENT_TYPE_INVALID);
  selector = v1::Selector();
  selector.add_nominal_ids("nom_1");
  EXPECT_EQ(create(selector, now), v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(Delete("sub_1"), v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(Seek("", now), v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(Asked(), before);
  *timed.mutable_time() =
      google::protobuf::util::TimeUtil::MillisecondsToTimestamp(door_.clock().WallMs() - 1000);
  EXPECT_EQ(create({}, timed), v1::ERROR_REASON_UNSPECIFIED);
}

}  // namespace
}  // namespace tearline::rpc
