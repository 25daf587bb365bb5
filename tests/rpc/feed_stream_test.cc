#include "broker/rpc/feed_stream.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tearline/v1/audit_service.grpc.pb.h"
#include "tearline/v1/subscriber_service.grpc.pb.h"
#include "tests/rpc/follower.h"
#include "tests/rpc/running_door.h"

namespace tearline::rpc {
namespace {

class FeedStreamTest : public testing::Test {
 protected:
  RunningDoor door_;
};

TEST_F(FeedStreamTest, OpensTellsThatItIsCaughtUpAndDeliversWhatIsPublished) {
  const std::string nominal = door_.NominalWithCase("N17");
  Follower panel(door_, "police/panel");
  panel.Open("police/panel");
  const auto opened = panel.Next();
  ASSERT_TRUE(opened.has_value());
  EXPECT_TRUE(opened->opened().session_id().starts_with("ses_"));
  EXPECT_EQ(opened->opened().window_messages(), 100u);
  EXPECT_EQ(opened->opened().window_bytes(), 4'194'304u);
  const auto progress = panel.Next();
  ASSERT_TRUE(progress.has_value());
  EXPECT_TRUE(progress->progress().caught_up());

  const std::string event = door_.Publish(nominal, "first", "seen near the school");
  const auto delivery = panel.NextDelivery();
  ASSERT_TRUE(delivery.has_value());
  EXPECT_EQ(delivery->lane(), v1::URGENCY_URGENT);
  EXPECT_EQ(delivery->sequence(), 1u);
  EXPECT_EQ(delivery->attempt(), 1u);
  EXPECT_EQ(delivery->event().event_id(), event);
  EXPECT_EQ(delivery->event().level(), v1::LEVEL_FULL);
  ASSERT_EQ(delivery->event().segments_size(), 1);
  EXPECT_EQ(delivery->event().segments(0).content(), "seen near the school");
  EXPECT_EQ(delivery->event().nominal_ids(0), nominal);
  EXPECT_EQ(delivery->rules(0), "G1");
}

TEST_F(FeedStreamTest, WhatWaitedBeforeTheSessionIsDeliveredInOrder) {
  const std::string nominal = door_.NominalWithCase("N17");
  for (int i = 1; i <= 5; ++i) {
    door_.Publish(nominal, "request-" + std::to_string(i), "part " + std::to_string(i));
  }
  Follower chair(door_, "probation/chair");
  chair.Open("probation/chair");
  for (std::uint64_t i = 1; i <= 5; ++i) {
    const auto delivery = chair.NextDelivery();
    ASSERT_TRUE(delivery.has_value());
    EXPECT_EQ(delivery->sequence(), i);
    EXPECT_EQ(delivery->event().segments(0).content(), "part " + std::to_string(i));
  }
}

TEST_F(FeedStreamTest, AWindowIsKeptAndAcknowledgementsOpenIt) {
  const std::string nominal = door_.NominalWithCase("N17");
  for (int i = 1; i <= 3; ++i) door_.Publish(nominal, std::to_string(i), "part");
  Follower panel(door_, "police/panel");
  panel.Open("police/panel", 1);
  EXPECT_EQ(panel.NextDelivery()->sequence(), 1u);
  panel.Say([](v1::SubscribeRequest& frame) { frame.set_progress(true); });
  const auto progress = panel.Next();
  ASSERT_TRUE(progress.has_value());
  EXPECT_EQ(progress->deliveries_size(), 0);
  EXPECT_FALSE(progress->progress().caught_up());
  EXPECT_EQ(progress->progress().released(1), 1u);
  panel.Acknowledge(v1::URGENCY_URGENT, {1});
  EXPECT_EQ(panel.NextDelivery()->sequence(), 2u);
  panel.Acknowledge(v1::URGENCY_URGENT, {2});
  EXPECT_EQ(panel.NextDelivery()->sequence(), 3u);
}

/// A frame is read whole before the next: what one asks is not asked again by the one before it,
/// though settling that one is done meanwhile.
TEST_F(FeedStreamTest, WhatIsAskedOnceIsAnsweredOnce) {
  constexpr int kTimes = 1500;
  const std::string nominal = door_.NominalWithCase("N17");
  door_.Publish(nominal, "first", "part");
  Follower panel(door_, "police/panel");
  panel.Open("police/panel");
  EXPECT_TRUE(panel.NextDelivery().has_value());
  for (int i = 0; i < kTimes; ++i) {
    panel.Acknowledge(v1::URGENCY_URGENT, {1});
    panel.Acknowledge(v1::URGENCY_URGENT, {1});
    panel.Say([](v1::SubscribeRequest& frame) { frame.set_progress(true); });
    const auto frame = panel.Next();
    ASSERT_TRUE(frame.has_value());
    EXPECT_TRUE(frame->has_progress());
  }
  door_.Publish(nominal, "second", "part");
  const auto frame = panel.Next();
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->deliveries_size(), 1) << "nothing was left to be said";
}

TEST_F(FeedStreamTest, WhatIsNotAcknowledgedComesAgainWhatIsDoesNot) {
  const std::string nominal = door_.NominalWithCase("N17");
  for (int i = 1; i <= 3; ++i) door_.Publish(nominal, std::to_string(i), "part");
  {
    Follower panel(door_, "police/panel");
    panel.Open("police/panel");
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(panel.NextDelivery().has_value());
    panel.Acknowledge(v1::URGENCY_URGENT, {2});
    panel.SayNoMore();
    EXPECT_TRUE(panel.End().ok());  // Only when what was said is recorded.
  }
  Follower again(door_, "police/panel");
  again.Open("police/panel");
  auto delivery = again.NextDelivery();
  EXPECT_EQ(delivery->sequence(), 1u);
  EXPECT_EQ(delivery->attempt(), 2u);
  delivery = again.NextDelivery();
  EXPECT_EQ(delivery->sequence(), 3u);
}

TEST_F(FeedStreamTest, ARetriedItemComesAgainAfterItsDelay) {
  const std::string nominal = door_.NominalWithCase("N17");
  door_.Publish(nominal, "first", "part");
  Follower panel(door_, "police/panel");
  panel.Open("police/panel");
  ASSERT_EQ(panel.NextDelivery()->sequence(), 1u);
  panel.Say([](v1::SubscribeRequest& frame) {
    v1::RetryItem& retry = *frame.add_retries();
    retry.set_lane(v1::URGENCY_URGENT);
    retry.set_sequence(1);
    retry.mutable_delay()->set_nanos(50'000'000);
  });
  const auto delivery = panel.NextDelivery();
  ASSERT_TRUE(delivery.has_value());
  EXPECT_EQ(delivery->sequence(), 1u);
  EXPECT_EQ(delivery->attempt(), 2u);
}

TEST_F(FeedStreamTest, AParkedItemOpensAnObligation) {
  const std::string nominal = door_.NominalWithCase("N17");
  door_.Publish(nominal, "first", "part");
  Follower panel(door_, "police/panel");
  panel.Open("police/panel");
  ASSERT_EQ(panel.NextDelivery()->sequence(), 1u);
  panel.Say([](v1::SubscribeRequest& frame) {
    v1::ParkItem& park = *frame.add_parks();
    park.set_lane(v1::URGENCY_URGENT);
    park.set_sequence(1);
  });
  const auto delivery = panel.NextDelivery();
  ASSERT_TRUE(delivery.has_value());
  EXPECT_EQ(delivery->obligation().type(), v1::OBLIGATION_TYPE_PARKED);
}

TEST_F(FeedStreamTest, ANewerSessionEndsTheOlder) {
  Follower older(door_, "police/panel");
  older.Open("police/panel");
  ASSERT_TRUE(older.Next().has_value());
  Follower newer(door_, "police/panel");
  newer.Open("police/panel");
  ASSERT_TRUE(newer.Next().has_value());
  const grpc::Status status = older.End();
  EXPECT_EQ(ReasonIn(status), v1::ERROR_REASON_SESSION_SUPERSEDED);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::ABORTED);
}

TEST_F(FeedStreamTest, FramesHaveTheirOrder) {
  struct Row {
    const char* what;
    std::function<void(Follower&)> say;
    v1::ErrorReason reason;
  };
  const Row rows[] = {
      {"acknowledged before opening", [](Follower& f) { f.Acknowledge(v1::URGENCY_URGENT, {1}); },
       v1::ERROR_REASON_FRAME_OUT_OF_ORDER},
      {"said nothing at all", [](Follower& f) { f.SayNoMore(); },
       v1::ERROR_REASON_FRAME_OUT_OF_ORDER},
      {"opened with more in the same frame",
       [](Follower& f) {
         f.Say([](v1::SubscribeRequest& frame) {
           *frame.mutable_open()->mutable_acting() = RunningDoor::As("police/panel");
           frame.set_progress(true);
         });
       },
       v1::ERROR_REASON_FRAME_OUT_OF_ORDER},
      {"opened twice",
       [](Follower& f) {
         f.Open("police/panel");
         f.Open("police/panel");
       },
       v1::ERROR_REASON_FRAME_OUT_OF_ORDER},
      {"another's feed", [](Follower& f) { f.Open("police/intel"); },
       v1::ERROR_REASON_NOT_YOUR_POST},
      {"nobody's feed", [](Follower& f) { f.Open(""); }, v1::ERROR_REASON_NOT_YOUR_POST},
      {"a window too wide", [](Follower& f) { f.Open("police/panel", 1001); },
       v1::ERROR_REASON_LIMIT_PASSED},
      {"acknowledged what was never released",
       [](Follower& f) {
         f.Open("police/panel");
         f.Acknowledge(v1::URGENCY_URGENT, {1});
       },
       v1::ERROR_REASON_SEQUENCE_AHEAD},
  };
  for (const Row& row : rows) {
    Follower follower(door_, "police/panel");
    row.say(follower);
    EXPECT_EQ(ReasonIn(follower.End()), row.reason) << row.what;
  }
}

TEST_F(FeedStreamTest, TheWholeWayIsInTheLog) {
  const std::string nominal = door_.NominalWithCase("N17");
  const std::string event = door_.Publish(nominal, "first", "part");
  Follower panel(door_, "police/panel");
  panel.Open("police/panel");
  ASSERT_TRUE(panel.NextDelivery().has_value());
  panel.Acknowledge(v1::URGENCY_URGENT, {1});
  panel.SayNoMore();
  ASSERT_TRUE(panel.End().ok());
  const auto subscriber = v1::SubscriberService::NewStub(door_.HolderOf("police/panel"));
  v1::ReadItemRequest read;
  *read.mutable_acting() = RunningDoor::As("police/panel");
  read.set_lane(v1::URGENCY_URGENT);
  read.set_sequence(1);
  v1::ReadItemResponse was_read;
  grpc::ClientContext reading;
  const grpc::Status status = subscriber->ReadItem(&reading, read, &was_read);
  ASSERT_TRUE(status.ok()) << status.error_message();

  v1::WhoWasToldRequest request;
  *request.mutable_acting() = RunningDoor::As("desk/auditor");
  request.set_event_id(event);
  v1::WhoWasToldResponse told;
  grpc::ClientContext context;
  ASSERT_TRUE(v1::AuditService::NewStub(door_.SystemOf("desk/auditor"))
                  ->WhoWasTold(&context, request, &told)
                  .ok());
  ASSERT_EQ(told.rows_size(), 2);
  EXPECT_EQ(told.rows(0).post(), "police/panel");
  EXPECT_TRUE(told.rows(0).has_released_at());
  EXPECT_TRUE(told.rows(0).has_acknowledged_at());
  EXPECT_TRUE(told.rows(0).has_read_at());
  EXPECT_EQ(told.rows(1).post(), "probation/chair");
  EXPECT_FALSE(told.rows(1).has_acknowledged_at());
}

TEST_F(FeedStreamTest, ASystemCannotReadForAPerson) {
  const std::string nominal = door_.NominalWithCase("N17");
  door_.Publish(nominal, "first", "part");
  Follower panel(door_, "police/panel");
  panel.Open("police/panel");
  ASSERT_TRUE(panel.NextDelivery().has_value());
  v1::ReadItemRequest read;
  *read.mutable_acting() = RunningDoor::As("police/panel");
  read.set_lane(v1::URGENCY_URGENT);
  read.set_sequence(1);
  v1::ReadItemResponse response;
  grpc::ClientContext context;
  EXPECT_EQ(ReasonIn(v1::SubscriberService::NewStub(door_.SystemOf("police/panel"))
                         ->ReadItem(&context, read, &response)),
            v1::ERROR_REASON_PERSON_REQUIRED);
}

TEST_F(FeedStreamTest, DrainingTellsEveryFeedToComeAgain) {
  Follower panel(door_, "police/panel");
  panel.Open("police/panel");
  ASSERT_TRUE(panel.Next().has_value());
  door_.server().Drain();
  const grpc::Status status = panel.End();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ReasonIn(status), v1::ERROR_REASON_UNAVAILABLE);
}

TEST_F(FeedStreamTest, ManyEventsToTwoFeedsArriveOnceEachInOrder) {
  const std::string nominal = door_.NominalWithCase("N17");
  Follower panel(door_, "police/panel");
  panel.Open("police/panel", 10);
  Follower chair(door_, "probation/chair");
  chair.Open("probation/chair", 10);
  constexpr std::uint64_t kEvents = 60;
  for (std::uint64_t i = 1; i <= kEvents; ++i) {
    door_.Publish(nominal, std::to_string(i), std::string(2000, 'x'));
  }
  for (Follower* follower : {&panel, &chair}) {
    for (std::uint64_t i = 1; i <= kEvents; ++i) {
      const auto delivery = follower->NextDelivery();
      ASSERT_TRUE(delivery.has_value());
      EXPECT_EQ(delivery->sequence(), i);
      EXPECT_EQ(delivery->attempt(), 1u);
      follower->Acknowledge(v1::URGENCY_URGENT, {i});
    }
  }
}

}  // namespace
}  // namespace tearline::rpc
