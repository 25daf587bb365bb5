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
  const Result<Looked> looked = may.ok() ? look(*actor, *view) : Result<Looked>(may);
  if (!looked.ok()) {
    door.NoteIfAuthority(looked.status(), LeafOf(*context->auth_context()), number);
    return Answer(context, looked.status());
  }
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  RecordLook(door, *actor, *looked,
             [reactor](const Status& status) { reactor->Finish(ToGrpc(status)); });
  return reactor;
}

/// The same where some look at what is theirs alone: `look(actor, view)` gives its
/// Result<std::optional<Looked>>, nothing for those. They are answered at once, and nothing is
/// recorded.
template <typename Look>
grpc::ServerUnaryReactor* ConsultOfOthers(Door& door, grpc::CallbackServerContext* context,
                                          const v1::Acting& acting, Look look) {
  const auto view = door.View();
  const auto number = stored::v1::COMMAND_NUMBER_UNSPECIFIED;
  const Result<stored::v1::Actor> actor = door.Enter(*context, acting, number, *view);
  if (!actor.ok()) return Answer(context, actor.status());
  const Result<std::optional<Looked>> looked = look(*actor, *view);
  const bool of_others = looked.ok() && looked->has_value();
  const Status status = of_others ? machine::CheckQuota(machine::QuotaKind::kConsult, *actor, 1,
                                                        door.NowMs(), *view)
                                  : looked.status();
  if (!status.ok()) door.NoteIfAuthority(status, LeafOf(*context->auth_context()), number);
  if (!status.ok() || !of_others) return Answer(context, status);
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  RecordLook(door, *actor, **looked,
             [reactor](const Status& recorded) { reactor->Finish(ToGrpc(recorded)); });
  return reactor;
}

}  // namespace tearline::rpc
