#include "broker/rpc/simulation_stream.h"

#include <memory>
#include <utility>

#include "broker/rpc/examine_policy.h"
#include "broker/rpc/grpc_status.h"
#include "broker/rpc/unary.h"
#include "broker/sequencer/make_proposal.h"
#include "broker/state/scratch.h"

namespace tearline::rpc {

SimulationStream::SimulationStream(const Services& services, stored::v1::Actor actor,
                                   policy::PolicySet candidate, const Period& period,
                                   const state::View& view, std::atomic<bool>& busy)
    : services_(services),
      actor_(std::move(actor)),
      candidate_(std::move(candidate)),
      plan_{.candidate = candidate_,
            .tip = view.position(),
            .from_ms = period.from_ms,
            .to_ms = period.to_ms},
      in_force_digest_(DigestInForce(view)),
      busy_(busy) {
  Start([this] {
    const Status status = Run();
    busy_.store(false);  // Before the end is said: whoever hears it may ask again.
    return status;
  });
}

Status SimulationStream::Run() {
  const Result<v1::SimulationSummary> summary = Simulate();
  if (!summary.ok()) return summary.status();
  v1::SimulatePolicyResponse last;
  *last.mutable_summary() = *summary;
  Send(std::move(last));
  return {};
}

Result<v1::SimulationSummary> SimulationStream::Simulate() {
  const state::Scratch scratch(services_.state_directory);
  if (scratch.path().empty()) {
    return Refuse(v1::ERROR_REASON_STORAGE_FAILED,
                  "a directory could not be made beside `state.directory`");
  }
  const Result<std::unique_ptr<state::Database>> database =
      state::Database::Open(scratch.path() / "state", state::Memory::kScratch);
  if (!database.ok()) return database.status();

  Result<stored::v1::NoteSimulation> note =
      sequencer::SimulatePolicy(services_.ledger, **database, plan_,
                                {.change =
                                     [this](const v1::SimulatedChange& change) {
                                       v1::SimulatePolicyResponse frame;
                                       *frame.mutable_change() = change;
                                       return Send(std::move(frame));
                                     },
                                 .progress =
                                     [this](model::Position replayed) {
                                       v1::SimulatePolicyResponse frame;
                                       frame.mutable_progress()->set_replayed(replayed);
                                       frame.mutable_progress()->set_records(plan_.tip);
                                       return Send(std::move(frame));
                                     }});
  if (!note.ok()) return note.status();
  note->set_in_force_digest(in_force_digest_);

  const Result<machine::Applied> applied = sequencer::ProposeAndWait(
      services_.proposer,
      sequencer::MakeProposal(actor_, stored::v1::COMMAND_NUMBER_NOTE_SIMULATION, *note));
  TEARLINE_RETURN_IF_REFUSED(StatusOf(applied));
  v1::SimulationSummary summary = SummaryOf(*note);
  *summary.mutable_recorded() = RecordedOf(*applied);
  return summary;
}

RefusedSimulation::RefusedSimulation(const Status& refusal) { Finish(ToGrpc(refusal)); }

}  // namespace tearline::rpc
