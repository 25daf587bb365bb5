#pragma once

#include <atomic>
#include <memory>

#include "broker/rpc/door.h"
#include "broker/rpc/replay_decisions.h"
#include "broker/rpc/thread_stream.h"
#include "broker/state/database.h"
#include "broker/status/status.h"
#include "tearline/v1/audit_service.pb.h"

namespace tearline::rpc {

/// Replays decisions to an auditor, once the ledger holds that they asked.
class ReplayStream final : public ThreadStream<v1::ReplayDecisionsResponse> {
 public:
  /// Nothing is told before Begin. `busy` is set already, and is cleared before the end is said.
  ///
  /// Requires: `view` holds what `plan` names; what `services` names, and `busy`, outlive it.
  ReplayStream(const Services& services, ReplayPlan plan, std::shared_ptr<const state::View> view,
               std::atomic<bool>& busy)
      : services_(services), plan_(std::move(plan)), view_(std::move(view)), busy_(busy) {}

  /// Begins, or ends with a refusal. To be called once. Threads: any; nothing is read on it.
  void Begin(const Status& may);

 private:
  Status Run();

  const Services& services_;
  const ReplayPlan plan_;
  const std::shared_ptr<const state::View> view_;
  std::atomic<bool>& busy_;
};

/// A stream that only refuses.
class RefusedReplay final : public grpc::ServerWriteReactor<v1::ReplayDecisionsResponse> {
 public:
  explicit RefusedReplay(const Status& refusal) { Finish(ToGrpc(refusal)); }
  void OnDone() override { delete this; }
};

/// Answers a call: reads what is asked for, has it recorded, and only then begins. One at a time:
/// a second state costs as much as the first.
///
/// Requires: `door` and `busy` outlive the call.
[[nodiscard]] grpc::ServerWriteReactor<v1::ReplayDecisionsResponse>* BeginReplay(
    Door& door, const grpc::CallbackServerContext& context,
    const v1::ReplayDecisionsRequest& request, std::atomic<bool>& busy);

}  // namespace tearline::rpc
