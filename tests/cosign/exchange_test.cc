#include "broker/cosign/exchange.h"

#include <gtest/gtest.h>
#include <httplib.h>

#include <thread>

namespace tearline::cosign {
namespace {

/// A stranger on loopback that answers as it is told.
class Stranger {
 public:
  explicit Stranger(const httplib::Server::Handler& handler) {
    server_.Post("/prefix/add-checkpoint", handler);
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
  }
  ~Stranger() {
    server_.stop();
    thread_.join();
  }
  std::string Address() const { return "http://127.0.0.1:" + std::to_string(port_) + "/prefix/"; }

 private:
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

TEST(Exchange, PostsAndGivesTheAnswer) {
  const Stranger stranger([](const httplib::Request& request, httplib::Response& response) {
    response.status = 409;
    response.set_content(request.body + "!", "text/plain");
  });
  const auto exchange = MakeExchange(stranger.Address());
  ASSERT_TRUE(exchange.ok()) << SentenceOf(exchange.status());
  for (const char* body : {"one", "two"}) {
    const Result<Answer> answer = (*exchange)->Post(body);
    ASSERT_TRUE(answer.ok()) << SentenceOf(answer.status());
    EXPECT_EQ(answer->status, 409);
    EXPECT_EQ(answer->body, std::string(body) + "!");
  }
}

TEST(Exchange, AnAnswerWithoutEndIsNone) {
  const Stranger stranger([](const httplib::Request&, httplib::Response& response) {
    response.set_content(std::string(kAnswerBytesMax + 1, 'x'), "text/plain");
  });
  const auto exchange = MakeExchange(stranger.Address());
  EXPECT_EQ(ReasonOf((*exchange)->Post("body").status()), v1::ERROR_REASON_UNAVAILABLE);
}

TEST(Exchange, NobodyThereIsNoAnswer) {
  const auto exchange = MakeExchange("http://127.0.0.1:1");
  ASSERT_TRUE(exchange.ok());
  EXPECT_EQ(ReasonOf((*exchange)->Post("body").status()), v1::ERROR_REASON_UNAVAILABLE);
}

TEST(Exchange, AnAddressHasOneForm) {
  for (const char* address : {"http://127.0.0.1", "http://w.example:7446", "http://w.example/a/b/",
                              "https://w.example"}) {
    EXPECT_TRUE(MakeExchange(address).ok()) << address;
  }
  for (const char* address : {"", "w.example:7446", "ftp://w.example", "http://", "http:///a",
                              "http://w.example/a?b", "http://user@w.example", "http://w x"}) {
    EXPECT_EQ(ReasonOf(MakeExchange(address).status()), v1::ERROR_REASON_CONFIG_INVALID) << address;
  }
}

}  // namespace
}  // namespace tearline::cosign
