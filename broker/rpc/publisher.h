#pragma once

#include "broker/rpc/door.h"
#include "tearline/v1/publisher_service.grpc.pb.h"

namespace tearline::rpc {

/// PublisherService: each item is checked and sealed (prepare_items.h), all of a request are
/// proposed together, and the answer goes out when the last of them is recorded and applied; or
/// event by event, over a stream (publish_stream.h). What was published can be withdrawn
/// (withdrawal.h), amended, and asked after (receivers.h).
class Publisher final : public v1::PublisherService::CallbackService {
 public:
  /// Requires: `door` outlives it.
  explicit Publisher(Door& door) : door_(door) {}

  grpc::ServerUnaryReactor* Publish(grpc::CallbackServerContext* context,
                                    const v1::PublishRequest* request,
                                    v1::PublishResponse* response) override;
  grpc::ServerBidiReactor<v1::PublishStreamRequest, v1::PublishStreamResponse>* PublishStream(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* WithdrawEvent(grpc::CallbackServerContext* context,
                                          const v1::WithdrawEventRequest* request,
                                          v1::WithdrawEventResponse* response) override;
  grpc::ServerUnaryReactor* AmendEvent(grpc::CallbackServerContext* context,
                                       const v1::AmendEventRequest* request,
                                       v1::AmendEventResponse* response) override;
  grpc::ServerUnaryReactor* ListReceivers(grpc::CallbackServerContext* context,
                                          const v1::ListReceiversRequest* request,
                                          v1::ListReceiversResponse* response) override;

 private:
  Door& door_;
};

}  // namespace tearline::rpc
