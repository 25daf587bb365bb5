#pragma once

#include <atomic>

#include "broker/rpc/allowance.h"
#include "broker/rpc/door.h"
#include "broker/rpc/server_limits.h"
#include "tearline/v1/policy_service.grpc.pb.h"

namespace tearline::rpc {

/// PolicyService. The policy in force is no secret among those it binds.
class Policies final : public v1::PolicyService::CallbackService {
 public:
  /// Requires: `door` outlives it.
  explicit Policies(Door& door) : door_(door) {}

  grpc::ServerUnaryReactor* CheckPolicy(grpc::CallbackServerContext* context,
                                        const v1::CheckPolicyRequest* request,
                                        v1::CheckPolicyResponse* response) override;
  grpc::ServerUnaryReactor* ExplainPolicy(grpc::CallbackServerContext* context,
                                          const v1::ExplainPolicyRequest* request,
                                          v1::ExplainPolicyResponse* response) override;
  grpc::ServerUnaryReactor* DiffPolicies(grpc::CallbackServerContext* context,
                                         const v1::DiffPoliciesRequest* request,
                                         v1::DiffPoliciesResponse* response) override;
  grpc::ServerWriteReactor<v1::SimulatePolicyResponse>* SimulatePolicy(
      grpc::CallbackServerContext* context, const v1::SimulatePolicyRequest* request) override;
  grpc::ServerUnaryReactor* ProposePolicy(grpc::CallbackServerContext* context,
                                          const v1::ProposePolicyRequest* request,
                                          v1::ProposePolicyResponse* response) override;
  grpc::ServerUnaryReactor* ApprovePolicy(grpc::CallbackServerContext* context,
                                          const v1::ApprovePolicyRequest* request,
                                          v1::ApprovePolicyResponse* response) override;
  grpc::ServerUnaryReactor* GetPolicy(grpc::CallbackServerContext* context,
                                      const v1::GetPolicyRequest* request,
                                      v1::GetPolicyResponse* response) override;

 private:
  /// A call that works on a text and records nothing: `work(view)` fills the response. Only authors
  /// and approvers, each so often.
  template <typename Work>
  grpc::ServerUnaryReactor* Examine(grpc::CallbackServerContext* context, const v1::Acting& acting,
                                    Work work);

  Door& door_;
  Allowance allowance_{kPolicyChecksPerMinute};
  std::atomic<bool> simulating_{false};  ///< One at a time: each replays the whole ledger.
};

}  // namespace tearline::rpc
