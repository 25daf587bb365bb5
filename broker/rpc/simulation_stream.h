#pragma once

#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <cstdint>
#include <limits>
#include <string>

#include "broker/policy/policy_set.h"
#include "broker/rpc/services.h"
#include "broker/rpc/thread_stream.h"
#include "broker/sequencer/simulate_policy.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/v1/policy_service.pb.h"

namespace tearline::rpc {

/// From when to when decisions are looked at, milliseconds since 1970; the end is left out.
struct Period {
  std::int64_t from_ms = 0;
  std::int64_t to_ms = std::numeric_limits<std::int64_t>::max();
};

/// Simulates a policy and tells what it finds as it goes. At the end it has the result noted in the
/// ledger, and only then tells the summary. If whoever asked goes away, nothing is noted.
class SimulationStream final : public ThreadStream<v1::SimulatePolicyResponse> {
 public:
  /// Begins at once. `in_force_digest` is the policy that the candidate would replace; `busy` is
  /// set, and is cleared before the end is said.
  ///
  /// Requires: what `services` names, and `busy`, outlive it.
  SimulationStream(const Services& services, stored::v1::Actor actor, policy::PolicySet candidate,
                   const Period& period, const state::View& view, std::atomic<bool>& busy);

 private:
  Status Run();
  Result<v1::SimulationSummary> Simulate();

  const Services& services_;
  const stored::v1::Actor actor_;
  const policy::PolicySet candidate_;
  sequencer::SimulationPlan plan_;
  const std::string in_force_digest_;
  std::atomic<bool>& busy_;
};

/// A stream that only refuses.
class RefusedSimulation final : public grpc::ServerWriteReactor<v1::SimulatePolicyResponse> {
 public:
  explicit RefusedSimulation(const Status& refusal);
  void OnDone() override { delete this; }
};

}  // namespace tearline::rpc
