#include "broker/sequencer/genesis.h"

#include <string>

#include "broker/sequencer/make_proposal.h"
#include "broker/sequencer/sequencer.h"

namespace tearline::sequencer {
namespace {

/// Records one command with a writer that lives no longer than that.
Result<machine::Applied> RecordOne(ledger::Ledger& ledger, state::Database& database,
                                   clock::Clock& clock, Proposal proposal) {
  const std::unique_ptr<Sequencer> sequencer =
      Sequencer::Start(ledger, database, clock, [](const std::string&) {});
  Result<machine::Applied> applied = ProposeAndWait(*sequencer, std::move(proposal));
  sequencer->Drain();
  if (applied.ok() && applied->outcome != audit::Outcome::kApplied) {
    return Refuse(applied->reason, applied->sentence);
  }
  return applied;
}

}  // namespace

Result<machine::Applied> RecordGenesis(ledger::Ledger& ledger, state::Database& database,
                                       clock::Clock& clock, const stored::v1::Genesis& genesis) {
  return RecordOne(ledger, database, clock,
                   MakeProposal(BrokerActor(), stored::v1::COMMAND_NUMBER_GENESIS, genesis));
}

Result<machine::Applied> RecordClockConfirmed(ledger::Ledger& ledger, state::Database& database,
                                              clock::Clock& clock) {
  stored::v1::ConfirmClock confirm;
  confirm.set_wall_ms(clock.WallMs());
  return RecordOne(ledger, database, clock,
                   MakeProposal(BrokerActor(), stored::v1::COMMAND_NUMBER_CONFIRM_CLOCK, confirm));
}

}  // namespace tearline::sequencer
