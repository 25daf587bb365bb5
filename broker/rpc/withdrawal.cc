#include "broker/rpc/withdrawal.h"

#include <memory>
#include <utility>

#include "broker/model/ids.h"
#include "broker/rpc/receivers.h"
#include "broker/rpc/server_limits.h"
#include "broker/rpc/unary.h"
#include "broker/sequencer/prepare_withdraw.h"

namespace tearline::rpc {
namespace {

constexpr auto kWithdraw = stored::v1::COMMAND_NUMBER_WITHDRAW_EVENT;

/// One request on its way; kept by whatever is under way for it.
class Withdrawal : public std::enable_shared_from_this<Withdrawal> {
 public:
  Withdrawal(Door& door, grpc::CallbackServerContext* context,
             const v1::WithdrawEventRequest& request, v1::WithdrawEventResponse& response,
             stored::v1::Actor actor)
      : door_(door),
        context_(context),
        reactor_(context->DefaultReactor()),
        request_(request),
        response_(response),
        actor_(std::move(actor)) {}

  grpc::ServerUnaryReactor* reactor() { return reactor_; }

  void Begin() {
    const Status taken = door_.OnAWorker([self = shared_from_this()] { self->Try(); });
    if (!taken.ok()) reactor_->Finish(ToGrpc(taken));
  }

 private:
  void Try() {
    --tries_left_;
    const auto view = door_.View();
    Result<sequencer::Proposal> proposal =
        sequencer::PrepareWithdraw(request_, actor_, view->position(), door_.Bench(*view));
    if (!proposal.ok()) {
      if (MustTryAgain(proposal.status())) return Begin();
      door_.NoteIfAuthority(proposal.status(), LeafOf(*context_->auth_context()), kWithdraw);
      return reactor_->Finish(ToGrpc(proposal.status()));
    }
    proposal->done = [self = shared_from_this()](const Result<machine::Applied>& applied) {
      self->Recorded(applied);
    };
    door_.services().proposer.Propose(*std::move(proposal));
  }

  bool MustTryAgain(const Status& refusal) const {
    return ReasonOf(refusal) == v1::ERROR_REASON_UNAVAILABLE && tries_left_ > 0;
  }

  /// On the writer's thread.
  void Recorded(const Result<machine::Applied>& applied) {
    const Status status = StatusOf(applied);
    // What the broker itself could not take is the caller's to repeat.
    if (applied.ok() && MustTryAgain(status)) return Begin();
    if (!status.ok()) return reactor_->Finish(ToGrpc(status));
    *response_.mutable_recorded() = RecordedOf(*applied);
    // It is recorded, so it is answered, whoever has to look up for whom.
    if (!door_.OnAWorker([self = shared_from_this()] { self->Answer(); }).ok()) Answer();
  }

  void Answer() {
    const auto id = model::EventId::Parse(request_.event_id());
    *response_.mutable_receivers() = ReceiversOf(id->Bytes(), *door_.View());
    reactor_->Finish(grpc::Status::OK);
  }

  Door& door_;
  grpc::CallbackServerContext* const context_;
  grpc::ServerUnaryReactor* const reactor_;
  const v1::WithdrawEventRequest& request_;
  v1::WithdrawEventResponse& response_;
  const stored::v1::Actor actor_;
  int tries_left_ = kWithdrawTries;
};

}  // namespace

grpc::ServerUnaryReactor* Withdraw(Door& door, grpc::CallbackServerContext* context,
                                   const v1::WithdrawEventRequest* request,
                                   v1::WithdrawEventResponse* response) {
  const Result<stored::v1::Actor> actor =
      door.Enter(*context, request->acting(), kWithdraw, *door.View());
  if (!actor.ok()) return Answer(context, actor.status());
  const auto withdrawal = std::make_shared<Withdrawal>(door, context, *request, *response, *actor);
  withdrawal->Begin();
  return withdrawal->reactor();
}

}  // namespace tearline::rpc
