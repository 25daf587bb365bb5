#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "clients/cpp/refusal.h"
#include "tearline/v1/subscriber_service.grpc.pb.h"

namespace tearline::client {

/// What a receiver says of an item.
enum class Disposal {
  kAcknowledge,  ///< Safely received: it will not come again.
  kKeep,         ///< Neither: it comes again with the next session.
  kPark,         ///< Set aside: the nominal's later items go on, somebody must see to this one.
};

/// Who receives a feed. Called on the thread that runs it.
class Receiver {
 public:
  virtual ~Receiver() = default;
  virtual Disposal OnDelivery(const v1::Delivery& delivery) = 0;
  /// How far the feed is, after the deliveries that came before it. False ends the feed in good
  /// order.
  virtual bool OnProgress(const v1::Progress&) { return true; }
  /// False ends the feed after the frame in hand.
  virtual bool WantsMore() { return true; }
  /// The connection broke and will be tried again after `wait`. False gives up.
  virtual bool OnBroken(const Refusal&, std::chrono::milliseconds) { return false; }
  /// A session stands; what was not acknowledged comes again.
  virtual void OnOpened(const v1::SubscribeOpened&) {}
};

/// Follows the feed of one inbox: opens a session, hands over what comes, acknowledges what the
/// receiver kept, and opens a new session when the connection breaks.
class Feed {
 public:
  Feed(std::shared_ptr<grpc::Channel> channel, v1::SubscribeOpen open);

  /// Runs until the receiver has enough (nothing is returned), or the broker refuses.
  [[nodiscard]] std::optional<Refusal> Run(Receiver& receiver);

  /// Ends Run soon. Threads: any, and a signal handler's thread.
  void Stop();

 private:
  using Stream = grpc::ClientReaderWriter<v1::SubscribeRequest, v1::SubscribeResponse>;

  /// One session. Nothing if the receiver had enough; else why it ended. `again`: after another one
  /// broke, so that it waits for whoever comes back.
  std::optional<Refusal> RunSession(Receiver& receiver, bool again);
  /// Hands over a frame and acknowledges; false if the stream is broken.
  bool TakeFrame(const v1::SubscribeResponse& frame, Receiver& receiver, Stream& stream,
                 bool& more);
  /// Half-closes, and reads what still comes until the broker ends the stream or patience ends.
  grpc::Status End(Stream& stream);
  /// A context that Stop can cancel; nothing once stopped.
  grpc::ClientContext* NewContext();

  std::unique_ptr<v1::SubscriberService::Stub> stub_;
  v1::SubscribeOpen open_;
  bool opened_ = false;  // Whether the session that broke had stood.

  std::mutex mutex_;  // Guards what is below.
  bool stopped_ = false;
  std::unique_ptr<grpc::ClientContext> context_;
};

}  // namespace tearline::client
