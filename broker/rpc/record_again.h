#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <memory>
#include <utility>

#include "broker/rpc/door.h"
#include "broker/rpc/grpc_status.h"
#include "broker/rpc/server_limits.h"
#include "broker/rpc/unary.h"
#include "broker/sequencer/proposer.h"
#include "broker/status/status.h"

namespace tearline::rpc {

/// A call that records, where preparing wraps keys anew: all of it on a worker's thread, since it
/// waits for the vault's disk. If something was sealed under the same keys between preparing and
/// recording, it is prepared once more, kWithdrawTries times in all; then the caller is told
/// UNAVAILABLE. Kept by whatever is under way for it.
///
/// `Prepare(actor, position, bench)` makes the Result<Proposal>, of a bench whose view is at
/// `position`; `Finish(response)` adds what the answer holds beside `recorded`, on a worker's
/// thread.
template <typename Request, typename Response, typename Prepare, typename Finish>
class RecordingAgain
    : public std::enable_shared_from_this<RecordingAgain<Request, Response, Prepare, Finish>> {
 public:
  RecordingAgain(Door& door, grpc::CallbackServerContext* context, Response& response,
                 stored::v1::CommandNumber number, stored::v1::Actor actor, Prepare prepare,
                 Finish finish)
      : door_(door),
        context_(context),
        reactor_(context->DefaultReactor()),
        response_(response),
        number_(number),
        actor_(std::move(actor)),
        prepare_(std::move(prepare)),
        finish_(std::move(finish)) {}

  grpc::ServerUnaryReactor* reactor() { return reactor_; }

  void Begin() {
    const Status taken = door_.OnAWorker([self = this->shared_from_this()] { self->Try(); });
    if (!taken.ok()) reactor_->Finish(ToGrpc(taken));
  }

 private:
  void Try() {
    --tries_left_;
    const auto view = door_.View();
    Result<sequencer::Proposal> proposal = prepare_(actor_, view->position(), door_.Bench(*view));
    if (!proposal.ok()) {
      if (MustTryAgain(proposal.status())) return Begin();
      door_.NoteIfAuthority(proposal.status(), LeafOf(*context_->auth_context()), number_);
      return reactor_->Finish(ToGrpc(proposal.status()));
    }
    proposal->done = [self = this->shared_from_this()](const Result<machine::Applied>& applied) {
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
    // It is recorded, so it is answered, whoever has to look up what else.
    if (!door_.OnAWorker([self = this->shared_from_this()] { self->Answer(); }).ok()) Answer();
  }

  void Answer() {
    finish_(response_);
    reactor_->Finish(grpc::Status::OK);
  }

  Door& door_;
  grpc::CallbackServerContext* const context_;
  grpc::ServerUnaryReactor* const reactor_;
  Response& response_;
  const stored::v1::CommandNumber number_;
  const stored::v1::Actor actor_;
  const Prepare prepare_;
  const Finish finish_;
  int tries_left_ = kWithdrawTries;
};

template <typename Request, typename Response, typename Prepare, typename Finish>
grpc::ServerUnaryReactor* RecordAgain(Door& door, grpc::CallbackServerContext* context,
                                      const Request* request, Response* response,
                                      stored::v1::CommandNumber number, Prepare prepare,
                                      Finish finish) {
  const Result<stored::v1::Actor> actor =
      door.Enter(*context, request->acting(), number, *door.View());
  if (!actor.ok()) return Answer(context, actor.status());
  const auto recording = std::make_shared<RecordingAgain<Request, Response, Prepare, Finish>>(
      door, context, *response, number, *actor, std::move(prepare), std::move(finish));
  recording->Begin();
  return recording->reactor();
}

}  // namespace tearline::rpc
