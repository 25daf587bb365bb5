#include "broker/rpc/subscriber.h"

#include "broker/model/ids.h"
#include "broker/rpc/consult.h"
#include "broker/rpc/explain.h"
#include "broker/rpc/feed_stream.h"
#include "broker/rpc/form.h"
#include "broker/rpc/pull.h"
#include "broker/rpc/settle_words.h"
#include "broker/rpc/unary.h"

namespace tearline::rpc {
namespace {

using stored::v1::Actor;

Result<Speaker> SpeakerOf(const Actor& actor, const std::string& session_id) {
  const auto id = ReadId<model::SessionId>(session_id, "session_id");
  if (!id.ok()) return id.status();
  return Speaker{actor.post(), id->Bytes()};
}

Status CheckSome(const v1::LaneAcknowledgement& items) {
  TEARLINE_RETURN_IF_REFUSED(CheckAcknowledgement(items, "items"));
  if (!items.sequences().empty()) return {};
  return Refuse(v1::ERROR_REASON_FIELD_INVALID, "`items.sequences` must hold 1 to 256 numbers");
}

/// What one call says of items, as its command.
template <typename Words>
auto Say(const Actor& actor, const std::string& session_id, const Words& words, const Status& form)
    -> Result<decltype(CommandOf(Speaker(), words))> {
  if (!form.ok()) return form;
  const Result<Speaker> speaker = SpeakerOf(actor, session_id);
  if (!speaker.ok()) return speaker.status();
  return CommandOf(*speaker, words);
}

}  // namespace

grpc::ServerBidiReactor<v1::SubscribeRequest, v1::SubscribeResponse>* Subscriber::Subscribe(
    grpc::CallbackServerContext* context) {
  return FeedStream::Start(door_, LeafOf(*context->auth_context()));
}

grpc::ServerUnaryReactor* Subscriber::Pull(grpc::CallbackServerContext* context,
                                           const v1::PullRequest* request,
                                           v1::PullResponse* response) {
  return new rpc::Pull(door_, LeafOf(*context->auth_context()), *request, *response);
}

grpc::ServerUnaryReactor* Subscriber::Acknowledge(grpc::CallbackServerContext* context,
                                                  const v1::AcknowledgeRequest* request,
                                                  v1::AcknowledgeResponse* response) {
  return RecordCommand(door_, context, request, response, stored::v1::COMMAND_NUMBER_ACKNOWLEDGE,
                       [request](const Actor& actor) {
                         return Say(actor, request->session_id(), request->items(),
                                    CheckSome(request->items()));
                       });
}

grpc::ServerUnaryReactor* Subscriber::Retry(grpc::CallbackServerContext* context,
                                            const v1::RetryRequest* request,
                                            v1::RetryResponse* response) {
  return RecordCommand(door_, context, request, response, stored::v1::COMMAND_NUMBER_RETRY,
                       [request](const Actor& actor) {
                         return Say(actor, request->session_id(), request->item(),
                                    CheckRetry(request->item(), "item"));
                       });
}

grpc::ServerUnaryReactor* Subscriber::Park(grpc::CallbackServerContext* context,
                                           const v1::ParkRequest* request,
                                           v1::ParkResponse* response) {
  return RecordCommand(door_, context, request, response, stored::v1::COMMAND_NUMBER_PARK,
                       [request](const Actor& actor) {
                         return Say(actor, request->session_id(), request->item(),
                                    CheckPark(request->item(), "item"));
                       });
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

grpc::ServerUnaryReactor* Subscriber::ExplainItem(grpc::CallbackServerContext* context,
                                                  const v1::ExplainItemRequest* request,
                                                  v1::ExplainItemResponse* response) {
  return Consult(door_, context, request->acting(),
                 [request, response](const Actor& actor, const state::Reader& view) {
                   return rpc::ExplainItem(*request, actor, view, *response);
                 });
}

}  // namespace tearline::rpc
