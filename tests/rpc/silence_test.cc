#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/rpc/follower.h"
#include "tests/rpc/running_door.h"
#include "tests/rpc/withheld_event.h"

// P6. A recipient can't tell "withheld" from "nothing happened".

namespace tearline::rpc {
namespace {

constexpr char kPanel[] = "police/panel";

/// A frame and its bytes, without what differs between any two runs: times, and ids drawn at random,
/// which are counted.
std::string Shape(v1::SubscribeResponse frame) {
  if (frame.has_progress()) frame.mutable_progress()->clear_broker_time();
  for (v1::Delivery& delivery : *frame.mutable_deliveries()) {
    delivery.clear_queued_at();
    delivery.mutable_event()->clear_occurred_at();
    delivery.mutable_event()->clear_accepted_at();
  }
  const std::size_t bytes = frame.ByteSizeLong();
  if (frame.has_opened()) frame.mutable_opened()->set_session_id("");
  for (v1::Delivery& delivery : *frame.mutable_deliveries()) {
    delivery.mutable_event()->clear_event_id();
    delivery.mutable_event()->clear_nominal_ids();
  }
  return std::to_string(bytes) + " bytes: " + frame.ShortDebugString();
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

/// What happens, in the midst of a short history, to an event that only the chair gets.
enum class Meanwhile { kNothing, kWithheld, kWithheldAndWithdrawn };

/// An event is withheld from all but the chair, who receives it; then it is withdrawn as a
/// spillage: keys are replaced under the very events that others have.
void WithholdAndWithdraw(RunningDoor& door, const std::string& nominal) {
  Hearing chair(door, "probation/chair");
  const std::string event = PublishWithheld(door, nominal, "withheld");
  chair.UntilCaughtUp();
  v1::WithdrawEventResponse response;
  EXPECT_TRUE(Withdraw(door, event, v1::WITHDRAWAL_REASON_SPILLAGE, response).ok());
  EXPECT_EQ(response.receivers_size(), 1);
}

/// Who listens: a post to its inbox, or to a subscription that names the nominal.
struct Recipient {
  const char* post;
  bool subscribes = false;
};
using Recipients = std::vector<Recipient>;

/// Two from whom the event is withheld.
const Recipients kTwo = {{kPanel}, {"probation/supervisor", true}};

/// All that each hears of the history, who all listen to it at once.
std::vector<std::vector<std::string>> Heard(const Recipients& recipients, Meanwhile meanwhile) {
  RunningDoor door;
  const std::string nominal = door.NominalWithCase("N17");
  std::vector<std::unique_ptr<Hearing>> hearings;
  for (const Recipient& each : recipients) {
    hearings.push_back(std::make_unique<Hearing>(
        door, each.post, each.subscribes ? door.Subscribe(each.post, nominal) : ""));
  }
  door.Publish(nominal, "first", "the first report");
  for (const auto& hearing : hearings) hearing->UntilCaughtUp();
  for (const auto& hearing : hearings) hearing->Acknowledge(1);
  if (meanwhile == Meanwhile::kWithheld) PublishWithheld(door, nominal, "withheld");
  if (meanwhile == Meanwhile::kWithheldAndWithdrawn) WithholdAndWithdraw(door, nominal);
  for (const auto& hearing : hearings) hearing->AskHowFar();
  door.Publish(nominal, "second", "the second report");
  for (const auto& hearing : hearings) hearing->UntilCaughtUp();
  std::vector<std::vector<std::string>> heard;
  for (std::size_t i = 0; i < hearings.size(); ++i) {
    hearings[i]->AskHowFar();
    hearings[i]->TouchWhatIsNotThere(recipients[i].post, 9);
    heard.push_back(hearings[i]->heard);
  }
  return heard;
}

/// Frames, their number and content, sizes, numbers in the lane, progress, and the texts of errors:
/// of two recipients, who listen at once.
TEST(Silence, TwoStreamsAreTheSameWithAndWithoutAWithheldEvent) {
  const auto without = Heard(kTwo, Meanwhile::kNothing);
  for (const auto& heard : without) EXPECT_GE(heard.size(), 8u);
  EXPECT_EQ(Heard(kTwo, Meanwhile::kWithheld), without);
}

/// Posts that never had the event see no difference.
TEST(Silence, TwoStreamsAreTheSameWithAndWithoutTheWithdrawalOfWhatWasWithheld) {
  const auto without = Heard(kTwo, Meanwhile::kNothing);
  for (const auto& heard : without) EXPECT_GE(heard.size(), 8u);
  EXPECT_EQ(Heard(kTwo, Meanwhile::kWithheldAndWithdrawn), without);
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
  const Recipients chair = {{"probation/chair"}};
  EXPECT_NE(Heard(chair, Meanwhile::kWithheld), Heard(chair, Meanwhile::kNothing));
}

}  // namespace
}  // namespace tearline::rpc
