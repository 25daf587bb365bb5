#pragma once

#include <cstdint>
#include <functional>
#include <limits>

#include "broker/ledger/ledger.h"
#include "broker/model/ids.h"
#include "broker/policy/policy_set.h"
#include "broker/state/database.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/v1/policy_service.pb.h"

namespace tearline::sequencer {

/// What is simulated.
struct SimulationPlan {
  const policy::PolicySet& candidate;
  model::Position tip = 0;   ///< The last record replayed.
  std::int64_t from_ms = 0;  ///< Decisions of records stamped from then on,
  std::int64_t to_ms = std::numeric_limits<std::int64_t>::max();  ///< and before then; others are
                                                                  ///< counted as left out.
};

/// Hears how a simulation goes. Each function returns false to stop it.
struct SimulationListener {
  std::function<bool(const v1::SimulatedChange& change)> change;
  std::function<bool(model::Position replayed)> progress;  ///< After each batch of records.
};

/// Judges again, under a candidate, all that was judged. Facts are those of then: the ledger is
/// replayed into `scratch`, and each decision is made again where its record has just been applied,
/// first under the policy that made it. If that does not give what was recorded, the facts are not
/// those of then, and the decision counts as not replayed, with the reason.
///
/// Memory is bounded by one batch; changes are told as they are found, and remembered only in the
/// report's digest. The result names no policy in force: whoever notes it adds that.
///
/// Requires: `scratch` is empty; `plan.tip` is at most the ledger's.
/// Refuses:  UNAVAILABLE if the listener stopped it; as Replay.
[[nodiscard]] Result<stored::v1::NoteSimulation> SimulatePolicy(const ledger::Ledger& ledger,
                                                                state::Database& scratch,
                                                                const SimulationPlan& plan,
                                                                const SimulationListener& listener);

}  // namespace tearline::sequencer
