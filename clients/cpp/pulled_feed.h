#pragma once

#include <grpcpp/channel.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "clients/cpp/refusal.h"
#include "tearline/v1/subscriber_service.grpc.pb.h"

namespace tearline::client {

/// The feed of one inbox for programs that ask now and then: no stream, no thread. What was pulled
/// comes again with the next pull until it is acknowledged, parked, or asked for again later.
///
/// The first pull opens a session, which ends whoever had the feed before. If somebody else opens
/// one meanwhile, everything is refused with SESSION_SUPERSEDED; Forget, and the next pull takes
/// the feed back. What was acknowledged stays so.
///
/// Threads: one.
class PulledFeed {
 public:
  /// `open` says for whom and why, and the window. `session_id` goes on where an earlier program
  /// ended; "" begins anew.
  PulledFeed(std::shared_ptr<grpc::Channel> channel, v1::SubscribeOpen open,
             std::chrono::milliseconds patience, std::string session_id = "");

  /// What is let go and not settled.
  [[nodiscard]] Answer<v1::PullResponse> Pull();

  /// Safely received: they do not come again. At most 256 numbers.
  [[nodiscard]] std::optional<Refusal> Acknowledge(v1::Urgency lane,
                                                   const std::vector<std::uint64_t>& sequences);
  /// Wanted again, at most 10 minutes later.
  [[nodiscard]] std::optional<Refusal> Retry(v1::Urgency lane, std::uint64_t sequence,
                                             std::chrono::milliseconds delay);
  /// Set aside: somebody must see to it.
  [[nodiscard]] std::optional<Refusal> Park(v1::Urgency lane, std::uint64_t sequence);

  /// "ses_…"; "" before the first pull.
  const std::string& session_id() const { return session_id_; }
  void Forget() { session_id_.clear(); }

 private:
  template <typename Request, typename Response>
  std::optional<Refusal> Ask(grpc::Status (v1::SubscriberService::StubInterface::*method)(
                                 grpc::ClientContext*, const Request&, Response*),
                             Request& request, Response& response);

  std::unique_ptr<v1::SubscriberService::StubInterface> stub_;
  const v1::SubscribeOpen open_;
  const std::chrono::milliseconds patience_;
  std::string session_id_;
};

}  // namespace tearline::client
