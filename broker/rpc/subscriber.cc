#include "broker/rpc/subscriber.h"

#include "broker/model/ids.h"
#include "broker/rpc/consult.h"
#include "broker/rpc/explain.h"
#include "broker/rpc/feed_stream.h"
#include "broker/rpc/form.h"
#include "broker/rpc/pull.h"
#include "broker/rpc/settle_words.h"
#include "broker/rpc/subscriptions.h"
#include "broker/rpc/unary.h"

namespace tearline::rpc {
namespace {

using stored::v1::Actor;

template <typename Request>
Result<Speaker> SpeakerOf(const Actor& actor, const Request& request) {
  const auto id = ReadId<model::SessionId>(request.session_id(), "session_id");
  if (!id.ok()) return id.status();
  const Result<std::string> feed = ReadFeed(request.subscription_id(), actor);
  if (!feed.ok()) return feed.status();
  return Speaker{*feed, id->Bytes()};
}

Status CheckSome(const v1::LaneAcknowledgement& items) {
  TEARLINE_RETURN_IF_REFUSED(CheckAcknowledgement(items, "items"));
  if (!items.sequences().empty()) return {};
  return Refuse(v1::ERROR_REASON_FIELD_INVALID, "`items.sequences` must hold 1 to 256 numbers");
}

/// What one call says of items, as its command.
template <typename Request, typename Words>
auto Say(const Actor& actor, const Request& request, const Words& words, const Status& form)
    -> Result<decltype(CommandOf(Speaker(), words))> {
  if (!form.ok()) return form;
  const Result<Speaker> speaker = SpeakerOf(actor, request);
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
                         return Say(actor, *request, request->items(), CheckSome(request->items()));
                       });
}

grpc::ServerUnaryReactor* Subscriber::Retry(grpc::CallbackServerContext* context,
                                            const v1::RetryRequest* request,
                                            v1::RetryResponse* response) {
  return RecordCommand(door_, context, request, response, stored::v1::COMMAND_NUMBER_RETRY,
                       [request](const Actor& actor) {
                         return Say(actor, *request, request->item(),
                                    CheckRetry(request->item(), "item"));
                       });
}

grpc::ServerUnaryReactor* Subscriber::Park(grpc::CallbackServerContext* context,
                                           const v1::ParkRequest* request,
                                           v1::ParkResponse* response) {
  return RecordCommand(door_, context, request, response, stored::v1::COMMAND_NUMBER_PARK,
                       [request](const Actor& actor) {
                         return Say(actor, *request, request->item(),
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

grpc::ServerUnaryReactor* Subscriber::ExplainItem(grpc::CallbackServerContext* context,
                                                  const v1::ExplainItemRequest* request,
                                                  v1::ExplainItemResponse* response) {
  return Consult(door_, context, request->acting(),
                 [request, response](const Actor& actor, const state::Reader& view) {
                   return rpc::ExplainItem(*request, actor, view, *response);
                 });
}

}  // namespace tearline::rpc
