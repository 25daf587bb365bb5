#include "broker/rpc/subscriber.h"

#include "broker/rpc/feed_stream.h"
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

}  // namespace tearline::rpc
