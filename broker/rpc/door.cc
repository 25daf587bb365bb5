#include "broker/rpc/door.h"

#include <utility>

#include "broker/machine/permission.h"
#include "broker/rpc/server_limits.h"
#include "broker/telemetry/metrics.h"

namespace tearline::rpc {

Door::Door(Services services, CredentialSource credentials)
    : services_(std::move(services)),
      callers_(services_.view, services_.clock, services_.dispatcher, std::move(credentials)),
      refusals_(services_.proposer, services_.clock),
      workers_(kWorkers, kWorkersLineMax) {}

Result<stored::v1::Actor> Door::Enter(const std::string& leaf_pem, const v1::Acting& acting,
                                      stored::v1::CommandNumber command,
                                      const state::Reader& reader) {
  if (closed_.load()) {
    return Refuse(v1::ERROR_REASON_UNAVAILABLE,
                  "the broker is stopping; try again with the same request id");
  }
  const Result<Caller> caller = callers_.Recognise(leaf_pem);
  if (!caller.ok()) {
    telemetry::CountRefusal(ReasonOf(caller.status()));
    NoteIfAuthority(caller.status(), leaf_pem, command);
    return caller.status();
  }
  Result<stored::v1::Actor> actor = ActorOf(*caller, acting, reader);
  if (actor.ok() && command != stored::v1::COMMAND_NUMBER_UNSPECIFIED) {
    const Status may = machine::CheckPermission(command, *actor, reader);
    if (!may.ok()) actor = may;
  }
  if (!actor.ok()) {
    telemetry::CountRefusal(ReasonOf(actor.status()));
    NoteIfAuthority(actor.status(), leaf_pem, command);
  }
  return actor;
}

Result<stored::v1::Actor> Door::Enter(const grpc::CallbackServerContext& context,
                                      const v1::Acting& acting, stored::v1::CommandNumber command,
                                      const state::Reader& reader) {
  return Enter(LeafOf(*context.auth_context()), WithCorrelation(acting, context), command, reader);
}

Status Door::EnterAsOperator(const std::string& leaf_pem) {
  if (closed_.load()) return Refuse(v1::ERROR_REASON_UNAVAILABLE, "the broker is stopping");
  const Result<Caller> caller = callers_.Recognise(leaf_pem);
  const Status may = caller.ok() ? CheckOperator(*caller, *View()) : caller.status();
  if (may.ok()) return {};
  telemetry::CountRefusal(ReasonOf(may));
  NoteIfAuthority(may, leaf_pem, stored::v1::COMMAND_NUMBER_UNSPECIFIED);
  return may;
}

Status Door::OnAWorker(std::function<void()> task) {
  if (workers_.Do(std::move(task))) return {};
  // Not what for: that somebody is new here is nobody's business (P6).
  return Refuse(v1::ERROR_REASON_TOO_BUSY,
                "the broker has too much to do; try again later with the same request");
}

void Door::NoteTheLast() {
  workers_.Stop();
  refusals_.Close();
}

void Door::NoteIfAuthority(const Status& refusal, const std::string& leaf_pem,
                           stored::v1::CommandNumber command) {
  const v1::ErrorReason reason = ReasonOf(refusal);
  const bool authority = reason >= v1::ERROR_REASON_CERTIFICATE_INVALID &&
                         reason <= v1::ERROR_REASON_REVOCATION_UNKNOWN;
  if (!authority) return;
  stored::v1::Refusal noted = callers_.Blame(leaf_pem);
  noted.set_reason(static_cast<std::uint32_t>(reason));
  noted.set_command(static_cast<std::uint32_t>(command));
  refusals_.Note(std::move(noted));
}

}  // namespace tearline::rpc
