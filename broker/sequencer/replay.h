#pragma once

#include <cstdint>
#include <functional>

#include "broker/ledger/ledger.h"
#include "broker/model/ids.h"
#include "broker/state/database.h"
#include "broker/status/status.h"

namespace tearline::sequencer {

/// What a replay did.
struct ReplayReport {
  model::Position from = 0;       ///< Where the state stood.
  model::Position to = 0;         ///< The ledger's tip.
  std::uint64_t unappliable = 0;  ///< Records kept as UNAPPLIABLE, in the whole ledger.
};

/// Told after each batch: the position reached and the tip.
using ReplayProgress = std::function<void(model::Position reached, model::Position tip)>;

/// Brings the state from its own position to the ledger's tip, in batches. `progress` may be empty.
///
/// Refuses: LEDGER_TAIL_LOST  the state stands beyond the tip, which proves that records are
///                            missing; the sentence says how far a backup must reach;
///          LEDGER_CORRUPT    a record is damaged, or the one at the state's position is not the
///          one
///                            the state was made from;
///          STATE_CORRUPT     the state belongs to another ledger;
///          WRONG_STATE       a record needs a newer build;
///          STORAGE_FAILED.
[[nodiscard]] Result<ReplayReport> Replay(const ledger::Ledger& ledger, state::Database& database,
                                          const ReplayProgress& progress);

}  // namespace tearline::sequencer
