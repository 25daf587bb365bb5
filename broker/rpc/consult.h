#pragma once

#include <optional>
#include <utility>

#include "broker/machine/consultation.h"
#include "broker/machine/quota.h"
#include "broker/rpc/unary.h"

namespace tearline::rpc {

/// What was looked at, to be recorded, and what the caller is told when it is.
struct Looked {
  stored::v1::Consult consulted;
  Status answer = {};
};

/// Proposes that `actor` looked. `done` is called on the writer's thread with what is to be said:
/// nothing was shown unless it is OK.
template <typename Done>
void RecordLook(Door& door, const stored::v1::Actor& actor, const Looked& looked, Done done) {
  sequencer::Proposal proposal =
      sequencer::MakeProposal(actor, stored::v1::COMMAND_NUMBER_CONSULT, looked.consulted);
  proposal.done = [answer = looked.answer,
                   done = std::move(done)](const Result<machine::Applied>& applied) {
    const Status recorded = StatusOf(applied);
    done(recorded.ok() ? answer : recorded);
  };
  door.services().proposer.Propose(std::move(proposal));
}

/// Answers when what `looked` says is recorded; or with why it was not looked at.
inline void Conclude(Door& door, const grpc::CallbackServerContext& context,
                     const stored::v1::Actor& actor, const Result<Looked>& looked,
                     grpc::ServerUnaryReactor* reactor) {
  if (!looked.ok()) {
    door.NoteIfAuthority(looked.status(), LeafOf(*context.auth_context()),
                         stored::v1::COMMAND_NUMBER_CONSULT);
    return reactor->Finish(ToGrpc(looked.status()));
  }
  RecordLook(door, actor, *looked,
             [reactor](const Status& status) { reactor->Finish(ToGrpc(status)); });
}

/// A call that looks at what is held about people: `look(actor, view)` fills the response and gives
/// its Result<Looked>; it leaves when the ledger holds that it was asked for. What `look` refuses
/// was not looked at, and is not recorded.
template <typename Look>
grpc::ServerUnaryReactor* Consult(Door& door, grpc::CallbackServerContext* context,
                                  const v1::Acting& acting, Look look) {
  const auto view = door.View();
  const auto number = stored::v1::COMMAND_NUMBER_CONSULT;
  const Result<stored::v1::Actor> actor = door.Enter(*context, acting, number, *view);
  if (!actor.ok()) return Answer(context, actor.status());
  const Status may =
      machine::CheckQuota(machine::QuotaKind::kConsult, *actor, 1, door.NowMs(), *view);
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  Conclude(door, *context, *actor, may.ok() ? look(*actor, *view) : Result<Looked>(may), reactor);
  return reactor;
}

/// The same where looking opens something: it waits for the vault's disk, and gRPC's threads don't.
/// `look(actor, bench)` is called on a worker's.
template <typename Look>
grpc::ServerUnaryReactor* ConsultOnAWorker(Door& door, grpc::CallbackServerContext* context,
                                           const v1::Acting& acting, Look look) {
  const auto view = door.View();
  const Result<stored::v1::Actor> actor =
      door.Enter(*context, acting, stored::v1::COMMAND_NUMBER_CONSULT, *view);
  if (!actor.ok()) return Answer(context, actor.status());
  const Status may =
      machine::CheckQuota(machine::QuotaKind::kConsult, *actor, 1, door.NowMs(), *view);
  if (!may.ok()) return Answer(context, may);
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const Status taken = door.OnAWorker(
      [&door, context, reactor, view, actor = *actor, look = std::move(look)] {
        Conclude(door, *context, actor, look(actor, door.Bench(*view)), reactor);
      });
  if (!taken.ok()) reactor->Finish(ToGrpc(taken));
  return reactor;
}

/// The same where some look at what is theirs alone: `look(actor, view)` gives its
/// Result<std::optional<Looked>>, nothing for those. They are answered at once, and nothing is
/// recorded. Whoever `may_count(actor, view)` says may look at what is others' has its quota asked
/// before it looks.
template <typename MayCount, typename Look>
grpc::ServerUnaryReactor* ConsultOfOthers(Door& door, grpc::CallbackServerContext* context,
                                          const v1::Acting& acting, MayCount may_count, Look look) {
  const auto view = door.View();
  const auto number = stored::v1::COMMAND_NUMBER_UNSPECIFIED;
  const Result<stored::v1::Actor> actor = door.Enter(*context, acting, number, *view);
  if (!actor.ok()) return Answer(context, actor.status());
  const Status may =
      may_count(*actor, *view)
          ? machine::CheckQuota(machine::QuotaKind::kConsult, *actor, 1, door.NowMs(), *view)
          : Status();
  const Result<std::optional<Looked>> looked =
      may.ok() ? look(*actor, *view) : Result<std::optional<Looked>>(may);
  if (!looked.ok()) {
    door.NoteIfAuthority(looked.status(), LeafOf(*context->auth_context()), number);
  }
  if (!looked.ok() || !looked->has_value()) return Answer(context, looked.status());
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  RecordLook(door, *actor, **looked,
             [reactor](const Status& recorded) { reactor->Finish(ToGrpc(recorded)); });
  return reactor;
}

}  // namespace tearline::rpc
