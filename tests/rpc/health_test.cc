// grpc.health.v1, asked over the wire.
#include <grpcpp/support/sync_stream.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "tests/rpc/running_door.h"

namespace tearline::rpc {
namespace {

constexpr int kServing = 1;
constexpr int kNotServing = 2;
constexpr int kServiceUnknown = 3;

/// One call of Watch, about the part "machine" unless said.
class HealthWatch {
 public:
  explicit HealthWatch(std::shared_ptr<grpc::Channel> channel, const std::string& part = "machine")
      : channel_(std::move(channel)) {
    context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    const std::string bytes = std::string("\x0a") + static_cast<char>(part.size()) + part;
    const grpc::Slice slice(bytes);
    reader_.reset(grpc::internal::ClientReaderFactory<grpc::ByteBuffer>::Create(
        channel_.get(), method_, &context_, grpc::ByteBuffer(&slice, 1)));
  }
  ~HealthWatch() { context_.TryCancel(); }

  /// The next status that is told; -1 if the call has ended.
  int Next() {
    grpc::ByteBuffer answer;
    grpc::Slice whole;
    if (!reader_->Read(&answer) || !answer.DumpToSingleSlice(&whole).ok()) return -1;
    return whole.size() == 2 ? whole.begin()[1] : 0;
  }

 private:
  const std::shared_ptr<grpc::Channel> channel_;
  const grpc::internal::RpcMethod method_{"/grpc.health.v1.Health/Watch",
                                          grpc::internal::RpcMethod::SERVER_STREAMING};
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<grpc::ByteBuffer>> reader_;
};

class HealthTest : public testing::Test {
 protected:
  RunningDoor door_;
};

TEST_F(HealthTest, NeedsACertificateAndNoPost) {
  const auto channel = door_.SystemOf("police/intel");
  EXPECT_EQ(RunningDoor::HealthOf(channel, ""), kServing);
  EXPECT_EQ(RunningDoor::HealthOf(channel, "machine"), kServing);
  EXPECT_EQ(RunningDoor::HealthOf(channel, "certificates"), kServing);
  EXPECT_EQ(RunningDoor::HealthOf(channel, "weather"),
            -static_cast<int>(grpc::StatusCode::NOT_FOUND));
}

TEST_F(HealthTest, AWatchHearsOfEachChange) {
  HealthWatch watch(door_.SystemOf("police/intel"));
  EXPECT_EQ(watch.Next(), kServing);
  door_.machine_stands().store(false);
  EXPECT_EQ(watch.Next(), kNotServing);
  EXPECT_EQ(RunningDoor::HealthOf(door_.SystemOf("police/intel"), "certificates"), kServing);
  EXPECT_EQ(RunningDoor::HealthOf(door_.SystemOf("police/intel"), ""), kNotServing);
  door_.machine_stands().store(true);
  EXPECT_EQ(watch.Next(), kServing);
}

TEST_F(HealthTest, AWatchOfWhatIsNotThereSaysSo) {
  HealthWatch watch(door_.SystemOf("police/intel"), "weather");
  EXPECT_EQ(watch.Next(), kServiceUnknown);
}

TEST_F(HealthTest, AWatchDoesNotHoldUpTheEnd) {
  HealthWatch watch(door_.SystemOf("police/intel"));
  ASSERT_EQ(watch.Next(), kServing);
  door_.server().Drain();
  int last = watch.Next();
  while (last == kNotServing) last = watch.Next();
  EXPECT_EQ(last, -1);
}

}  // namespace
}  // namespace tearline::rpc
