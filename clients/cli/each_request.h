#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "clients/cli/call.h"
#include "tearline/v1/request_service.grpc.pb.h"

namespace tearline::cli {

/// Requests for information, oldest first: of a case, or, for "", the acting post's own; those
/// still open, or those closed.
inline std::vector<v1::InformationRequest> RequestsOf(const Invocation& invocation,
                                                      const std::string& case_id, bool closed) {
  v1::ListInformationRequestsRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_case_id(case_id);
  request.set_closed(closed);
  std::vector<v1::InformationRequest> requests;
  do {
    const v1::ListInformationRequestsResponse response = Ask<v1::RequestService>(
        invocation, &v1::RequestService::StubInterface::ListInformationRequests, request);
    requests.insert(requests.end(), response.requests().begin(), response.requests().end());
    request.set_after_information_request_id(response.after_information_request_id());
  } while (!request.after_information_request_id().empty());
  std::stable_sort(requests.begin(), requests.end(),
                   [](const v1::InformationRequest& a, const v1::InformationRequest& b) {
                     return std::pair(a.made_at().seconds(), a.made_at().nanos()) <
                            std::pair(b.made_at().seconds(), b.made_at().nanos());
                   });
  return requests;
}

}  // namespace tearline::cli
