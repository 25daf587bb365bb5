#include "broker/rpc/publisher.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "broker/model/limits.h"
#include "broker/rpc/prepare_items.h"
#include "broker/rpc/publish_result.h"
#include "broker/rpc/publish_stream.h"
#include "broker/rpc/receivers.h"
#include "broker/rpc/unary.h"
#include "broker/rpc/withdrawal.h"
#include "broker/sequencer/prepare_amend.h"

namespace tearline::rpc {
namespace {

/// One request on its way: answers when nobody is left to wait for. Results are written by place,
/// each once, so only the whole call's refusal needs a lock.
class Publication {
 public:
  Publication(grpc::ServerUnaryReactor* reactor, v1::PublishResponse* response)
      : reactor_(reactor), response_(*response), left_(response->results_size()) {}

  /// An item that was refused before it was proposed.
  void Refused(int item, const Status& refusal) {
    FillRefusal(refusal, *response_.mutable_results(item));
    Done();
  }

  /// What became of an item that was proposed.
  void Recorded(int item, const Result<machine::Applied>& applied) {
    const Status end = FillResult(applied, *response_.mutable_results(item));
    if (!end.ok()) {
      const std::lock_guard<std::mutex> lock(mutex_);
      repeat_ = end;
    }
    Done();
  }

 private:
  void Done() {
    if (left_.fetch_sub(1) == 1) reactor_->Finish(ToGrpc(repeat_));
  }

  grpc::ServerUnaryReactor* const reactor_;
  v1::PublishResponse& response_;
  std::atomic<int> left_;
  std::mutex mutex_;
  Status repeat_;  ///< Guarded by mutex_ until nobody is left.
};

}  // namespace

grpc::ServerUnaryReactor* Publisher::Publish(grpc::CallbackServerContext* context,
                                             const v1::PublishRequest* request,
                                             v1::PublishResponse* response) {
  constexpr auto kPublish = stored::v1::COMMAND_NUMBER_PUBLISH;
  const Result<stored::v1::Actor> actor =
      door_.Enter(*context, request->acting(), kPublish, *door_.View());
  if (!actor.ok()) return Answer(context, actor.status());
  const int items = request->items_size();
  if (items < 1 || items > static_cast<int>(model::kPublishEventsMax)) {
    return Answer(context, Refuse(v1::ERROR_REASON_LIMIT_PASSED,
                                  "`items` holds " + std::to_string(items) + "; 1 to 100"));
  }

  for (const v1::PublishItem& item : request->items()) {
    response->add_results()->set_request_id(item.request_id());
  }
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const auto publication = std::make_shared<Publication>(reactor, response);
  const auto propose = [this, context,
                        publication](std::vector<Result<sequencer::Proposal>> prepared) {
    const std::string leaf_pem = LeafOf(*context->auth_context());
    for (std::size_t i = 0; i < prepared.size(); ++i) {
      const int item = static_cast<int>(i);
      if (!prepared[i].ok()) {
        door_.NoteIfAuthority(prepared[i].status(), leaf_pem, kPublish);
        publication->Refused(item, prepared[i].status());
        continue;
      }
      prepared[i]->done = [publication, item](const Result<machine::Applied>& applied) {
        publication->Recorded(item, applied);
      };
      door_.services().proposer.Propose(*std::move(prepared[i]));
    }
  };
  const Status taken = PrepareItems(door_, request->items(), *actor, propose);
  if (!taken.ok()) reactor->Finish(ToGrpc(taken));
  return reactor;
}

grpc::ServerBidiReactor<v1::PublishStreamRequest, v1::PublishStreamResponse>*
Publisher::PublishStream(grpc::CallbackServerContext* context) {
  return rpc::PublishStream::Start(door_, LeafOf(*context->auth_context()));
}

grpc::ServerUnaryReactor* Publisher::WithdrawEvent(grpc::CallbackServerContext* context,
                                                   const v1::WithdrawEventRequest* request,
                                                   v1::WithdrawEventResponse* response) {
  return Withdraw(door_, context, request, response);
}

grpc::ServerUnaryReactor* Publisher::AmendEvent(grpc::CallbackServerContext* context,
                                                const v1::AmendEventRequest* request,
                                                v1::AmendEventResponse* response) {
  return RecordWithKeys(
      door_, context, request, response, stored::v1::COMMAND_NUMBER_AMEND_EVENT,
      [request](const stored::v1::Actor& actor, const sequencer::Workbench& bench) {
        return sequencer::PrepareAmend(*request, actor, bench);
      });
}

grpc::ServerUnaryReactor* Publisher::ListReceivers(grpc::CallbackServerContext* context,
                                                   const v1::ListReceiversRequest* request,
                                                   v1::ListReceiversResponse* response) {
  return Consult(door_, context, request->acting(),
                 [request, response](const stored::v1::Actor& actor, const state::Reader& view) {
                   return rpc::ListReceivers(*request, actor, view, *response);
                 });
}

}  // namespace tearline::rpc
