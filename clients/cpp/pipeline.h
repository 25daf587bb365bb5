#pragma once

#include <grpcpp/channel.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "clients/cpp/publisher.h"
#include "clients/cpp/refusal.h"
#include "tearline/v1/publisher_service.grpc.pb.h"

namespace tearline::client {

/// Publishes many events over one stream, without waiting for one before the next is sent. What no
/// broker answered for is sent again, over another stream if the first has broken; because it bears
/// the same request id, an event whose answer was lost is not published twice.
///
/// Events are recorded in the order in which they were added, and results come in that order; but
/// not of an event that was sent again.
///
/// Threads: one. The receiver is called on the caller's, within Add and Finish.
class Pipeline {
 public:
  /// What became of one event: accepted, or refused with a reason.
  using Receiver = std::function<void(const v1::PublishResult&)>;

  /// `patience.all` is how long Add and Finish wait for the next result.
  Pipeline(std::shared_ptr<grpc::Channel> channel, v1::Acting acting, Receiver receiver,
           Patience patience = {});
  /// Gives up what was not answered.
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  /// Adds one event. It is sent when a frame is full, or by Finish. Waits while too many are under
  /// way. A refusal of the whole says why nothing more is tried; what was accepted before it stays
  /// accepted, and repeating all of it is safe.
  ///
  /// Requires: a request id; nothing was refused before.
  [[nodiscard]] std::optional<Refusal> Add(v1::PublishItem item);

  /// Sends what was added, and waits until each has its result.
  [[nodiscard]] std::optional<Refusal> Finish();

 private:
  class Stream;

  void Send();
  bool Take(std::chrono::steady_clock::time_point until);
  std::optional<Refusal> WaitWhile(const std::function<bool()>& must_wait);
  std::optional<Refusal> OpenAgain(const grpc::Status& status);

  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<v1::PublisherService::Stub> stub_;
  const v1::Acting acting_;
  const Receiver receiver_;
  const Patience patience_;

  std::deque<v1::PublishItem> waiting_;  ///< Without a result that stands, oldest first.
  std::size_t sent_ = 0;                 ///< So many of them, the oldest, were sent on this stream.
  std::size_t unsent_bytes_ = 0;
  std::unique_ptr<Stream> stream_;                 ///< None before the first frame.
  std::chrono::milliseconds wait_;                 ///< Before the next stream is opened.
  std::chrono::steady_clock::time_point give_up_;  ///< Without another result.
};

}  // namespace tearline::client
