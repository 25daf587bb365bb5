#pragma once

#include "broker/rpc/door.h"
#include "tearline/v1/subscriber_service.grpc.pb.h"

namespace tearline::rpc {

/// SubscriberService: feeds, each a FeedStream, and a person's word that something was read.
class Subscriber final : public v1::SubscriberService::CallbackService {
 public:
  /// Requires: `door` outlives it.
  explicit Subscriber(Door& door) : door_(door) {}

  grpc::ServerBidiReactor<v1::SubscribeRequest, v1::SubscribeResponse>* Subscribe(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* ReadItem(grpc::CallbackServerContext* context,
                                     const v1::ReadItemRequest* request,
                                     v1::ReadItemResponse* response) override;

 private:
  Door& door_;
};

}  // namespace tearline::rpc
