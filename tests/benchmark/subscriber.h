#pragma once

#include <grpcpp/channel.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "clients/cpp/feed.h"

namespace tearline::benchmark {

/// A post's system that follows its inbox and acknowledges everything, at once.
class Subscriber final : private client::Receiver {
 public:
  Subscriber(const std::shared_ptr<grpc::Channel>& channel, const std::string& post);
  /// Ends its session.
  ~Subscriber() override;

  /// How many events it has received and acknowledged.
  std::uint64_t Acknowledged() const { return acknowledged_.load(); }

  /// Whether the broker has said that nothing waits any more, and nothing has come since.
  bool CaughtUp() const { return caught_up_.load(); }

 private:
  client::Disposal OnDelivery(const v1::Delivery& delivery) override;
  bool WantsMore() override { return !enough_.load(); }
  bool OnProgress(const v1::Progress& progress) override;
  bool OnBroken(const client::Refusal&, std::chrono::milliseconds) override {
    return !enough_.load();
  }

  std::atomic<std::uint64_t> acknowledged_{0};
  std::atomic<bool> caught_up_{false};
  std::atomic<bool> enough_{false};
  client::Feed feed_;
  std::thread thread_;
};

}  // namespace tearline::benchmark
