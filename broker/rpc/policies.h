#pragma once

#include "broker/rpc/door.h"
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
  Door& door_;
};

}  // namespace tearline::rpc
