#include "broker/sequencer/genesis.h"

#include <string>

#include "broker/model/limits.h"
#include "broker/model/utf8.h"
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

Status CheckWords(const std::string& words, std::size_t bytes_max, const std::string& what) {
  if (!words.empty() && words.size() <= bytes_max && model::IsUtf8(words)) return {};
  return Refuse(v1::ERROR_REASON_FIELD_INVALID, what + " must be said, in at most " +
                                                    std::to_string(bytes_max) + " bytes of UTF-8");
}

}  // namespace

Result<machine::Applied> RecordGenesis(ledger::Ledger& ledger, state::Database& database,
                                       clock::Clock& clock, const stored::v1::Genesis& genesis) {
  return RecordOne(ledger, database, clock,
                   MakeProposal(BrokerActor(), stored::v1::COMMAND_NUMBER_GENESIS, genesis));
}

Result<machine::Applied> RecordClockConfirmed(ledger::Ledger& ledger, state::Database& database,
                                              clock::Clock& clock, const Decided& decided) {
  TEARLINE_RETURN_IF_REFUSED(CheckWords(decided.by, model::kOnBehalfOfBytesMax, "who"));
  TEARLINE_RETURN_IF_REFUSED(CheckWords(decided.because, model::kBecauseBytesMax, "why"));
  stored::v1::Actor actor = BrokerActor();
  actor.set_on_behalf_of_user(decided.by);
  stored::v1::ConfirmClock confirm;
  confirm.set_wall_ms(clock.WallMs());
  confirm.set_because(decided.because);
  return RecordOne(ledger, database, clock,
                   MakeProposal(actor, stored::v1::COMMAND_NUMBER_CONFIRM_CLOCK, confirm));
}

}  // namespace tearline::sequencer
