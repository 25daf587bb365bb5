#include "broker/rpc/replay_stream.h"

#include <string>
#include <utility>

#include "broker/rpc/consult.h"
#include "broker/state/scratch.h"

namespace tearline::rpc {

void ReplayStream::Begin(const Status& may) {
  if (may.ok()) {
    Start([this] {
      const Status status = Run();
      busy_.store(false);  // Before the end is said: whoever hears it may ask again.
      return status;
    });
  } else {
    busy_.store(false);
    Finish(ToGrpc(may));
  }
}

Status ReplayStream::Run() {
  const state::Scratch scratch(services_.state_directory);
  std::unique_ptr<state::Database> database;
  const auto open = [&]() -> Result<state::Database*> {
    if (scratch.path().empty()) {
      return Refuse(v1::ERROR_REASON_STORAGE_FAILED,
                    "a directory could not be made beside `state.directory`");
    }
    Result<std::unique_ptr<state::Database>> opened =
        state::Database::Open(scratch.path() / "state", state::Memory::kScratch);
    if (!opened.ok()) return opened.status();
    database = *std::move(opened);
    return database.get();
  };
  return ReplayDecisions(
      plan_, services_.ledger, *view_, open,
      [this](v1::ReplayDecisionsResponse frame) { return Send(std::move(frame)); });
}

grpc::ServerWriteReactor<v1::ReplayDecisionsResponse>* BeginReplay(
    Door& door, const grpc::CallbackServerContext& context,
    const v1::ReplayDecisionsRequest& request, std::atomic<bool>& busy) {
  std::shared_ptr<const state::View> view = door.View();
  const auto number = stored::v1::COMMAND_NUMBER_CONSULT;
  const std::string leaf = LeafOf(*context.auth_context());
  const Result<stored::v1::Actor> actor = door.Enter(context, request.acting(), number, *view);
  if (!actor.ok()) return new RefusedReplay(actor.status());
  const Status may =
      machine::CheckQuota(machine::QuotaKind::kConsult, *actor, 1, door.NowMs(), *view);
  Result<ReplayPlan> plan = may.ok() ? ReadReplay(request, *actor, *view) : Result<ReplayPlan>(may);
  if (!plan.ok()) {
    door.NoteIfAuthority(plan.status(), leaf, number);
    return new RefusedReplay(plan.status());
  }
  if (busy.exchange(true)) {
    return new RefusedReplay(
        Refuse(v1::ERROR_REASON_TOO_BUSY, "another replay is under way; try again later"));
  }
  const Looked looked{plan->Consulted()};
  auto* stream = new ReplayStream(door.services(), *std::move(plan), std::move(view), busy);
  RecordLook(door, *actor, looked, [stream](const Status& status) { stream->Begin(status); });
  return stream;
}

}  // namespace tearline::rpc
