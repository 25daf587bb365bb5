#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "broker/ledger/ledger.h"
#include "broker/policy/decision.h"
#include "broker/policy/policy_set.h"
#include "broker/state/batch.h"
#include "broker/state/database.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/leaf.pb.h"

namespace tearline::sequencer {

/// The past told again: the ledger replayed into a second state, so that whoever asks about a
/// record finds the facts as they were when it had just been applied.

/// Hears the past. Each function returns false to stop it.
struct PastListener {
  /// After each record; `then` is the state as it had just become.
  std::function<bool(const ledger::Header& header, const state::Reader& then)> record;
  std::function<bool(model::Position replayed)> progress;  ///< After each batch of records.
};

/// Tells the past up to `tip`, itself included. Memory is bounded by one batch.
///
/// Requires: `scratch` is empty; `tip` is at most the ledger's.
/// Refuses:  UNAVAILABLE if the listener stopped it; as Replay.
[[nodiscard]] Status TellPast(const ledger::Ledger& ledger, state::Database& scratch,
                              model::Position tip, const PastListener& listener);

/// A decision made again on the facts of then.
struct JudgedAgain {
  std::optional<policy::Decision> then;       ///< By the policy that made it.
  std::optional<policy::Decision> candidate;  ///< By the candidate, if there is one.
  bool as_recorded = false;                   ///< `then` is what was recorded.
  const char* because = "";                   ///< Why it can't be made again; "" if it can.
};

/// Makes decisions again: first under the policy that made it, which must give what was recorded,
/// then under a candidate. One that does not come out as recorded says nothing about a candidate:
/// its facts are not those of then.
///
/// Threads: one.
class PastJudge {
 public:
  /// `candidate` may be null. Requires: it outlives this.
  explicit PastJudge(const policy::PolicySet* candidate) : candidate_(candidate) {}

  /// Requires: `then` is the state when the record stamped `stamp_ms` had just been applied.
  JudgedAgain Judge(const stored::v1::DecisionDetail& decision, std::int64_t stamp_ms,
                    const state::Reader& then);

 private:
  /// A policy that was in force, as parsed; null if the state does not hold it.
  const policy::PolicySet* PolicyOf(const std::string& digest, const state::Reader& then);

  const policy::PolicySet* const candidate_;
  std::map<std::string, std::unique_ptr<policy::PolicySet>> policies_;
};

}  // namespace tearline::sequencer
