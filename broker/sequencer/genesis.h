#pragma once

#include "broker/clock/clock.h"
#include "broker/ledger/ledger.h"
#include "broker/sequencer/proposer.h"
#include "broker/state/database.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::sequencer {

/// Records who takes part, the first policy and the log's name and key as the first record of an
/// empty ledger, whose random id is drawn with it. One that would not take effect is not recorded.
///
/// Requires: `database` stands at the ledger's tip; nobody else writes.
/// Refuses:  GENESIS_EXISTS  with the commands that edit instead;
///           POLICY_INVALID, FIELD_INVALID, NAME_INVALID, NOT_FOUND … as the machine judges it.
[[nodiscard]] Result<machine::Applied> RecordGenesis(ledger::Ledger& ledger,
                                                     state::Database& database, clock::Clock& clock,
                                                     const stored::v1::Genesis& genesis);

/// Records that an operator looked at the wall clock and found it right, as the broker's own
/// command: whoever can run the broker's binary on its directories can do this.
///
/// Requires: as RecordGenesis.
/// Refuses:  GENESIS_MISSING.
[[nodiscard]] Result<machine::Applied> RecordClockConfirmed(ledger::Ledger& ledger,
                                                            state::Database& database,
                                                            clock::Clock& clock);

}  // namespace tearline::sequencer
