#pragma once

#include "broker/rpc/door.h"
#include "tearline/v1/subscriber_service.grpc.pb.h"

namespace tearline::rpc {

/// SubscriberService: feeds, each a FeedStream, or a Pull for each question with what is said of
/// the items in calls of its own; a person's word that something was read; and what a post wishes
/// for beside its inbox.
class Subscriber final : public v1::SubscriberService::CallbackService {
 public:
  /// Requires: `door` outlives it.
  explicit Subscriber(Door& door) : door_(door) {}

  grpc::ServerBidiReactor<v1::SubscribeRequest, v1::SubscribeResponse>* Subscribe(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* Pull(grpc::CallbackServerContext* context,
                                 const v1::PullRequest* request,
                                 v1::PullResponse* response) override;
  grpc::ServerUnaryReactor* Acknowledge(grpc::CallbackServerContext* context,
                                        const v1::AcknowledgeRequest* request,
                                        v1::AcknowledgeResponse* response) override;
  grpc::ServerUnaryReactor* Retry(grpc::CallbackServerContext* context,
                                  const v1::RetryRequest* request,
                                  v1::RetryResponse* response) override;
  grpc::ServerUnaryReactor* Park(grpc::CallbackServerContext* context,
                                 const v1::ParkRequest* request,
                                 v1::ParkResponse* response) override;
  grpc::ServerUnaryReactor* ReadItem(grpc::CallbackServerContext* context,
                                     const v1::ReadItemRequest* request,
                                     v1::ReadItemResponse* response) override;
  grpc::ServerUnaryReactor* CreateSubscription(grpc::CallbackServerContext* context,
                                               const v1::CreateSubscriptionRequest* request,
                                               v1::CreateSubscriptionResponse* response) override;
  grpc::ServerUnaryReactor* ListSubscriptions(grpc::CallbackServerContext* context,
                                              const v1::ListSubscriptionsRequest* request,
                                              v1::ListSubscriptionsResponse* response) override;
  grpc::ServerUnaryReactor* SeekSubscription(grpc::CallbackServerContext* context,
                                             const v1::SeekSubscriptionRequest* request,
                                             v1::SeekSubscriptionResponse* response) override;
  grpc::ServerUnaryReactor* DeleteSubscription(grpc::CallbackServerContext* context,
                                               const v1::DeleteSubscriptionRequest* request,
                                               v1::DeleteSubscriptionResponse* response) override;
  grpc::ServerUnaryReactor* ExplainItem(grpc::CallbackServerContext* context,
                                        const v1::ExplainItemRequest* request,
                                        v1::ExplainItemResponse* response) override;

 private:
  Door& door_;
};

}  // namespace tearline::rpc
