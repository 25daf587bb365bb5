#pragma once

#include <span>
#include <string>

#include "broker/clock/clock.h"
#include "broker/ledger/ledger.h"
#include "broker/model/ids.h"
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

/// Who decided something that lies in no certificate's hand, and why, in their own words: whoever
/// can run the broker's binary on its directories can say anything here. It is written down.
struct Decided {
  std::string by;       ///< At most kOnBehalfOfBytesMax bytes of UTF-8.
  std::string because;  ///< At most kBecauseBytesMax bytes of UTF-8.
};

/// Records that an operator looked at the wall clock and found it right, as the broker's own
/// command on behalf of `decided.by`.
///
/// Requires: as RecordGenesis.
/// Refuses:  GENESIS_MISSING; FIELD_INVALID if who or why is missing or too long.
[[nodiscard]] Result<machine::Applied> RecordClockConfirmed(ledger::Ledger& ledger,
                                                            state::Database& database,
                                                            clock::Clock& clock,
                                                            const Decided& decided);

/// Records that keys are lost for good, as two people found who looked: what they sealed counts as
/// erased from now on, and the vault need not hold them. As many records as are needed; the last
/// one's answer.
///
/// Requires: as RecordGenesis; `keys` is not empty and rises.
/// Refuses:  GENESIS_MISSING; FIELD_INVALID if who, who else or why is missing or too long;
///           SECOND_HAND_REQUIRED if both are one.
[[nodiscard]] Result<machine::Applied> RecordLostKeys(ledger::Ledger& ledger,
                                                      state::Database& database,
                                                      clock::Clock& clock, const Decided& decided,
                                                      const std::string& second_by,
                                                      std::span<const model::SubjectKeyId> keys);

}  // namespace tearline::sequencer
