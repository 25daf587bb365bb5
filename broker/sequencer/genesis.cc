#include "broker/sequencer/genesis.h"

#include <algorithm>
#include <string>

#include "broker/model/limits.h"
#include "broker/model/utf8.h"
#include "broker/sequencer/make_proposal.h"
#include "broker/sequencer/sequencer.h"
#include "broker/status/invariant.h"

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

Result<machine::Applied> RecordLostKeys(ledger::Ledger& ledger, state::Database& database,
                                        clock::Clock& clock, const Decided& decided,
                                        const std::string& second_by,
                                        std::span<const model::SubjectKeyId> keys) {
  TEARLINE_RETURN_IF_REFUSED(CheckWords(decided.by, model::kOnBehalfOfBytesMax, "who"));
  TEARLINE_RETURN_IF_REFUSED(CheckWords(second_by, model::kOnBehalfOfBytesMax, "who else"));
  TEARLINE_RETURN_IF_REFUSED(CheckWords(decided.because, model::kBecauseBytesMax, "why"));
  TEARLINE_INVARIANT(!keys.empty(), "some key is lost");
  stored::v1::Actor actor = BrokerActor();
  actor.set_on_behalf_of_user(decided.by);
  while (true) {
    const auto some = keys.first(std::min(keys.size(), model::kLostKeysMax));
    keys = keys.subspan(some.size());
    stored::v1::AcceptLostKeys lost;
    for (const model::SubjectKeyId& id : some) lost.add_subject_key_ids(id.Bytes());
    lost.set_because(decided.because);
    lost.set_second_by(second_by);
    Result<machine::Applied> applied =
        RecordOne(ledger, database, clock,
                  MakeProposal(actor, stored::v1::COMMAND_NUMBER_ACCEPT_LOST_KEYS, lost));
    if (!applied.ok() || keys.empty()) return applied;
  }
}

}  // namespace tearline::sequencer
