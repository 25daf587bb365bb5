#include "clients/cpp/pulled_feed.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <set>

#include "tearline/v1/rpc_status.pb.h"

namespace tearline::client {
namespace {

/// A feed of three items, asked call by call. One session at a time.
class AskedFeed : public v1::SubscriberService::Service {
 public:
  int sessions = 0;
  std::uint32_t window = 0;
  std::set<std::uint64_t> left = {1, 2, 3};
  std::uint64_t retried = 0, parked = 0;
  std::int64_t delay_ms = 0;

  grpc::Status Pull(grpc::ServerContext*, const v1::PullRequest* request,
                    v1::PullResponse* response) override {
    if (request->session_id().empty()) {
      ++sessions;
      window = request->open().window_messages();
    } else if (!IsCurrent(request->session_id())) {
      return Superseded();
    }
    response->set_session_id("ses_" + std::to_string(sessions));
    for (const std::uint64_t number : left) response->add_deliveries()->set_sequence(number);
    return grpc::Status::OK;
  }
  grpc::Status Acknowledge(grpc::ServerContext*, const v1::AcknowledgeRequest* request,
                           v1::AcknowledgeResponse*) override {
    if (!IsCurrent(request->session_id())) return Superseded();
    for (const std::uint64_t number : request->items().sequences()) left.erase(number);
    return grpc::Status::OK;
  }
  grpc::Status Retry(grpc::ServerContext*, const v1::RetryRequest* request,
                     v1::RetryResponse*) override {
    if (!IsCurrent(request->session_id())) return Superseded();
    retried = request->item().sequence();
    delay_ms = request->item().delay().seconds() * 1000 + request->item().delay().nanos() / 1000000;
    return grpc::Status::OK;
  }
  grpc::Status Park(grpc::ServerContext*, const v1::ParkRequest* request,
                    v1::ParkResponse*) override {
    if (!IsCurrent(request->session_id())) return Superseded();
    parked = request->item().sequence();
    return grpc::Status::OK;
  }

 private:
  bool IsCurrent(const std::string& id) const { return id == "ses_" + std::to_string(sessions); }
  static grpc::Status Superseded() {
    v1::RpcErrorInfo said;
    said.set_reason("SESSION_SUPERSEDED");
    said.set_domain("tearline.v1");
    v1::RpcStatus details;
    google::protobuf::Any& any = *details.add_details();
    any.set_type_url("type.googleapis.com/google.rpc.ErrorInfo");
    any.set_value(said.SerializeAsString());
    return {grpc::StatusCode::ABORTED, "open a new one", details.SerializeAsString()};
  }
};

class PulledFeedTest : public testing::Test {
 protected:
  PulledFeedTest() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&asked_);
    server_ = builder.BuildAndStart();
    channel_ = grpc::CreateChannel("127.0.0.1:" + std::to_string(port),
                                   grpc::InsecureChannelCredentials());
  }
  PulledFeed Feed(const std::string& session = "") {
    v1::SubscribeOpen open;
    open.mutable_acting()->set_post("probation/chair");
    open.set_window_messages(7);
    return {channel_, open, std::chrono::seconds(60), session};
  }
  static std::vector<std::uint64_t> Numbers(const Answer<v1::PullResponse>& answer) {
    std::vector<std::uint64_t> numbers;
    for (const auto& each : std::get<v1::PullResponse>(answer).deliveries()) {
      numbers.push_back(each.sequence());
    }
    return numbers;
  }

  AskedFeed asked_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(PulledFeedTest, GoesOnInTheSessionItOpened) {
  PulledFeed feed = Feed();
  EXPECT_EQ(Numbers(feed.Pull()), (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(asked_.window, 7u);
  EXPECT_FALSE(feed.Acknowledge(v1::URGENCY_URGENT, {1, 3}).has_value());
  EXPECT_FALSE(feed.Retry(v1::URGENCY_URGENT, 2, std::chrono::milliseconds(1500)).has_value());
  EXPECT_FALSE(feed.Park(v1::URGENCY_URGENT, 2).has_value());
  EXPECT_EQ(Numbers(feed.Pull()), std::vector<std::uint64_t>{2});
  EXPECT_EQ(asked_.sessions, 1);
  EXPECT_EQ(asked_.retried, 2u);
  EXPECT_EQ(asked_.delay_ms, 1500);
  EXPECT_EQ(asked_.parked, 2u);
  EXPECT_EQ(Numbers(Feed(feed.session_id()).Pull()), std::vector<std::uint64_t>{2});
  EXPECT_EQ(asked_.sessions, 1) << "a later program goes on where this one ended";
}

TEST_F(PulledFeedTest, IsToldWhenAnotherTookTheFeedAndTakesItBackWhenItForgets) {
  PulledFeed first = Feed();
  PulledFeed second = Feed();
  (void)first.Pull();
  (void)second.Pull();
  EXPECT_EQ(std::get<Refusal>(first.Pull()).reason, "SESSION_SUPERSEDED");
  EXPECT_EQ(first.Acknowledge(v1::URGENCY_URGENT, {1})->reason, "SESSION_SUPERSEDED");
  first.Forget();
  EXPECT_EQ(Numbers(first.Pull()), (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(second.Park(v1::URGENCY_URGENT, 1)->reason, "SESSION_SUPERSEDED");
}

}  // namespace
}  // namespace tearline::client
