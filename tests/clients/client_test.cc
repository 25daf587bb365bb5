#include <grpcpp/create_channel.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include "clients/cpp/feed.h"
#include "clients/cpp/publisher.h"
#include "clients/cpp/refusal.h"
#include "tearline/v1/rpc_status.pb.h"

namespace tearline::client {
namespace {

grpc::Status Saying(grpc::StatusCode code, const std::string& reason, const std::string& sentence) {
  v1::RpcErrorInfo said;
  said.set_reason(reason);
  said.set_domain("tearline.v1");
  v1::RpcStatus details;
  google::protobuf::Any& any = *details.add_details();
  any.set_type_url("type.googleapis.com/google.rpc.ErrorInfo");
  any.set_value(said.SerializeAsString());
  return {code, sentence, details.SerializeAsString()};
}

/// A broker that does what the next entry of `script` says: refuses all, loses the answer of every
/// second item, or accepts. It remembers request ids as a broker does.
class ScriptedPublisher : public v1::PublisherService::Service {
 public:
  std::vector<std::string> script;
  std::vector<int> asked;           // Items in each request.
  std::map<std::string, int> kept;  // Request id → times recorded anew.

  grpc::Status Publish(grpc::ServerContext*, const v1::PublishRequest* request,
                       v1::PublishResponse* response) override {
    asked.push_back(request->items_size());
    const std::string step = script.empty() ? "accept" : script.front();
    if (!script.empty()) script.erase(script.begin());
    if (step == "unavailable") return {grpc::StatusCode::UNAVAILABLE, "starting"};
    if (step == "forbid") {
      return Saying(grpc::StatusCode::PERMISSION_DENIED, "NOT_YOUR_POST", "another post");
    }
    for (int i = 0; i < request->items_size(); ++i) {
      v1::PublishResult& result = *response->add_results();
      result.set_request_id(request->items(i).request_id());
      if (step == "lose half" && i % 2 == 1) {
        result.set_refusal_reason("UNKNOWN_OUTCOME");
        continue;
      }
      result.set_repeated_request(++kept[result.request_id()] > 1);
      result.set_event_id("ev_1");
    }
    return step == "lose answer" ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "cut")
                                 : grpc::Status::OK;
  }
};

/// A feed that lets three items go, says it is caught up, and remembers what was acknowledged.
class ScriptedFeed : public v1::SubscriberService::Service {
 public:
  int break_sessions = 0;  // So many sessions break after the first item.
  int sessions = 0;
  std::vector<std::uint64_t> acknowledged;
  bool ended_in_order = false;

  grpc::Status Subscribe(
      grpc::ServerContext*,
      grpc::ServerReaderWriter<v1::SubscribeResponse, v1::SubscribeRequest>* stream) override {
    ++sessions;
    v1::SubscribeRequest request;
    if (!stream->Read(&request) || !request.has_open() || request.progress()) {
      return Saying(grpc::StatusCode::FAILED_PRECONDITION, "FRAME_OUT_OF_ORDER", "open first");
    }
    if (request.open().acting().post() == "nobody/else") {
      return Saying(grpc::StatusCode::PERMISSION_DENIED, "NOT_YOUR_POST", "another post");
    }
    v1::SubscribeResponse opened;
    opened.mutable_opened()->set_session_id("ses_1");
    stream->Write(opened);
    const bool breaks = sessions <= break_sessions;
    v1::SubscribeResponse frame;
    for (std::uint64_t sequence = 1; sequence <= (breaks ? 1u : 3u); ++sequence) {
      v1::Delivery& delivery = *frame.add_deliveries();
      delivery.set_lane(v1::URGENCY_URGENT);
      delivery.set_sequence(sequence);
    }
    stream->Write(frame);
    if (breaks) return {grpc::StatusCode::UNAVAILABLE, "killed"};
    v1::SubscribeResponse progress;
    progress.mutable_progress()->set_caught_up(true);
    stream->Write(progress);
    while (stream->Read(&request)) {
      for (const auto& lane : request.acknowledgements()) {
        acknowledged.insert(acknowledged.end(), lane.sequences().begin(), lane.sequences().end());
      }
    }
    ended_in_order = true;
    return grpc::Status::OK;
  }
};

class Client : public testing::Test {
 protected:
  Client() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&publisher_);
    builder.RegisterService(&feed_);
    server_ = builder.BuildAndStart();
    channel_ = grpc::CreateChannel("127.0.0.1:" + std::to_string(port),
                                   grpc::InsecureChannelCredentials());
  }
  ~Client() override { server_->Shutdown(); }

  Answer<std::vector<v1::PublishResult>> Publish(int count) {
    std::vector<v1::PublishItem> items(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
      items[static_cast<std::size_t>(i)].set_request_id("r" + std::to_string(i));
    }
    Patience patience;
    patience.first_wait = std::chrono::milliseconds(1);
    return Publisher(channel_, v1::Acting(), patience).Publish(items);
  }

  ScriptedPublisher publisher_;
  ScriptedFeed feed_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(Client, PublishesOnceAlthoughTheBrokerWasAwayAndAnAnswerWasLost) {
  publisher_.script = {"unavailable", "lose answer", "accept"};
  const auto answer = Publish(3);
  ASSERT_EQ(answer.index(), 0u);
  for (const v1::PublishResult& result : std::get<0>(answer)) {
    EXPECT_TRUE(result.repeated_request());
    EXPECT_EQ(result.event_id(), "ev_1");
  }
}

TEST_F(Client, TriesAgainOnlyWhatHasNoAnswerThatStands) {
  publisher_.script = {"lose half", "accept"};
  const auto answer = Publish(5);
  ASSERT_EQ(answer.index(), 0u);
  EXPECT_EQ(publisher_.asked, (std::vector<int>{5, 2}));
  for (int i = 0; i < 5; ++i) {
    const v1::PublishResult& result = std::get<0>(answer)[static_cast<std::size_t>(i)];
    EXPECT_EQ(result.request_id(), "r" + std::to_string(i));
    EXPECT_EQ(result.event_id(), "ev_1");
  }
}

TEST_F(Client, SplitsWhatIsTooMuchForOneRequest) {
  ASSERT_EQ(Publish(100).index(), 0u);
  EXPECT_EQ(publisher_.asked, (std::vector<int>{100}));
  publisher_.asked.clear();
  ASSERT_EQ(Publish(101).index(), 0u);
  EXPECT_EQ(publisher_.asked, (std::vector<int>{100, 1}));
}

TEST_F(Client, DoesNotArgueWithARefusal) {
  publisher_.script = {"forbid"};
  const auto answer = Publish(1);
  ASSERT_EQ(answer.index(), 1u);
  EXPECT_EQ(std::get<Refusal>(answer).reason, "NOT_YOUR_POST");
  EXPECT_EQ(std::get<Refusal>(answer).sentence, "another post");
  EXPECT_FALSE(std::get<Refusal>(answer).Unreachable());
  EXPECT_EQ(publisher_.asked.size(), 1u);
}

TEST(Refusal, WithoutABrokersWordsIsUnreachable) {
  EXPECT_TRUE(RefusalFrom({grpc::StatusCode::UNAVAILABLE, "x"}).Unreachable());
  EXPECT_TRUE(RefusalFrom({grpc::StatusCode::DEADLINE_EXCEEDED, "x"}).Unreachable());
  EXPECT_FALSE(RefusalFrom({grpc::StatusCode::UNIMPLEMENTED, "x"}).Unreachable());
  EXPECT_TRUE(
      RefusalFrom(Saying(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_BUSY", "")).WorthAnotherTry());
  EXPECT_FALSE(
      RefusalFrom(Saying(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_BUSY", "")).Unreachable());
  EXPECT_FALSE(RefusalFrom(Saying(grpc::StatusCode::INVALID_ARGUMENT, "LABEL_INVALID", ""))
                   .WorthAnotherTry());
}

/// Keeps what is even in number, acknowledges the rest, and ends when caught up.
class Collector : public Receiver {
 public:
  std::vector<std::uint64_t> seen;
  int broken = 0;

  Disposal OnDelivery(const v1::Delivery& delivery) override {
    seen.push_back(delivery.sequence());
    return delivery.sequence() % 2 == 0 ? Disposal::kKeep : Disposal::kAcknowledge;
  }
  bool OnProgress(const v1::Progress& progress) override { return !progress.caught_up(); }
  bool OnBroken(const Refusal&, std::chrono::milliseconds) override { return ++broken < 5; }
};

v1::SubscribeOpen OpenAs(const std::string& post) {
  v1::SubscribeOpen open;
  open.mutable_acting()->set_post(post);
  return open;
}

TEST_F(Client, FeedAcknowledgesWhatTheReceiverKeptAndEndsInGoodOrder) {
  Collector collector;
  EXPECT_FALSE(Feed(channel_, OpenAs("probation/chair")).Run(collector).has_value());
  EXPECT_EQ(collector.seen, (std::vector<std::uint64_t>{1, 2, 3}));
  server_->Shutdown();
  EXPECT_EQ(feed_.acknowledged, (std::vector<std::uint64_t>{1, 3}));
  EXPECT_TRUE(feed_.ended_in_order);
}

TEST_F(Client, FeedComesBackAfterTheBrokerWasKilled) {
  feed_.break_sessions = 2;
  Collector collector;
  EXPECT_FALSE(Feed(channel_, OpenAs("probation/chair")).Run(collector).has_value());
  EXPECT_EQ(feed_.sessions, 3);
  EXPECT_EQ(collector.broken, 2);
  EXPECT_EQ(collector.seen, (std::vector<std::uint64_t>{1, 1, 1, 2, 3}));
}

TEST_F(Client, FeedReportsARefusalAndDoesNotTryAgain) {
  Collector collector;
  const auto refusal = Feed(channel_, OpenAs("nobody/else")).Run(collector);
  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(refusal->reason, "NOT_YOUR_POST");
  EXPECT_EQ(feed_.sessions, 1);
}

}  // namespace
}  // namespace tearline::client
