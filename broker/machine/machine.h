#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "broker/audit/leaf.h"
#include "broker/crypto/digest.h"
#include "broker/ledger/record.h"
#include "broker/model/ids.h"
#include "broker/policy/policy_set.h"
#include "broker/state/batch.h"
#include "tearline/stored/v1/row.pb.h"
#include "tearline/v1/error.pb.h"
#include "tearline/v1/event.pb.h"

namespace tearline::machine {

/// The version of everything the machine, the evaluator, the canonicalisers and the leaf encoding
/// do. Written into every record; a replay acts as the version of the record says.
inline constexpr std::uint16_t kBehaviourVersion = 1;

/// Decisions that a record made, for measuring.
struct Judged {
  std::array<std::uint32_t, static_cast<std::size_t>(v1::Level_ARRAYSIZE)> by_level{};
  std::uint32_t duties_unmet = 0;  ///< Told less than was owed.
};

/// What a record did, for whoever waits for it. Nothing here is remembered: what must last is in
/// the batch.
struct Applied {
  audit::Outcome outcome = audit::Outcome::kApplied;
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;  ///< Set if refused or unappliable.
  std::string sentence;                                   ///< What would be right, if refused.
  std::string made_id;                                    ///< In text form; "" if nothing was made.
  crypto::Digest leaf_hash;                               ///< For kRepeated: of the first record.
  model::Position position = 0;                           ///< For kRepeated: of the first record.
  std::int64_t stamp_ms = 0;                              ///< For kRepeated: of the first record.

  std::set<std::string> feeds;  ///< Feeds in which items were let go: the dispatcher wakes them.
  std::set<std::string> unfinished;  ///< Feeds with room left when kReleaseRowsMax was reached: the
                                     ///< writer follows up with ReleaseRows.
  Judged judged{};
  bool access_changed = false;  ///< Directory or policy changed: live streams are looked at
                                ///< again before they are sent anything more.
};

/// Turns the ledger into state: one record at a time, and knows neither clock nor chance nor
/// content. The same ledger gives the same state, leaves and root on every machine and build (P8).
///
/// Threads: one.
class Machine {
 public:
  /// Applies one record: its effects, its leaf and the ledger's own row, into `batch`.
  ///
  /// A record that cannot be applied is applied as UNAPPLIABLE: it changes nothing, has its leaf,
  /// and LedgerRow.unappliable counts it.
  ///
  /// Requires: `record` is the one after the last applied (position, link and ledger id agree).
  Applied Apply(const ledger::StoredHeader& record, state::Batch& batch);

 private:
  /// The policy in force before the record; null before genesis.
  std::shared_ptr<const policy::PolicySet> PolicyInForce(const stored::v1::LedgerRow& ledger,
                                                         const state::Reader& reader);

  /// Policies by digest, as parsed; a memory of pure work, not state.
  std::map<crypto::Digest, std::shared_ptr<const policy::PolicySet>> policies_;
};

/// When the next deadline is due, in ledger milliseconds; the greatest number if none is.
[[nodiscard]] std::int64_t NextDeadlineMs(const state::Reader& reader);

}  // namespace tearline::machine
