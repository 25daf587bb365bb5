#include "clients/cpp/pulled_feed.h"

#include <google/protobuf/util/time_util.h>

#include <utility>

namespace tearline::client {

using google::protobuf::util::TimeUtil;
using Service = v1::SubscriberService::StubInterface;

PulledFeed::PulledFeed(std::shared_ptr<grpc::Channel> channel, v1::SubscribeOpen open,
                       std::chrono::milliseconds patience, std::string session_id)
    : stub_(v1::SubscriberService::NewStub(std::move(channel))),
      open_(std::move(open)),
      patience_(patience),
      session_id_(std::move(session_id)) {}

template <typename Request, typename Response>
std::optional<Refusal> PulledFeed::Ask(grpc::Status (Service::*method)(grpc::ClientContext*,
                                                                       const Request&, Response*),
                                       Request& request, Response& response) {
  request.set_session_id(session_id_);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + patience_);
  const grpc::Status status = (stub_.get()->*method)(&context, request, &response);
  if (!status.ok()) return RefusalFrom(status);
  return std::nullopt;
}

Answer<v1::PullResponse> PulledFeed::Pull() {
  v1::PullRequest request;
  *request.mutable_open() = open_;
  if (!session_id_.empty()) {
    request.mutable_open()->clear_window_messages();
    request.mutable_open()->clear_window_bytes();
  }
  v1::PullResponse response;
  if (std::optional<Refusal> refusal = Ask(&Service::Pull, request, response)) return *refusal;
  session_id_ = response.session_id();
  return response;
}

std::optional<Refusal> PulledFeed::Acknowledge(v1::Urgency lane,
                                               const std::vector<std::uint64_t>& sequences) {
  v1::AcknowledgeRequest request;
  *request.mutable_acting() = open_.acting();
  request.set_subscription_id(open_.subscription_id());
  request.mutable_items()->set_lane(lane);
  request.mutable_items()->mutable_sequences()->Add(sequences.begin(), sequences.end());
  v1::AcknowledgeResponse response;
  return Ask(&Service::Acknowledge, request, response);
}

std::optional<Refusal> PulledFeed::Retry(v1::Urgency lane, std::uint64_t sequence,
                                         std::chrono::milliseconds delay) {
  v1::RetryRequest request;
  *request.mutable_acting() = open_.acting();
  request.set_subscription_id(open_.subscription_id());
  request.mutable_item()->set_lane(lane);
  request.mutable_item()->set_sequence(sequence);
  *request.mutable_item()->mutable_delay() = TimeUtil::MillisecondsToDuration(delay.count());
  v1::RetryResponse response;
  return Ask(&Service::Retry, request, response);
}

std::optional<Refusal> PulledFeed::Park(v1::Urgency lane, std::uint64_t sequence) {
  v1::ParkRequest request;
  *request.mutable_acting() = open_.acting();
  request.set_subscription_id(open_.subscription_id());
  request.mutable_item()->set_lane(lane);
  request.mutable_item()->set_sequence(sequence);
  v1::ParkResponse response;
  return Ask(&Service::Park, request, response);
}

}  // namespace tearline::client
