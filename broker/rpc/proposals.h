#pragma once

#include "broker/rpc/door.h"
#include "tearline/v1/proposal_service.grpc.pb.h"

namespace tearline::rpc {

/// ProposalService. Whoever may not see a case gets the answer of one that does not exist.
class Proposals final : public v1::ProposalService::CallbackService {
 public:
  /// Requires: `door` outlives it.
  explicit Proposals(Door& door) : door_(door) {}

  grpc::ServerUnaryReactor* MakeProposal(grpc::CallbackServerContext* context,
                                         const v1::MakeProposalRequest* request,
                                         v1::MakeProposalResponse* response) override;
  grpc::ServerUnaryReactor* AnswerProposal(grpc::CallbackServerContext* context,
                                           const v1::AnswerProposalRequest* request,
                                           v1::AnswerProposalResponse* response) override;
  grpc::ServerUnaryReactor* ListProposals(grpc::CallbackServerContext* context,
                                          const v1::ListProposalsRequest* request,
                                          v1::ListProposalsResponse* response) override;

 private:
  Door& door_;
};

}  // namespace tearline::rpc
