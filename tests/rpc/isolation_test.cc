#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <string>
#include <vector>

#include "tearline/v1/publisher_service.grpc.pb.h"
#include "tests/rpc/follower.h"
#include "tests/rpc/running_door.h"

// A dead subscriber, a slow one, a poison event or a flood never holds up another feed.

namespace tearline::rpc {
namespace {

constexpr char kSupervisor[] = "probation/supervisor";
constexpr char kChair[] = "probation/chair";

class Isolation : public testing::Test {
 protected:
  /// Publishes `count` events in one lane; they take one call each hundred.
  void Publish(int count, v1::Urgency lane) {
    static int requests = 0;
    while (count > 0) {
      v1::PublishRequest request;
      *request.mutable_acting() = RunningDoor::As("police/intel");
      for (int i = 0; i < 100 && count > 0; ++i, --count) {
        v1::PublishItem& item = *request.add_items();
        item.set_request_id("isolation-" + std::to_string(++requests));
        v1::Event& event = *item.mutable_event();
        event.set_event_type("intelligence.report.submitted");
        *event.mutable_occurred_at() =
            google::protobuf::util::TimeUtil::MillisecondsToTimestamp(door_.clock().WallMs() - 1);
        event.set_urgency(lane);
        event.mutable_label()->mutable_marking()->set_tier(v1::TIER_OFFICIAL);
        event.add_nominals()->set_nominal_id(nominal_);
        v1::Segment& segment = *event.add_segments();
        segment.add_nominal_indexes(0);
        segment.set_media_type("text/plain");
        segment.set_content("report");
      }
      v1::PublishResponse response;
      grpc::ClientContext context;
      ASSERT_TRUE(v1::PublisherService::NewStub(door_.SystemOf("police/intel"))
                      ->Publish(&context, request, &response)
                      .ok());
      for (const auto& result : response.results()) ASSERT_EQ(result.refusal_reason(), "");
    }
  }
  /// Opens a feed; what follows is let go to it at once.
  static void Open(Follower& follower, const std::string& post, std::uint32_t window,
                   const std::string& subscription_id = "") {
    follower.Open(post, window, subscription_id);
    ASSERT_TRUE(follower.Next().has_value());
  }
  /// Takes `count` items as they come, and acknowledges each.
  static void ExpectAll(Follower& follower, std::uint64_t count,
                        v1::Urgency lane = v1::URGENCY_URGENT) {
    for (std::uint64_t i = 1; i <= count; ++i) {
      const auto delivery = follower.NextDelivery();
      ASSERT_TRUE(delivery.has_value());
      EXPECT_EQ(delivery->lane(), lane);
      EXPECT_EQ(delivery->sequence(), i);
      follower.Acknowledge(lane, {i});
    }
  }

  RunningDoor door_;
  std::string nominal_ = door_.NominalWithCase("N17");
};

TEST_F(Isolation, ADeadSubscriberHoldsUpNobody) {
  const std::string dead = door_.Subscribe(kSupervisor, nominal_);
  Follower chair(door_, kChair);
  Open(chair, kChair, 100);
  Publish(50, v1::URGENCY_URGENT);  // Nobody ever opens the supervisor's.
  ExpectAll(chair, 50);
  Follower late(door_, kSupervisor);
  Open(late, kSupervisor, 1000, dead);
  ExpectAll(late, 50);  // It comes back: nothing was lost.
}

TEST_F(Isolation, ASlowSubscriberHoldsUpNobody) {
  const std::string id = door_.Subscribe(kSupervisor, nominal_);
  Follower slow(door_, kSupervisor);
  Open(slow, kSupervisor, 1, id);  // Takes one, and neither reads nor acknowledges.
  Follower chair(door_, kChair);
  Open(chair, kChair, 100);
  Publish(50, v1::URGENCY_URGENT);
  ExpectAll(chair, 50);
  ExpectAll(slow, 50);
}

/// The content of one event does not open: it is set aside, in every feed, and all else goes on.
TEST_F(Isolation, APoisonEventHoldsUpNobody) {
  const std::string id = door_.Subscribe(kSupervisor, nominal_);
  Publish(1, v1::URGENCY_URGENT);
  {
    const std::lock_guard<std::mutex> lock(door_.ledger().disk()->mutex);
    auto& records = door_.ledger().disk()->records;
    const auto poisoned = std::find_if(records.rbegin(), records.rend(),
                                       [](const auto& each) { return !each.segments.empty(); });
    poisoned->segments[0][20] ^= 1;
  }
  Publish(1, v1::URGENCY_URGENT);
  for (const bool inbox : {true, false}) {
    const char* post = inbox ? kChair : kSupervisor;
    Follower follower(door_, post);
    Open(follower, post, 100, inbox ? "" : id);
    const auto delivery = follower.NextDelivery();
    ASSERT_TRUE(delivery.has_value());
    EXPECT_EQ(delivery->sequence(), 2u) << "the first is set aside and stays owed";
  }
}

/// A flood in one lane neither holds up another lane nor another feed.
TEST_F(Isolation, AFloodHoldsUpNobody) {
  const std::string id = door_.Subscribe(kSupervisor, nominal_);
  Follower flooded(door_, kSupervisor);
  Open(flooded, kSupervisor, 5, id);
  Follower chair(door_, kChair);
  Open(chair, kChair, 5);
  Publish(400, v1::URGENCY_ROUTINE);
  Publish(1, v1::URGENCY_IMMEDIATE);
  for (Follower* follower : {&flooded, &chair}) {
    for (int i = 0; i < 6; ++i) {
      const auto delivery = follower->NextDelivery();
      ASSERT_TRUE(delivery.has_value());
      if (delivery->lane() == v1::URGENCY_IMMEDIATE) break;
      ASSERT_LT(i, 5) << "five routine items fill their window, and then the immediate one comes";
    }
  }
}

}  // namespace
}  // namespace tearline::rpc
