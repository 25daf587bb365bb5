#pragma once

#include <atomic>

#include "broker/rpc/door.h"
#include "broker/rpc/page_seal.h"
#include "tearline/v1/audit_service.grpc.pb.h"

namespace tearline::rpc {

/// AuditService. The head of the tree and its proofs are for whoever is let in; what the leaves
/// hold, for auditors who say why they ask, each question recorded before it is answered; and to
/// everybody what concerns them.
class Auditing final : public v1::AuditService::CallbackService {
 public:
  /// Requires: `door` outlives it.
  explicit Auditing(Door& door) : door_(door) {}

  grpc::ServerUnaryReactor* GetCheckpoint(grpc::CallbackServerContext* context,
                                          const v1::GetCheckpointRequest* request,
                                          v1::GetCheckpointResponse* response) override;
  grpc::ServerUnaryReactor* ProveInclusion(grpc::CallbackServerContext* context,
                                           const v1::ProveInclusionRequest* request,
                                           v1::ProveInclusionResponse* response) override;
  grpc::ServerUnaryReactor* GetReceipts(grpc::CallbackServerContext* context,
                                        const v1::GetReceiptsRequest* request,
                                        v1::GetReceiptsResponse* response) override;
  grpc::ServerUnaryReactor* ProveConsistency(grpc::CallbackServerContext* context,
                                             const v1::ProveConsistencyRequest* request,
                                             v1::ProveConsistencyResponse* response) override;
  grpc::ServerWriteReactor<v1::ReadLeavesResponse>* ReadLeaves(
      grpc::CallbackServerContext* context, const v1::ReadLeavesRequest* request) override;
  grpc::ServerUnaryReactor* WhoWasTold(grpc::CallbackServerContext* context,
                                       const v1::WhoWasToldRequest* request,
                                       v1::WhoWasToldResponse* response) override;
  grpc::ServerUnaryReactor* ListWithheld(grpc::CallbackServerContext* context,
                                         const v1::ListWithheldRequest* request,
                                         v1::ListWithheldResponse* response) override;
  grpc::ServerUnaryReactor* ExplainDecision(grpc::CallbackServerContext* context,
                                            const v1::ExplainDecisionRequest* request,
                                            v1::ExplainDecisionResponse* response) override;
  grpc::ServerUnaryReactor* WhoWasNotTold(grpc::CallbackServerContext* context,
                                          const v1::WhoWasNotToldRequest* request,
                                          v1::WhoWasNotToldResponse* response) override;
  grpc::ServerUnaryReactor* KnownAt(grpc::CallbackServerContext* context,
                                    const v1::KnownAtRequest* request,
                                    v1::KnownAtResponse* response) override;
  grpc::ServerUnaryReactor* ToldMeanwhile(grpc::CallbackServerContext* context,
                                          const v1::ToldMeanwhileRequest* request,
                                          v1::ToldMeanwhileResponse* response) override;
  grpc::ServerUnaryReactor* WhoLooked(grpc::CallbackServerContext* context,
                                      const v1::WhoLookedRequest* request,
                                      v1::WhoLookedResponse* response) override;
  grpc::ServerUnaryReactor* ListOpenAt(grpc::CallbackServerContext* context,
                                       const v1::ListOpenAtRequest* request,
                                       v1::ListOpenAtResponse* response) override;
  grpc::ServerUnaryReactor* CountThemes(grpc::CallbackServerContext* context,
                                        const v1::CountThemesRequest* request,
                                        v1::CountThemesResponse* response) override;
  grpc::ServerWriteReactor<v1::ReplayDecisionsResponse>* ReplayDecisions(
      grpc::CallbackServerContext* context, const v1::ReplayDecisionsRequest* request) override;

 private:
  Door& door_;
  const PageSeal page_seal_;
  std::atomic<bool> replaying_{false};
};

}  // namespace tearline::rpc
