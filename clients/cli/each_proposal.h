#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "clients/cli/call.h"
#include "tearline/v1/proposal_service.grpc.pb.h"

namespace tearline::cli {

/// A case's proposals, oldest first: those somebody has not answered, or all.
inline std::vector<v1::Proposal> ProposalsOf(const Invocation& invocation,
                                             const std::string& case_id, bool answered) {
  v1::ListProposalsRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_case_id(case_id);
  request.set_answered(answered);
  std::vector<v1::Proposal> proposals;
  do {
    const v1::ListProposalsResponse response = Ask<v1::ProposalService>(
        invocation, &v1::ProposalService::StubInterface::ListProposals, request);
    proposals.insert(proposals.end(), response.proposals().begin(), response.proposals().end());
    request.set_after_proposal_id(response.after_proposal_id());
  } while (!request.after_proposal_id().empty());
  std::stable_sort(proposals.begin(), proposals.end(),
                   [](const v1::Proposal& a, const v1::Proposal& b) {
                     return std::pair(a.made_at().seconds(), a.made_at().nanos()) <
                            std::pair(b.made_at().seconds(), b.made_at().nanos());
                   });
  return proposals;
}

}  // namespace tearline::cli
