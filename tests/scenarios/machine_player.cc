#include "tests/scenarios/machine_player.h"

#include "broker/audit/audit_log.h"
#include "broker/crypto/digest.h"
#include "broker/machine/event_terms.h"
#include "broker/machine/information_request.h"
#include "broker/machine/proposal.h"
#include "broker/machine/rows.h"

namespace tearline::scenarios {
namespace {

using machine::World;
using namespace stored::v1;

/// What the preparer adds to an event.
stored::v1::Publish Prepared(stored::v1::Publish event) {
  event.set_request_digest(crypto::Sha256(event.request_id()).Bytes());
  for (SealedSegment& segment : *event.mutable_segments()) {
    segment.set_length(1024);
    segment.set_digest(std::string(32, 'd'));
  }
  for (SealedTearLine& tear_line : *event.mutable_tear_lines()) {
    tear_line.mutable_text()->set_ciphertext("sealed text");
  }
  return event;
}

/// And to an amendment.
AmendEvent Prepared(AmendEvent amendment, const state::Reader& state) {
  const auto event = state.Find<EventRow>(machine::EventKey(amendment.event_id()));
  amendment.set_first_place(machine::TearLinesOf(*event));
  for (SealedTearLine& tear_line : *amendment.mutable_tear_lines()) {
    tear_line.mutable_text()->set_ciphertext("sealed text");
  }
  return amendment;
}

Said SaidOf(const machine::Applied& applied) {
  return {.done = applied.outcome == audit::Outcome::kApplied,
          .reason = applied.reason,
          .sentence = applied.sentence,
          .made_id = applied.made_id};
}

}  // namespace

void MachinePlayer::Begin(const Genesis& genesis) { world_ = std::make_unique<World>(genesis); }

void MachinePlayer::Pass(std::int64_t milliseconds) {
  world_->PassAndPulse(milliseconds);
  // As the writer does: a pulse may leave something due.
  while (machine::NextDeadlineMs(world_->state) <= world_->now_ms &&
         world_->PassAndPulse(0).outcome == audit::Outcome::kApplied) {
  }
}

void MachinePlayer::Crash() { world_->Crash(); }

Said MachinePlayer::Say(const Actor& actor, CommandNumber number,
                        const google::protobuf::Message& command) {
  if (number == COMMAND_NUMBER_PUBLISH) {
    return SaidOf(
        world_->Publish(Prepared(static_cast<const stored::v1::Publish&>(command)), actor.post()));
  }
  if (number == COMMAND_NUMBER_AMEND_EVENT) {
    return SaidOf(world_->Say(actor, number,
                              Prepared(static_cast<const AmendEvent&>(command), world_->state)));
  }
  return SaidOf(world_->Say(actor, number, command.SerializeAsString()));
}

const std::vector<Detail>& MachinePlayer::Log() {
  for (; logged_ < world_->records.size(); ++logged_) {
    const std::vector<Detail> details = world_->Details(logged_ + 1);
    log_.insert(log_.end(), details.begin(), details.end());
  }
  return log_;
}

std::vector<HeldItem> MachinePlayer::HeldBy(const Actor& actor) {
  const std::string& post = actor.post();
  if (listening_.insert(post).second) {
    stored::v1::OpenSession open;
    open.set_feed(post);
    open.set_window_messages(100);
    open.set_window_bytes(4 * 1024 * 1024);
    world_->Say(actor, COMMAND_NUMBER_OPEN_SESSION, open);  // a post may have a holder alone
  }
  std::vector<HeldItem> held;
  for (const v1::Urgency lane : {v1::URGENCY_IMMEDIATE, v1::URGENCY_URGENT, v1::URGENCY_ROUTINE}) {
    for (const auto& [sequence, item] : world_->Released(post, lane)) {
      held.push_back({.lane = lane, .sequence = sequence, .item = item, .words = ""});
    }
  }
  return held;
}

std::map<std::string, ObligationRow> MachinePlayer::OpenObligations() {
  return world_->OpenObligations();
}

ProposalRow MachinePlayer::Proposal(const std::string& case_id, const std::string& proposal_id) {
  return *world_->state.Find<ProposalRow>(machine::ProposalKey(case_id, proposal_id));
}

InformationRequestRow MachinePlayer::InformationRequest(const std::string& request_id) {
  return *world_->state.Find<InformationRequestRow>(machine::InformationRequestKey(request_id));
}

std::string MachinePlayer::Ending() const {
  if (!world_) return "nothing has happened";
  const audit::AuditTree tree(world_->state);
  return world_->state.Digest().Hex() + " " + tree.RootAt(tree.Size()).Hex();
}

}  // namespace tearline::scenarios
