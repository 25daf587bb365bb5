// Those who only connect: before and after the handshake, and never say a whole word.
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "tests/hostile/arena.h"
#include "tests/hostile/raw_http2.h"

namespace tearline::hostile {
namespace {

/// Connections that send nothing. Beyond some twenty thousand it is the descriptors' limit that
/// decides (docs/threat-model.md): this stays below it.
constexpr std::size_t kIdleTcp = 8000;
constexpr std::size_t kHalfHandshakes = 1000;
constexpr std::size_t kIdleTls = 300;

/// Sockets, closed together.
class Sockets {
 public:
  ~Sockets() {
    for (const int number : numbers_) close(number);
  }
  bool Open(const std::string& address) {
    const int number = ConnectTcp(address);
    if (number >= 0) numbers_.push_back(number);
    return number >= 0;
  }
  void SayOnLast(std::string_view bytes) {
    (void)send(numbers_.back(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  std::size_t size() const { return numbers_.size(); }

 private:
  std::vector<int> numbers_;
};

/// As many as this process and the broker, which inherits the limit, may hold.
std::size_t AtMost(std::size_t wanted) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return std::min(wanted, static_cast<std::size_t>(limit.rlim_cur) / 2);
}

class Connections : public Arena {};

/// Started as a shell starts things: with few descriptors, though it may have more.
class FewDescriptors : public Arena {
 protected:
  static constexpr rlim_t kFew = 256;

  void SetUp() override {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max < 4 * kFew) GTEST_SKIP() << "this machine has hardly any descriptors";
    rlimit few = limit;
    few.rlim_cur = kFew;
    setrlimit(RLIMIT_NOFILE, &few);
    Arena::SetUp();
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  void TearDown() override {
    if (!IsSkipped()) Arena::TearDown();
  }
};

/// gRPC 1.51 stops listening for good once no descriptor is left, and an engine that can't open its
/// files stops writing (CVE-2023-4785). The broker takes as many as it may.
TEST_F(FewDescriptors, AreNotAllItTakes) {
  Sockets idle;
  while (idle.size() < 3 * kFew && idle.Open(stage().address())) {
  }
  EXPECT_EQ(idle.size(), 3 * kFew);
  const grpc::Status status = Knock(Connect(PassOf("police/feeder")));
  EXPECT_TRUE(status.ok()) << status.error_message();
  ExpectTheHonestAreServed();
}

TEST_F(Connections, ThousandsThatSayNothingHoldNobodyUp) {
  Sockets idle;
  const std::size_t count = AtMost(kIdleTcp);
  while (idle.size() < count && idle.Open(stage().address())) {
  }
  EXPECT_EQ(idle.size(), count);
  RecordProperty("connections", static_cast<int>(idle.size()));
  ExpectTheHonestAreServed();
}

/// The beginning of a ClientHello that announces more than ever comes.
TEST_F(Connections, HalfHandshakesHoldNobodyUp) {
  Sockets half;
  const std::size_t count = AtMost(kHalfHandshakes);
  while (half.size() < count && half.Open(stage().address())) {
    half.SayOnLast(std::string_view("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11));
  }
  EXPECT_EQ(half.size(), count);
  ExpectTheHonestAreServed();
}

TEST_F(Connections, NoiseInPlaceOfAHandshakeIsHungUpOn) {
  Sockets noise;
  for (const std::string_view words :
       {std::string_view("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        std::string_view("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        std::string_view("\x00\x00\x00\x00", 4), std::string_view("\x16\x03\x01\xff\xff", 5),
        std::string_view("zanzibar\x1b[2J\n{\"a\":1}\n")}) {
    for (int i = 0; i < 50; ++i) {
      ASSERT_TRUE(noise.Open(stage().address()));
      noise.SayOnLast(words);
    }
  }
  ExpectTheHonestAreServed();
  EXPECT_EQ(Log().find("zanzibar"), std::string::npos);
}

TEST_F(Connections, AMembersManyIdleConnectionsHoldNobodyUp) {
  std::vector<std::unique_ptr<RawConnection>> idle;
  for (std::size_t i = 0; i < AtMost(kIdleTls); ++i) {
    idle.push_back(std::make_unique<RawConnection>(stage().address(), PassOf("police/feeder")));
  }
  RecordProperty("connections", static_cast<int>(idle.size()));
  ExpectTheHonestAreServed();
}

/// Slow loris: each sends a little of a frame, and again a little, and never ends it.
TEST_F(Connections, FramesThatNeverEndHoldNobodyUp) {
  const std::string words = Preface() + Frame(kFrameHeaders, kEndHeaders, 1, CallHeaders());
  std::vector<std::unique_ptr<RawConnection>> slow;
  for (int i = 0; i < 100; ++i) {
    slow.push_back(std::make_unique<RawConnection>(stage().address(), PassOf("police/feeder")));
  }
  for (std::size_t at = 0; at + 1 < words.size(); at += words.size() / 5) {
    for (const auto& each : slow) each->Send(std::string_view(words).substr(at, 1));
    ExpectTheHonestAreServed();
  }
}

}  // namespace
}  // namespace tearline::hostile
