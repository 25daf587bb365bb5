#include "broker/rpc/publisher.h"

#include <google/protobuf/util/time_util.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "broker/model/limits.h"
#include "broker/rpc/unary.h"
#include "broker/sequencer/prepare_publish.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;

void FillRefusal(const Status& refusal, v1::PublishResult& result) {
  result.set_refusal_reason(ReasonName(ReasonOf(refusal)));
  result.set_refusal_sentence(SentenceOf(refusal));
}

void FillAccepted(const machine::Applied& applied, v1::PublishResult& result) {
  result.set_event_id(applied.made_id);
  *result.mutable_accepted_at() = TimeUtil::MillisecondsToTimestamp(applied.stamp_ms);
  result.set_leaf_hash(applied.leaf_hash.Bytes());
  result.set_repeated_request(applied.outcome == audit::Outcome::kRepeated);
}

/// One request on its way: answers when nobody is left to wait for. Results are written by place,
/// each once, so only the whole call's refusal needs a lock.
class Publication {
 public:
  Publication(grpc::ServerUnaryReactor* reactor, int items) : left_(items), reactor_(reactor) {}

  /// An item that was refused before it was proposed.
  void Refused(const Status& refusal, v1::PublishResult& result) {
    FillRefusal(refusal, result);
    Done();
  }

  /// What became of an item that was proposed. If the broker itself could not take it, the whole
  /// call is to be repeated: that costs nothing, because request ids are remembered.
  void Recorded(const Result<machine::Applied>& applied, v1::PublishResult& result) {
    const Status status = StatusOf(applied);
    if (status.ok()) {
      FillAccepted(*applied, result);
    } else {
      FillRefusal(status, result);
      const v1::ErrorReason reason = ReasonOf(status);
      if (reason == v1::ERROR_REASON_UNAVAILABLE || reason == v1::ERROR_REASON_UNKNOWN_OUTCOME) {
        const std::lock_guard<std::mutex> lock(mutex_);
        repeat_ = status;
      }
    }
    Done();
  }

 private:
  void Done() {
    if (left_.fetch_sub(1) == 1) reactor_->Finish(ToGrpc(repeat_));
  }

  std::atomic<int> left_;
  grpc::ServerUnaryReactor* const reactor_;
  std::mutex mutex_;
  Status repeat_;  ///< Guarded by mutex_ until nobody is left.
};

}  // namespace

grpc::ServerUnaryReactor* Publisher::Publish(grpc::CallbackServerContext* context,
                                             const v1::PublishRequest* request,
                                             v1::PublishResponse* response) {
  const auto view = door_.View();
  const Result<stored::v1::Actor> actor =
      door_.Enter(*context, request->acting(), stored::v1::COMMAND_NUMBER_PUBLISH, *view);
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
  const auto publication = std::make_shared<Publication>(reactor, items);
  const sequencer::Workbench bench = door_.Bench(*view);
  for (int i = 0; i < items; ++i) {
    v1::PublishResult& result = *response->mutable_results(i);
    Result<sequencer::Proposal> proposal =
        sequencer::PreparePublish(request->items(i), *actor, bench);
    if (!proposal.ok()) {
      door_.NoteIfAuthority(proposal.status(), LeafOf(*context->auth_context()),
                            stored::v1::COMMAND_NUMBER_PUBLISH);
      publication->Refused(proposal.status(), result);
      continue;
    }
    proposal->done = [publication, &result](const Result<machine::Applied>& applied) {
      publication->Recorded(applied, result);
    };
    door_.services().proposer.Propose(*std::move(proposal));
  }
  return reactor;
}

}  // namespace tearline::rpc
