#include "broker/rpc/publish_stream.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "broker/model/limits.h"
#include "tearline/v1/directory_service.grpc.pb.h"
#include "tearline/v1/publisher_service.grpc.pb.h"
#include "tests/rpc/held.h"
#include "tests/rpc/running_door.h"

namespace tearline::rpc {
namespace {

/// A publisher at one stream, by hand.
class Sender {
 public:
  explicit Sender(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(v1::PublisherService::NewStub(channel)), stream_(stub_->PublishStream(&context_)) {}
  ~Sender() { context_.TryCancel(); }

  bool Say(const v1::PublishStreamRequest& frame) { return stream_->Write(frame); }
  void SayNoMore() { stream_->WritesDone(); }
  void Cancel() { context_.TryCancel(); }

  /// The next result; nothing if the stream has ended.
  std::optional<v1::PublishResult> Next() {
    while (at_ == frame_.results_size()) {
      at_ = 0;
      if (!stream_->Read(&frame_)) {
        frame_.Clear();
        return std::nullopt;
      }
      ++frames_;
    }
    return frame_.results(at_++);
  }
  /// The request ids of all results that are still to come.
  std::vector<std::string> Rest() {
    std::vector<std::string> ids;
    while (const auto result = Next()) ids.push_back(result->request_id());
    return ids;
  }
  int frames() const { return frames_; }
  /// How it ended, results left out.
  grpc::Status End() {
    while (Next()) {
    }
    return stream_->Finish();
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<v1::PublisherService::Stub> stub_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::PublishStreamRequest, v1::PublishStreamResponse>>
      stream_;
  v1::PublishStreamResponse frame_;
  int at_ = 0;
  int frames_ = 0;
};

v1::PublishStreamRequest Opening() {
  v1::PublishStreamRequest frame;
  *frame.mutable_acting() = RunningDoor::As("police/intel");
  return frame;
}

class PublishStreamTest : public testing::Test {
 protected:
  ~PublishStreamTest() override { proposer_->LetGo(); }

  std::string Id(int number) const { return "r" + std::to_string(number); }
  v1::PublishItem Item(int number) const {
    return RunningDoor::ItemAbout(nominal_, Id(number), "content " + Id(number));
  }
  /// Events `first` to `last`, as a frame that is not the first.
  v1::PublishStreamRequest Frame(int first, int last) const {
    v1::PublishStreamRequest frame;
    for (int i = first; i <= last; ++i) *frame.add_items() = Item(i);
    return frame;
  }
  std::vector<std::string> Ids(int first, int last) const {
    std::vector<std::string> ids;
    for (int i = first; i <= last; ++i) ids.push_back(Id(i));
    return ids;
  }
  std::shared_ptr<grpc::Channel> Intel() { return door_.SystemOf("police/intel"); }
  void Suspend(const std::string& member) {
    v1::SetSuspensionRequest request;
    *request.mutable_acting() = RunningDoor::As("desk/operator");
    request.set_agency("police");
    request.set_member(member);
    request.set_suspended(true);
    v1::SetSuspensionResponse response;
    grpc::ClientContext context;
    ASSERT_TRUE(v1::DirectoryService::NewStub(door_.SystemOf("desk/operator"))
                    ->SetSuspension(&context, request, &response)
                    .ok());
  }
  /// The request ids of the publications that the ledger holds after `position`, in its order.
  std::vector<std::string> RecordedAfter(model::Position position) {
    const Result<std::vector<ledger::StoredHeader>> headers =
        door_.ledger().ReadHeaders(position, 1u << 30);
    std::vector<std::string> ids;
    for (const ledger::StoredHeader& each : *headers) {
      stored::v1::Publish command;
      if (each.header.command != stored::v1::COMMAND_NUMBER_PUBLISH) continue;
      EXPECT_TRUE(command.ParseFromString(each.header.command_bytes));
      ids.push_back(command.request_id());
    }
    return ids;
  }
  /// What is answered to the same event published again, by itself.
  v1::PublishResult Again(int number) {
    v1::PublishRequest request;
    *request.mutable_acting() = RunningDoor::As("police/intel");
    *request.add_items() = Item(number);
    v1::PublishResponse response;
    grpc::ClientContext context;
    const grpc::Status status =
        v1::PublisherService::NewStub(Intel())->Publish(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.results_size() == 1 ? response.results(0) : v1::PublishResult();
  }

  HeldProposer* proposer_ = nullptr;  // The door's.
  RunningDoor door_{{.vault = {}, .proposer = [this](sequencer::Proposer& behind) {
                       auto held = std::make_unique<HeldProposer>(behind);
                       proposer_ = held.get();
                       return held;
                     }}};
  const std::string nominal_ = door_.NominalWithCase("N17");
};

TEST_F(PublishStreamTest, EachEventHasItsResultInTheOrderOfTheStream) {
  Sender sender(Intel());
  v1::PublishStreamRequest first = Opening();
  *first.add_items() = Item(1);
  ASSERT_TRUE(sender.Say(first));
  v1::PublishStreamRequest second = Frame(2, 4);
  second.mutable_items(1)->mutable_event()->set_event_type("Not A Type");
  *second.add_items() = Item(1);
  ASSERT_TRUE(sender.Say(second));
  sender.SayNoMore();

  std::vector<v1::PublishResult> results;
  while (const auto result = sender.Next()) results.push_back(*result);
  EXPECT_TRUE(sender.End().ok());
  ASSERT_EQ(results.size(), 5u);
  const std::vector<std::string> ids = {"r1", "r2", "r3", "r4", "r1"};
  for (std::size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(results[i].request_id(), ids[i]);
  EXPECT_EQ(results[2].refusal_reason(), "EVENT_TYPE_INVALID");
  EXPECT_EQ(results[2].event_id(), "");
  for (const std::size_t i : {0u, 1u, 3u, 4u}) {
    EXPECT_TRUE(results[i].event_id().starts_with("ev_")) << results[i].refusal_sentence();
    EXPECT_EQ(results[i].leaf_hash().size(), 32u);
  }
  EXPECT_TRUE(results[4].repeated_request());
  EXPECT_EQ(results[4].event_id(), results[0].event_id());
}

/// The order of the stream is the order of the ledger, new people (whose keys others make) or not.
TEST_F(PublishStreamTest, EventsAreRecordedInTheOrderInWhichTheyWereSent) {
  Sender sender(Intel());
  ASSERT_TRUE(sender.Say(Opening()));
  for (int frame = 0; frame < 4; ++frame) {
    v1::PublishStreamRequest request = Frame(10 * frame, 10 * frame + 9);
    v1::NominalReference& unknown = *request.mutable_items(5)->mutable_event()->mutable_nominals(0);
    unknown.mutable_identifier()->set_type(v1::IDENTIFIER_TYPE_OTHER);
    unknown.mutable_identifier()->set_value("nobody yet " + std::to_string(frame));
    ASSERT_TRUE(sender.Say(request));
  }
  sender.SayNoMore();
  EXPECT_EQ(sender.Rest(), Ids(0, 39));
  EXPECT_EQ(RecordedAfter(0), Ids(0, 39));
}

TEST_F(PublishStreamTest, TheFirstFrameSaysWhoAndNoOther) {
  struct Row {
    const char* what;
    std::vector<v1::PublishStreamRequest> frames;
    v1::ErrorReason reason;
  };
  v1::PublishStreamRequest elsewhere = Frame(1, 1);
  elsewhere.mutable_acting()->set_post("probation/chair");
  v1::PublishStreamRequest crowd = Opening();
  for (int i = 0; i < 101; ++i) crowd.add_items();
  v1::PublishStreamRequest full = Opening();
  for (int i = 0; i < 100; ++i) full.add_items();  // Each refused by itself.
  const std::vector<Row> rows = {
      {"nothing at all", {}, v1::ERROR_REASON_FRAME_OUT_OF_ORDER},
      {"nobody", {Frame(1, 1)}, v1::ERROR_REASON_FRAME_OUT_OF_ORDER},
      {"somebody twice", {Opening(), elsewhere}, v1::ERROR_REASON_FRAME_OUT_OF_ORDER},
      {"another's post", {elsewhere}, v1::ERROR_REASON_NOT_YOUR_POST},
      {"101 events", {crowd}, v1::ERROR_REASON_LIMIT_PASSED},
      {"100 events", {full}, v1::ERROR_REASON_UNSPECIFIED},
      {"who, and no more", {Opening()}, v1::ERROR_REASON_UNSPECIFIED},
      {"an empty frame", {Opening(), Frame(1, 0)}, v1::ERROR_REASON_LIMIT_PASSED},
  };
  for (const Row& row : rows) {
    Sender sender(Intel());
    for (const v1::PublishStreamRequest& frame : row.frames) sender.Say(frame);
    sender.SayNoMore();
    const grpc::Status status = sender.End();
    EXPECT_EQ(ReasonIn(status), row.reason) << row.what << ": " << status.error_message();
    EXPECT_EQ(status.ok(), row.reason == v1::ERROR_REASON_UNSPECIFIED) << row.what;
  }
}

/// A suspension ends a stream that says nothing; and what comes after its answer is not recorded.
TEST_F(PublishStreamTest, SuspensionEndsALiveStream) {
  Sender idle(Intel());
  Sender busy(Intel());
  for (Sender* each : {&idle, &busy}) ASSERT_TRUE(each->Say(Opening()));
  ASSERT_TRUE(busy.Say(Frame(1, 1)));
  ASSERT_TRUE(busy.Next().has_value());
  ASSERT_TRUE(idle.Say(Frame(2, 2)));
  ASSERT_TRUE(idle.Next().has_value());
  Suspend("intel-system");
  const model::Position suspended_at = door_.ledger().Tip();
  for (int i = 3; i < 50 && busy.Say(Frame(i, i)); ++i) {
  }
  EXPECT_EQ(ReasonIn(busy.End()), v1::ERROR_REASON_SUSPENDED);
  EXPECT_EQ(ReasonIn(idle.End()), v1::ERROR_REASON_SUSPENDED);
  EXPECT_TRUE(RecordedAfter(suspended_at).empty());
}

TEST_F(PublishStreamTest, ACancelledStreamLosesNothingThatWasAcknowledged) {
  std::vector<v1::PublishResult> answered;
  {
    Sender sender(Intel());
    ASSERT_TRUE(sender.Say(Opening()));
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(sender.Say(Frame(20 * i, 20 * i + 19)));
    while (answered.size() < 30) answered.push_back(*sender.Next());
    sender.Cancel();
    while (const auto result = sender.Next()) answered.push_back(*result);
  }
  for (std::size_t i = 0; i < answered.size(); ++i) {
    const v1::PublishResult again = Again(static_cast<int>(i));
    EXPECT_TRUE(again.repeated_request());
    EXPECT_EQ(again.event_id(), answered[i].event_id());
  }
}

/// Whoever is ahead waits: no more is read than may be under way; and nothing is lost by it.
TEST_F(PublishStreamTest, NoMoreIsUnderWayThanTheLimit) {
  constexpr int kEvents = 1500;
  proposer_->Hold();
  Sender sender(Intel());
  std::thread writer([&] {
    EXPECT_TRUE(sender.Say(Opening()));
    for (int i = 0; i < kEvents; i += 100) EXPECT_TRUE(sender.Say(Frame(i, i + 99)));
    sender.SayNoMore();
  });
  constexpr std::size_t kFits = model::kStreamEventsMax / 100 * 100;
  proposer_->AwaitWaiting(kFits);
  // Another stream comes and goes meanwhile.
  Sender other(door_.HolderOf("police/intel"));
  ASSERT_TRUE(other.Say(Opening()));
  other.SayNoMore();
  EXPECT_TRUE(other.End().ok());
  EXPECT_EQ(proposer_->Waiting(), kFits);
  proposer_->LetGo();
  const std::vector<std::string> ids = sender.Rest();
  writer.join();
  EXPECT_EQ(ids, Ids(0, kEvents - 1));
  EXPECT_TRUE(sender.End().ok());
}

/// The same in bytes: large events use it up before their number does.
TEST_F(PublishStreamTest, NoMoreBytesAreUnderWayThanTheLimit) {
  constexpr int kFits = static_cast<int>(model::kStreamBytesMax / model::kSegmentBytesMax);
  static_assert(kFits + 20 < static_cast<int>(model::kStreamEventsMax));
  proposer_->Hold();
  Sender sender(Intel());
  std::thread writer([&] {
    EXPECT_TRUE(sender.Say(Opening()));
    for (int i = 0; i < kFits + 20; ++i) {
      v1::PublishStreamRequest frame;
      *frame.add_items() =
          RunningDoor::ItemAbout(nominal_, Id(i), std::string(model::kSegmentBytesMax, 'x'));
      EXPECT_TRUE(sender.Say(frame));
    }
    sender.SayNoMore();
  });
  proposer_->AwaitWaiting(kFits);
  Sender other(door_.HolderOf("police/intel"));
  ASSERT_TRUE(other.Say(Opening()));
  other.SayNoMore();
  EXPECT_TRUE(other.End().ok());
  EXPECT_EQ(proposer_->Waiting(), static_cast<std::size_t>(kFits));
  proposer_->LetGo();
  EXPECT_EQ(sender.Rest(), Ids(0, kFits + 19));
  writer.join();
  EXPECT_TRUE(sender.End().ok());
}

/// What is known when the first in order becomes known leaves together with it.
TEST_F(PublishStreamTest, ResultsTravelTogether) {
  proposer_->Hold();
  Sender sender(Intel());
  ASSERT_TRUE(sender.Say(Opening()));
  v1::PublishStreamRequest frame = Frame(0, 99);
  for (int i = 1; i < 100; ++i) frame.mutable_items(i)->mutable_event()->clear_event_type();
  ASSERT_TRUE(sender.Say(frame));
  // All others are refused where they are prepared: all of a frame, before the next is read.
  ASSERT_TRUE(sender.Say(Frame(100, 100)));
  proposer_->AwaitWaiting(2);
  proposer_->LetGo();
  sender.SayNoMore();
  EXPECT_EQ(sender.Rest(), Ids(0, 100));
  EXPECT_LE(sender.frames(), 2);
}

TEST_F(PublishStreamTest, WhatTheBrokerCouldNotTakeEndsTheStreamAfterTheResultsBeforeIt) {
  for (const v1::ErrorReason reason :
       {v1::ERROR_REASON_UNAVAILABLE, v1::ERROR_REASON_UNKNOWN_OUTCOME}) {
    proposer_->Hold();
    Sender sender(Intel());
    ASSERT_TRUE(sender.Say(Opening()));
    ASSERT_TRUE(sender.Say(Frame(1, 3)));
    proposer_->AwaitWaiting(3);
    proposer_->LetOneGo();
    proposer_->RefuseOne(Refuse(reason, "no"));
    EXPECT_EQ(sender.Next()->request_id(), "r1");
    EXPECT_FALSE(sender.Next().has_value());
    EXPECT_EQ(ReasonIn(sender.End()), reason);
    proposer_->LetGo();
  }
}

/// A full queue refuses its event and ends nothing.
TEST_F(PublishStreamTest, AFullQueueRefusesTheEventAndNotTheStream) {
  proposer_->Hold();
  Sender sender(Intel());
  ASSERT_TRUE(sender.Say(Opening()));
  ASSERT_TRUE(sender.Say(Frame(1, 2)));
  proposer_->AwaitWaiting(2);
  proposer_->RefuseOne(Refuse(v1::ERROR_REASON_TOO_BUSY, "no"));
  proposer_->LetGo();
  sender.SayNoMore();
  EXPECT_EQ(sender.Next()->refusal_reason(), "TOO_BUSY");
  EXPECT_EQ(sender.Next()->refusal_reason(), "");
  EXPECT_TRUE(sender.End().ok());
}

/// A broker that stops answers what it took.
TEST_F(PublishStreamTest, AStoppingBrokerAnswersWhatItTook) {
  proposer_->Hold();
  Sender sender(Intel());
  ASSERT_TRUE(sender.Say(Opening()));
  ASSERT_TRUE(sender.Say(Frame(1, 3)));
  proposer_->AwaitWaiting(3);
  std::thread stopping([this] { door_.server().Drain(); });
  proposer_->LetGo();
  EXPECT_EQ(sender.Rest(), Ids(1, 3));
  EXPECT_EQ(ReasonIn(sender.End()), v1::ERROR_REASON_UNAVAILABLE);
  stopping.join();
}

/// Streams that say nothing, or only who they are, or never read: nobody waits for them.
TEST_F(PublishStreamTest, ASlowPublisherHoldsNobodyUp) {
  std::vector<std::unique_ptr<Sender>> slow;
  for (int i = 0; i < 200; ++i) {
    slow.push_back(std::make_unique<Sender>(Intel()));
    if (i % 2 == 0) slow.back()->Say(Opening());
    if (i % 4 == 0) slow.back()->Say(Frame(1000 + i, 1000 + i));
  }
  Sender quick(door_.HolderOf("police/intel"));
  ASSERT_TRUE(quick.Say(Opening()));
  ASSERT_TRUE(quick.Say(Frame(1, 100)));
  quick.SayNoMore();
  EXPECT_EQ(quick.Rest(), Ids(1, 100));
  EXPECT_TRUE(quick.End().ok());
  EXPECT_TRUE(Again(1).repeated_request());  // on the connection of the slow, too
}

}  // namespace
}  // namespace tearline::rpc
