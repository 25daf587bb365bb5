#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tearline/v1/subscriber_service.grpc.pb.h"
#include "tests/rpc/running_door.h"

namespace tearline::rpc {

/// A subscriber that follows a post's feed by hand.
class Follower {
 public:
  Follower(RunningDoor& door, const std::string& post)
      : stub_(v1::SubscriberService::NewStub(door.SystemOf(post))),
        stream_(stub_->Subscribe(&context_)) {}
  ~Follower() { context_.TryCancel(); }

  void Say(const std::function<void(v1::SubscribeRequest&)>& fill) {
    v1::SubscribeRequest frame;
    fill(frame);
    stream_->Write(frame);
  }
  void Open(const std::string& post, std::uint32_t window = 0,
            const std::string& subscription_id = "") {
    Say([&](v1::SubscribeRequest& frame) {
      *frame.mutable_open()->mutable_acting() = RunningDoor::As(post);
      frame.mutable_open()->set_window_messages(window);
      frame.mutable_open()->set_subscription_id(subscription_id);
    });
  }
  void Acknowledge(v1::Urgency lane, const std::vector<std::uint64_t>& numbers) {
    Say([&](v1::SubscribeRequest& frame) {
      v1::LaneAcknowledgement& each = *frame.add_acknowledgements();
      each.set_lane(lane);
      each.mutable_sequences()->Add(numbers.begin(), numbers.end());
    });
  }

  /// The next frame; nothing if the call has ended.
  std::optional<v1::SubscribeResponse> Next() {
    v1::SubscribeResponse frame;
    if (!stream_->Read(&frame)) return std::nullopt;
    return frame;
  }
  /// The next delivery, whatever lies between.
  std::optional<v1::Delivery> NextDelivery() {
    while (waiting_.empty()) {
      const std::optional<v1::SubscribeResponse> frame = Next();
      if (!frame) return std::nullopt;
      waiting_.insert(waiting_.end(), frame->deliveries().begin(), frame->deliveries().end());
    }
    v1::Delivery delivery = waiting_.front();
    waiting_.erase(waiting_.begin());
    return delivery;
  }
  void SayNoMore() { stream_->WritesDone(); }
  grpc::Status End() {
    while (Next()) {
    }
    return stream_->Finish();
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<v1::SubscriberService::Stub> stub_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::SubscribeRequest, v1::SubscribeResponse>> stream_;
  std::vector<v1::Delivery> waiting_;
};

}  // namespace tearline::rpc
