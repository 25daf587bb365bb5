#include "clients/cpp/pipeline.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tearline/v1/rpc_status.pb.h"

namespace tearline::client {
namespace {

grpc::Status Saying(grpc::StatusCode code, const std::string& reason) {
  v1::RpcErrorInfo said;
  said.set_reason(reason);
  said.set_domain("tearline.v1");
  v1::RpcStatus details;
  google::protobuf::Any& any = *details.add_details();
  any.set_type_url("type.googleapis.com/google.rpc.ErrorInfo");
  any.set_value(said.SerializeAsString());
  return {code, "no", details.SerializeAsString()};
}

/// A broker that records every event, and answers as told: so many events of each stream, and then
/// it breaks; and so many at first with "too busy". It remembers request ids as a broker does.
class ScriptedStream final : public v1::PublisherService::Service {
 public:
  std::vector<int> breaks_after;  // By stream; a stream without an entry does not break.
  int busy = 0;
  bool forbids = false;
  bool says_too_much = false;

  std::vector<int> frames;  // Items in each.
  int streams = 0;
  std::map<std::string, int> kept;  // Request id → times recorded.

  grpc::Status PublishStream(grpc::ServerContext*,
                             grpc::ServerReaderWriter<v1::PublishStreamResponse,
                                                      v1::PublishStreamRequest>* stream) override {
    const auto place = static_cast<std::size_t>(streams++);
    int left = place < breaks_after.size() ? breaks_after[place] : -1;
    v1::PublishStreamRequest frame;
    if (!stream->Read(&frame) || !frame.has_acting() || frame.items_size() != 0) {
      return Saying(grpc::StatusCode::FAILED_PRECONDITION, "FRAME_OUT_OF_ORDER");
    }
    if (forbids) return Saying(grpc::StatusCode::PERMISSION_DENIED, "NOT_YOUR_POST");
    while (stream->Read(&frame)) {
      frames.push_back(frame.items_size());
      v1::PublishStreamResponse response;
      bool broken = false;
      for (const v1::PublishItem& item : frame.items()) {
        v1::PublishResult result;
        result.set_request_id(item.request_id());
        if (busy > 0) {
          --busy;
          result.set_refusal_reason("TOO_BUSY");
        } else {
          result.set_event_id("ev_" + item.request_id());
          result.set_repeated_request(++kept[item.request_id()] > 1);
        }
        broken = broken || left == 0;
        if (broken) continue;  // Recorded, and nobody hears of it.
        --left;
        *response.add_results() = result;
        if (says_too_much) *response.add_results() = result;
      }
      stream->Write(response);
      if (broken) return {grpc::StatusCode::UNAVAILABLE, "killed"};
    }
    return grpc::Status::OK;
  }
};

class PipelineTest : public testing::Test {
 protected:
  PipelineTest() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&broker_);
    server_ = builder.BuildAndStart();
    channel_ = grpc::CreateChannel("127.0.0.1:" + std::to_string(port),
                                   grpc::InsecureChannelCredentials());
  }
  ~PipelineTest() override { server_->Shutdown(); }

  std::optional<Refusal> Publish(int count, std::size_t bytes = 10) {
    Patience patience;
    patience.first_wait = std::chrono::milliseconds(1);
    patience.all = std::chrono::milliseconds(10'000);
    Pipeline pipeline(
        channel_, v1::Acting(),
        [this](const v1::PublishResult& result) { results_.push_back(result); }, patience);
    for (int i = 0; i < count; ++i) {
      v1::PublishItem item;
      item.set_request_id("r" + std::to_string(i));
      item.mutable_event()->add_segments()->set_content(std::string(bytes, 'x'));
      if (auto refusal = pipeline.Add(std::move(item))) return refusal;
    }
    return pipeline.Finish();
  }

  ScriptedStream broker_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::vector<v1::PublishResult> results_;
};

TEST_F(PipelineTest, ResultsComeInTheOrderInWhichEventsWereAdded) {
  const auto refusal = Publish(3333);
  ASSERT_FALSE(refusal) << refusal->sentence;
  ASSERT_EQ(results_.size(), 3333u);
  for (std::size_t i = 0; i < results_.size(); ++i) {
    EXPECT_EQ(results_[i].request_id(), "r" + std::to_string(i));
  }
  EXPECT_EQ(broker_.frames.size(), 34u);
  EXPECT_EQ(broker_.streams, 1);
}

TEST_F(PipelineTest, LargeEventsTravelInSmallFrames) {
  const auto refusal = Publish(20, 200'000);
  ASSERT_FALSE(refusal) << refusal->sentence;
  EXPECT_EQ(results_.size(), 20u);
  for (const int items : broker_.frames) EXPECT_LE(items, 2);
}

/// What was recorded and not answered is asked again, and is not doubled.
TEST_F(PipelineTest, WhatHadNoResultIsSentAgainOverAnotherStream) {
  broker_.breaks_after = {30, 0, 250};
  const auto refusal = Publish(1000);
  ASSERT_FALSE(refusal) << refusal->sentence;
  EXPECT_EQ(broker_.streams, 4);
  ASSERT_EQ(results_.size(), 1000u);
  int repeated = 0;
  for (std::size_t i = 0; i < results_.size(); ++i) {
    EXPECT_EQ(results_[i].request_id(), "r" + std::to_string(i));
    repeated += results_[i].repeated_request() ? 1 : 0;
  }
  EXPECT_GT(repeated, 0);
  EXPECT_EQ(broker_.kept.size(), 1000u);
}

TEST_F(PipelineTest, WhatAFullQueueRefusedIsSentAgain) {
  broker_.busy = 150;
  const auto refusal = Publish(500);
  ASSERT_FALSE(refusal) << refusal->sentence;
  EXPECT_EQ(results_.size(), 500u);
  EXPECT_EQ(broker_.kept.size(), 500u);
  for (const v1::PublishResult& result : results_) EXPECT_EQ(result.refusal_reason(), "");
}

TEST_F(PipelineTest, ARefusalThatStandsEndsItAtOnce) {
  broker_.forbids = true;
  const auto refusal = Publish(5);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->reason, "NOT_YOUR_POST");
  EXPECT_EQ(broker_.streams, 1);
  EXPECT_TRUE(results_.empty());
}

TEST_F(PipelineTest, ABrokerThatSaysTooMuchIsNotBelieved) {
  broker_.says_too_much = true;
  const auto refusal = Publish(5);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->reason, "");
}

TEST(PipelineAlone, WhereNobodyAnswersItSaysSo) {
  Patience patience;
  patience.all = std::chrono::milliseconds(300);
  Pipeline pipeline(
      grpc::CreateChannel("127.0.0.1:1", grpc::InsecureChannelCredentials()), v1::Acting(),
      [](const v1::PublishResult&) { FAIL(); }, patience);
  v1::PublishItem item;
  item.set_request_id("r1");
  ASSERT_FALSE(pipeline.Add(std::move(item)));
  const auto refusal = pipeline.Finish();
  ASSERT_TRUE(refusal);
  EXPECT_TRUE(refusal->Unreachable());
}

}  // namespace
}  // namespace tearline::client
