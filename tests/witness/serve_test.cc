#include "clients/witness/serve.h"

#include <gtest/gtest.h>
#include <httplib.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "clients/witness/submission.h"
#include "tests/clients/run_tearline.h"
#include "tests/witness/submissions.h"

namespace tearline::witness {
namespace {

class ServeTest : public testing::Test {
 protected:
  ServeTest() {
    witness_ = *Witness::Open(workplace_.Path(""), {log_.Key()}, CosignerIn(workplace_.Path("")),
                              [] { return std::uint64_t{1'700'000'000}; });
    auto bound = Server::Bind(*witness_, Listen{});
    EXPECT_TRUE(bound.ok()) << bound.status();
    server_ = *std::move(bound);
    thread_ = std::thread([this] { server_->Serve(); });
  }
  ~ServeTest() override {
    server_->Stop();
    thread_.join();
  }
  httplib::Client Client() const { return httplib::Client("127.0.0.1", server_->Port()); }
  httplib::Result Post(const std::string& body) const {
    return Client().Post("/add-checkpoint", body, "text/plain");
  }
  /// The status answered; 0 if the connection was closed instead.
  static int StatusOf(const httplib::Result& result) { return result ? result->status : 0; }

  doubles::Workplace workplace_;
  doubles::InventedLog log_ = LogOf(40);
  std::unique_ptr<Witness> witness_;
  std::unique_ptr<Server> server_;
  std::thread thread_;
};

TEST_F(ServeTest, AnswersOverHttp) {
  const auto first = Post(Body(log_, 0, 5));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->status, 200);
  const auto again = Post(Body(log_, 0, 9));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->status, 409);
  EXPECT_EQ(again->body, "5\n");
  EXPECT_EQ(again->get_header_value("Content-Type"), "text/x.tlog.size");
  const auto kept = Client().Get("/" + PlaceOf(log_.Key().name) + "/checkpoint");
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->status, 200);
  EXPECT_EQ(kept->body, log_.Note(5) + first->body);
  const auto other = Client().Get("/" + PlaceOf("example.org/other") + "/checkpoint");
  ASSERT_TRUE(other);
  EXPECT_EQ(other->status, 404);
}

TEST_F(ServeTest, ReadsNoMoreThanASubmission) {
  const int large = StatusOf(Post("old 0\n\n" + std::string(kSubmissionBytesMax, 'x')));
  EXPECT_TRUE(large == 413 || large == 0) << large;
  // However little it is on the wire.
  httplib::Client client = Client();
  client.set_compress(true);
  const int packed =
      StatusOf(client.Post("/add-checkpoint", std::string(64 * 1024 * 1024, 'x'), "text/plain"));
  EXPECT_TRUE(packed == 413 || packed == 0) << packed;
  EXPECT_EQ(StatusOf(Post(Body(log_, 0, 5))), 200) << "and others are still served";
}

TEST_F(ServeTest, AnswersTwoAtATime) {
  int one = 0;
  int two = 0;
  std::thread first([&] { one = StatusOf(Post(Body(log_, 0, 5))); });
  std::thread second([&] { two = StatusOf(Post(Body(log_, 0, 6))); });
  first.join();
  second.join();
  EXPECT_EQ(std::min(one, two), 200);
  EXPECT_EQ(std::max(one, two), 409) << "one of them was first";
}

/// A stop that comes before, while or after it begins to listen is a stop.
TEST_F(ServeTest, StopsWheneverItIsTold) {
  for (int delay_us = 0; delay_us < 1000; delay_us += 50) {
    const auto server = *Server::Bind(*witness_, Listen{});
    std::thread serving([&server] { server->Serve(); });
    std::this_thread::sleep_for(std::chrono::microseconds(delay_us));
    server->Stop();
    serving.join();
  }
}

TEST_F(ServeTest, AnAddressIsHadOnce) {
  Listen listen;
  listen.host = "256.256.256.256";
  EXPECT_FALSE(Server::Bind(*witness_, listen).ok());
  listen.host = "127.0.0.1";
  listen.certificate_file = workplace_.Path("none.pem");
  listen.key_file = workplace_.Path("none.pem");
  EXPECT_FALSE(Server::Bind(*witness_, listen).ok());
}

}  // namespace
}  // namespace tearline::witness
