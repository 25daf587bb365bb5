#include "broker/rpc/subscriber.h"

#include "broker/rpc/feed_stream.h"
#include "broker/rpc/subscriptions.h"
#include "broker/rpc/unary.h"

namespace tearline::rpc {

grpc::ServerBidiReactor<v1::SubscribeRequest, v1::SubscribeResponse>* Subscriber::Subscribe(
    grpc::CallbackServerContext* context) {
  return FeedStream::Start(door_, LeafOf(*context->auth_context()));
}

grpc::ServerUnaryReactor* Subscriber::ReadItem(grpc::CallbackServerContext* context,
                                               const v1::ReadItemRequest* request,
                                               v1::ReadItemResponse* response) {
  return RecordCommand(
      door_, context, request, response, stored::v1::COMMAND_NUMBER_READ,
      [request](const stored::v1::Actor& actor) -> Result<stored::v1::ReadItem> {
        if (!v1::Urgency_IsValid(request->lane()) || request->lane() == v1::URGENCY_UNSPECIFIED) {
          return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                        "`lane` must be immediate, urgent or routine");
        }
        stored::v1::ReadItem command;
        command.set_feed(actor.post());
        command.set_lane(request->lane());
        command.set_sequence(request->sequence());
        return command;
      });
}

grpc::ServerUnaryReactor* Subscriber::CreateSubscription(
    grpc::CallbackServerContext* context, const v1::CreateSubscriptionRequest* request,
    v1::CreateSubscriptionResponse* response) {
  const auto number = stored::v1::COMMAND_NUMBER_CREATE_SUBSCRIPTION;
  return Record(
      door_, context, request, response, number,
      [request, number](const stored::v1::Actor& actor,
                        const sequencer::Workbench& bench) -> Result<sequencer::Proposal> {
        const auto command = ReadCreate(*request, bench.view);
        if (!command.ok()) return command.status();
        return sequencer::MakeProposal(actor, number, *command);
      },
      [](const machine::Applied&, v1::CreateSubscriptionResponse&) {});
}

grpc::ServerUnaryReactor* Subscriber::ListSubscriptions(grpc::CallbackServerContext* context,
                                                        const v1::ListSubscriptionsRequest* request,
                                                        v1::ListSubscriptionsResponse* response) {
  return Look(door_, context, request->acting(),
              [response](const stored::v1::Actor& actor, const state::Reader& view) {
                return LookAtSubscriptions(actor, view, *response);
              });
}

grpc::ServerUnaryReactor* Subscriber::SeekSubscription(grpc::CallbackServerContext* context,
                                                       const v1::SeekSubscriptionRequest* request,
                                                       v1::SeekSubscriptionResponse* response) {
  return RecordCommand(door_, context, request, response,
                       stored::v1::COMMAND_NUMBER_SEEK_SUBSCRIPTION,
                       [request](const stored::v1::Actor&) { return ReadSeek(*request); });
}

grpc::ServerUnaryReactor* Subscriber::DeleteSubscription(
    grpc::CallbackServerContext* context, const v1::DeleteSubscriptionRequest* request,
    v1::DeleteSubscriptionResponse* response) {
  return RecordCommand(door_, context, request, response,
                       stored::v1::COMMAND_NUMBER_DELETE_SUBSCRIPTION,
                       [request](const stored::v1::Actor&) { return ReadDelete(*request); });
}

}  // namespace tearline::rpc
