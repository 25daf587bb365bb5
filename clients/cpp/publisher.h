#pragma once

#include <grpcpp/channel.h>

#include <chrono>
#include <memory>
#include <vector>

#include "clients/cpp/refusal.h"
#include "tearline/v1/publisher_service.grpc.pb.h"

namespace tearline::client {

/// How long to keep trying.
struct Patience {
  std::chrono::milliseconds first_wait{100};  ///< Doubled after each try, up to longest_wait.
  std::chrono::milliseconds longest_wait{2'000};
  std::chrono::milliseconds all{30'000};  ///< After this the last refusal is the answer.
};

/// Publishes events, and tries again what no broker answered for. Because a try again bears the
/// same request id, an event whose answer was lost is not published twice.
///
/// Threads: one.
class Publisher {
 public:
  Publisher(std::shared_ptr<grpc::Channel> channel, v1::Acting acting, Patience patience = {});

  /// One result per item, in order: accepted, or refused with a reason. Splits what is too much for
  /// one request. A refusal of the whole says why nothing more was tried; what was accepted before
  /// it stays accepted, and repeating all of it is safe.
  ///
  /// Requires: every item has a request id.
  [[nodiscard]] Answer<std::vector<v1::PublishResult>> Publish(
      const std::vector<v1::PublishItem>& items);

 private:
  /// Publishes items [begin, end) as one request until each has an answer that stands.
  [[nodiscard]] Answer<std::vector<v1::PublishResult>> PublishSome(
      const std::vector<v1::PublishItem>& items, std::size_t begin, std::size_t end);

  std::unique_ptr<v1::PublisherService::Stub> stub_;
  v1::Acting acting_;
  Patience patience_;
};

}  // namespace tearline::client
