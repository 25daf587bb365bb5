#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tearline/v1/publisher_service.grpc.pb.h"
#include "tests/rpc/follower.h"
#include "tests/rpc/running_door.h"

// P6. A recipient can't tell "withheld" from "nothing happened".

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;

constexpr char kPanel[] = "police/panel";

/// An event that the policy withholds from all but the panel's chair.
void PublishWithheld(RunningDoor& door, const std::string& nominal_id,
                     const std::string& request_id = "withheld") {
  v1::PublishRequest request;
  *request.mutable_acting() = RunningDoor::As("police/intel");
  v1::PublishItem& item = *request.add_items();
  item.set_request_id(request_id);
  v1::Event& event = *item.mutable_event();
  event.set_event_type("intelligence.report.submitted");
  *event.mutable_occurred_at() = TimeUtil::MillisecondsToTimestamp(door.clock().WallMs() - 1000);
  event.set_urgency(v1::URGENCY_URGENT);
  event.mutable_label()->mutable_marking()->set_tier(v1::TIER_OFFICIAL);
  event.mutable_label()->mutable_marking()->set_sensitive(true);
  event.mutable_label()->set_originator_controlled(true);
  event.add_nominals()->set_nominal_id(nominal_id);
  v1::Segment& segment = *event.add_segments();
  segment.add_nominal_indexes(0);
  segment.set_media_type("text/plain");
  segment.set_content(std::string(3000, 'w'));
  v1::PublishResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(v1::PublisherService::NewStub(door.SystemOf("police/intel"))
                  ->Publish(&context, request, &response)
                  .ok());
  ASSERT_EQ(response.results(0).refusal_reason(), "");
}

/// A frame without what differs between any two runs: times, and ids drawn at random.
std::string Shape(v1::SubscribeResponse frame) {
  if (frame.has_opened()) frame.mutable_opened()->set_session_id("");
  if (frame.has_progress()) frame.mutable_progress()->clear_broker_time();
  for (v1::Delivery& delivery : *frame.mutable_deliveries()) {
    delivery.clear_queued_at();
    v1::DeliveredEvent& event = *delivery.mutable_event();
    event.clear_event_id();
    event.clear_occurred_at();
    event.clear_accepted_at();
    event.clear_nominal_ids();
  }
  return frame.ShortDebugString();
}

/// What one post hears on its stream, frame by frame, and how its calls end.
class Hearing {
 public:
  explicit Hearing(RunningDoor& door, const std::string& post,
                   const std::string& subscription_id = "")
      : door_(door), follower_(door, post) {
    follower_.Open(post, 8, subscription_id);
    UntilCaughtUp();
  }

  void UntilCaughtUp() {
    for (bool caught_up = false; !caught_up;) {
      const auto frame = follower_.Next();
      ASSERT_TRUE(frame.has_value());
      heard.push_back(Shape(*frame));
      caught_up = frame->has_progress() && frame->progress().caught_up();
    }
  }
  void Acknowledge(std::uint64_t number) { follower_.Acknowledge(v1::URGENCY_URGENT, {number}); }
  void AskHowFar() {
    follower_.Say([](v1::SubscribeRequest& frame) { frame.set_progress(true); });
    UntilCaughtUp();
  }
  /// Asks to read a number that was never given, then acknowledges it.
  void TouchWhatIsNotThere(const std::string& post, std::uint64_t number) {
    v1::ReadItemRequest request;
    *request.mutable_acting() = RunningDoor::As(post);
    request.set_lane(v1::URGENCY_URGENT);
    request.set_sequence(number);
    v1::ReadItemResponse response;
    grpc::ClientContext context;
    const grpc::Status read = v1::SubscriberService::NewStub(door_.HolderOf(post))
                                  ->ReadItem(&context, request, &response);
    heard.push_back(read.error_message() + read.error_details());
    follower_.Say([number](v1::SubscribeRequest& frame) {
      v1::RetryItem& retry = *frame.add_retries();
      retry.set_lane(v1::URGENCY_URGENT);
      retry.set_sequence(number);
    });
    const grpc::Status end = follower_.End();
    heard.push_back(end.error_message() + end.error_details());
  }

  std::vector<std::string> heard;

 private:
  RunningDoor& door_;
  Follower follower_;
};

/// All that `post` hears of a short history, with or without an event that only the chair gets.
std::vector<std::string> Heard(const std::string& post, bool with_withheld) {
  RunningDoor door;
  const std::string nominal = door.NominalWithCase("N17");
  Hearing hearing(door, post);
  door.Publish(nominal, "first", "the first report");
  hearing.UntilCaughtUp();
  hearing.Acknowledge(1);
  if (with_withheld) PublishWithheld(door, nominal);
  hearing.AskHowFar();
  door.Publish(nominal, "second", "the second report");
  hearing.UntilCaughtUp();
  hearing.AskHowFar();
  hearing.TouchWhatIsNotThere(post, 9);
  return hearing.heard;
}

/// Frames, their number and content, sizes, numbers in the lane, progress, and the texts of errors.
TEST(Silence, AStreamIsTheSameWithAndWithoutAWithheldEvent) {
  const std::vector<std::string> without = Heard(kPanel, false);
  EXPECT_GE(without.size(), 8u);
  EXPECT_EQ(Heard(kPanel, true), without);
}

/// All that the supervisor hears of a subscription that catches up with a history in which, or
/// without which, more was withheld than one record may judge.
std::vector<std::string> HeardCatchingUp(int withheld) {
  RunningDoor door;
  const std::string nominal = door.NominalWithCase("N17");
  door.Publish(nominal, "first", "the first report");
  for (int i = 0; i < withheld; ++i) {
    PublishWithheld(door, nominal, "withheld-" + std::to_string(i));
  }
  door.Publish(nominal, "second", "the second report");
  Hearing hearing(door, "probation/supervisor",
                  door.Subscribe("probation/supervisor", nominal, v1::START_FROM_BEGINNING));
  hearing.Acknowledge(1);
  hearing.Acknowledge(2);
  hearing.AskHowFar();
  if (withheld != 0) PublishWithheld(door, nominal, "live");
  hearing.AskHowFar();
  door.Publish(nominal, "third", "live");
  hearing.UntilCaughtUp();
  return hearing.heard;
}

/// Frames, numbers and progress: neither how the items come nor when the lane has caught up tells
/// of what was passed over.
TEST(Silence, CatchingUpIsTheSameWithAndWithoutWithheldHistory) {
  const std::vector<std::string> without = HeardCatchingUp(0);
  EXPECT_GE(without.size(), 5u);
  EXPECT_EQ(HeardCatchingUp(300), without);
}

/// The difference is there to be heard, or the comparison shows nothing.
TEST(Silence, WhoIsToldHearsTheDifference) {
  EXPECT_NE(Heard("probation/chair", true), Heard("probation/chair", false));
}

}  // namespace
}  // namespace tearline::rpc
