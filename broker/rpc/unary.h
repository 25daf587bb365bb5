#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <utility>

#include "broker/machine/machine.h"
#include "broker/rpc/door.h"
#include "broker/rpc/grpc_status.h"
#include "broker/sequencer/make_proposal.h"
#include "broker/sequencer/proposer.h"
#include "broker/status/status.h"

namespace tearline::rpc {

/// Every call has the same shape: who asks, in what form, recorded or read, answered. The two
/// templates below are that shape; a service says only what is its own.

/// What became of a proposal, as its caller is told: an outcome that changed nothing is a refusal.
[[nodiscard]] inline Status StatusOf(const Result<machine::Applied>& applied) {
  if (!applied.ok()) return applied.status();
  switch (applied->outcome) {
    case audit::Outcome::kApplied:
    case audit::Outcome::kAwaitsSecondHand:
    case audit::Outcome::kRepeated:
      return {};
    case audit::Outcome::kRefused:
      return Refuse(applied->reason, applied->sentence);
    case audit::Outcome::kUnappliable:
      break;
  }
  return Refuse(v1::ERROR_REASON_UNAPPLIABLE,
                "the record was kept but could not be applied; tell the operator");
}

[[nodiscard]] inline v1::Recorded RecordedOf(const machine::Applied& applied) {
  v1::Recorded recorded;
  recorded.set_leaf_hash(applied.leaf_hash.Bytes());
  recorded.set_made_id(applied.made_id);
  recorded.set_awaits_second_hand(applied.outcome == audit::Outcome::kAwaitsSecondHand);
  return recorded;
}

inline grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context,
                                        const Status& status) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(ToGrpc(status));
  return reactor;
}

/// Proposes what was prepared, and answers when it is recorded; or says why it was not prepared.
/// Answers on the writer's thread.
template <typename Response, typename Fill>
void Propose(Door& door, grpc::CallbackServerContext* context, grpc::ServerUnaryReactor* reactor,
             Response* response, stored::v1::CommandNumber number,
             Result<sequencer::Proposal> proposal, Fill fill) {
  if (!proposal.ok()) {
    door.NoteIfAuthority(proposal.status(), LeafOf(*context->auth_context()), number);
    return reactor->Finish(ToGrpc(proposal.status()));
  }
  proposal->done = [reactor, response,
                    fill = std::move(fill)](const Result<machine::Applied>& applied) {
    const Status status = StatusOf(applied);
    if (status.ok()) {
      *response->mutable_recorded() = RecordedOf(*applied);
      fill(*applied, *response);
    }
    reactor->Finish(ToGrpc(status));
  };
  door.services().proposer.Propose(*std::move(proposal));
}

/// A call that records: `prepare(actor, bench)` makes its Result<Proposal>; `fill(applied,
/// response)` adds what the answer holds beside `recorded`.
template <typename Request, typename Response, typename Prepare, typename Fill>
grpc::ServerUnaryReactor* Record(Door& door, grpc::CallbackServerContext* context,
                                 const Request* request, Response* response,
                                 stored::v1::CommandNumber number, Prepare prepare, Fill fill) {
  const auto view = door.View();
  const Result<stored::v1::Actor> actor = door.Enter(*context, request->acting(), number, *view);
  if (!actor.ok()) return Answer(context, actor.status());
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  Propose(door, context, reactor, response, number, prepare(*actor, door.Bench(*view)),
          std::move(fill));
  return reactor;
}

/// The same where preparing makes keys: it waits for the vault's disk, and gRPC's threads don't.
template <typename Request, typename Response, typename Prepare>
grpc::ServerUnaryReactor* RecordWithKeys(Door& door, grpc::CallbackServerContext* context,
                                         const Request* request, Response* response,
                                         stored::v1::CommandNumber number, Prepare prepare) {
  const auto view = door.View();
  const Result<stored::v1::Actor> actor = door.Enter(*context, request->acting(), number, *view);
  if (!actor.ok()) return Answer(context, actor.status());
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const Status taken = door.OnAWorker([&door, context, reactor, response, number, view,
                                       actor = *actor, prepare = std::move(prepare)] {
    Propose(door, context, reactor, response, number, prepare(actor, door.Bench(*view)),
            [](const machine::Applied&, Response&) {});
  });
  if (!taken.ok()) reactor->Finish(ToGrpc(taken));
  return reactor;
}

/// The same where `command(actor)` gives the Result of the stored command itself, and the answer
/// holds nothing but `recorded`.
template <typename Request, typename Response, typename MakeCommand>
grpc::ServerUnaryReactor* RecordCommand(Door& door, grpc::CallbackServerContext* context,
                                        const Request* request, Response* response,
                                        stored::v1::CommandNumber number, MakeCommand make) {
  return Record(
      door, context, request, response, number,
      [&make, number](const stored::v1::Actor& actor,
                      const sequencer::Workbench&) -> Result<sequencer::Proposal> {
        const auto command = make(actor);
        if (!command.ok()) return command.status();
        return sequencer::MakeProposal(actor, number, *command);
      },
      [](const machine::Applied&, Response&) {});
}

/// A call that only reads: `read(actor, view)` fills the response and gives its Status.
template <typename Read>
grpc::ServerUnaryReactor* Look(Door& door, grpc::CallbackServerContext* context,
                               const v1::Acting& acting, Read read) {
  const auto view = door.View();
  const auto number = stored::v1::COMMAND_NUMBER_UNSPECIFIED;
  const Result<stored::v1::Actor> actor = door.Enter(*context, acting, number, *view);
  if (!actor.ok()) return Answer(context, actor.status());
  const Status status = read(*actor, *view);
  if (!status.ok()) door.NoteIfAuthority(status, LeafOf(*context->auth_context()), number);
  return Answer(context, status);
}

}  // namespace tearline::rpc
