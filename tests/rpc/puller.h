#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tearline/v1/subscriber_service.grpc.pb.h"
#include "tests/rpc/running_door.h"

namespace tearline::rpc {

/// A subscriber that asks for a post's feed call by call.
class Puller {
 public:
  Puller(RunningDoor& door, std::string post)
      : post_(std::move(post)), stub_(v1::SubscriberService::NewStub(door.SystemOf(post_))) {}

  /// Pulls in the session it has; without one, in a new one, which it then has.
  grpc::Status Pull(std::uint32_t window = 0) {
    v1::PullRequest request;
    *request.mutable_open()->mutable_acting() = RunningDoor::As(post_);
    request.mutable_open()->set_window_messages(window);
    const grpc::Status status = Ask(&v1::SubscriberService::StubInterface::Pull, request, pulled);
    if (status.ok()) session_id = pulled.session_id();
    return status;
  }
  grpc::Status Acknowledge(const std::vector<std::uint64_t>& numbers,
                           v1::Urgency lane = v1::URGENCY_URGENT) {
    v1::AcknowledgeRequest request;
    *request.mutable_acting() = RunningDoor::As(post_);
    request.mutable_items()->set_lane(lane);
    request.mutable_items()->mutable_sequences()->Add(numbers.begin(), numbers.end());
    v1::AcknowledgeResponse response;
    return Ask(&v1::SubscriberService::StubInterface::Acknowledge, request, response);
  }
  grpc::Status Retry(std::uint64_t number, std::int64_t delay_s) {
    v1::RetryRequest request;
    *request.mutable_acting() = RunningDoor::As(post_);
    request.mutable_item()->set_lane(v1::URGENCY_URGENT);
    request.mutable_item()->set_sequence(number);
    request.mutable_item()->mutable_delay()->set_seconds(delay_s);
    v1::RetryResponse response;
    return Ask(&v1::SubscriberService::StubInterface::Retry, request, response);
  }
  grpc::Status Park(std::uint64_t number) {
    v1::ParkRequest request;
    *request.mutable_acting() = RunningDoor::As(post_);
    request.mutable_item()->set_lane(v1::URGENCY_URGENT);
    request.mutable_item()->set_sequence(number);
    v1::ParkResponse response;
    return Ask(&v1::SubscriberService::StubInterface::Park, request, response);
  }

  /// The numbers pulled last.
  std::vector<std::uint64_t> Numbers() const {
    std::vector<std::uint64_t> numbers;
    for (const v1::Delivery& each : pulled.deliveries()) numbers.push_back(each.sequence());
    return numbers;
  }

  v1::PullResponse pulled;
  std::string session_id;

 private:
  template <typename Request, typename Response>
  grpc::Status Ask(grpc::Status (v1::SubscriberService::StubInterface::*method)(
                       grpc::ClientContext*, const Request&, Response*),
                   Request& request, Response& response) {
    request.set_session_id(session_id);
    response.Clear();
    grpc::ClientContext context;
    return (static_cast<v1::SubscriberService::StubInterface*>(stub_.get())->*method)(
        &context, request, &response);
  }

  const std::string post_;
  const std::unique_ptr<v1::SubscriberService::Stub> stub_;
};

}  // namespace tearline::rpc
