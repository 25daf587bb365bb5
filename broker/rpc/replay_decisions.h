#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "broker/ledger/ledger.h"
#include "broker/policy/policy_set.h"
#include "broker/sequencer/past.h"
#include "broker/state/database.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/v1/audit_service.pb.h"

namespace tearline::rpc {

/// Which decisions are replayed, as read from a request.
struct ReplayPlan {
  stored::v1::Actor actor;
  std::uint64_t first = 0;  ///< The first leaf.
  std::uint64_t end = 0;    ///< And the one after the last.
  std::string nominal_id;   ///< Its bytes; "" for everybody's.
  std::string agency;       ///< "" for all.
  std::string event_type;   ///< It, or below it; "" for all.
  v1::ReplayPolicy policy = v1::REPLAY_POLICY_UNSPECIFIED;
  std::optional<policy::PolicySet> now = {};  ///< The policy in force, where it is asked for.

  /// What is looked at, to be recorded before anything is told.
  [[nodiscard]] stored::v1::Consult Consulted() const;
};

/// Reads a request. Leaves are found by their stamps, which never fall.
///
/// Refuses: FIELD_INVALID, TIME_INVALID; LIMIT_PASSED for leaves that are not there; as
///          CheckConsult.
[[nodiscard]] Result<ReplayPlan> ReadReplay(const v1::ReplayDecisionsRequest& request,
                                            const stored::v1::Actor& actor,
                                            const state::Reader& view);

/// Replays what a plan names, telling each decision, now and then how far it is, and at last how
/// many there were. Nothing is told of events that the actor may not ask about as things stand.
///
/// `scratch` opens an empty state; it is called only where decisions are made again, because then
/// the whole ledger up to the last leaf is told again. `tell` returns false to stop.
///
/// Requires: `view` holds the plan's leaves, `ledger` their records.
/// Refuses:  UNAVAILABLE if it was stopped; what `scratch` refuses; as TellPast.
[[nodiscard]] Status ReplayDecisions(const ReplayPlan& plan, const ledger::Ledger& ledger,
                                     const state::Reader& view,
                                     const std::function<Result<state::Database*>()>& scratch,
                                     const std::function<bool(v1::ReplayDecisionsResponse)>& tell);

}  // namespace tearline::rpc
