#pragma once

#include "clients/cli/call.h"
#include "tearline/v1/case_service.grpc.pb.h"

namespace tearline::cli {

/// Calls `visit` for each obligation of the request, page by page, until it says false.
template <typename Visit>
void ForEachObligation(const Invocation& invocation, v1::ListObligationsRequest request,
                       Visit visit) {
  *request.mutable_acting() = invocation.Acting();
  request.set_page_size(1000);
  do {
    const v1::ListObligationsResponse response =
        Ask<v1::CaseService>(invocation, &v1::CaseService::StubInterface::ListObligations, request);
    for (const v1::Obligation& each : response.obligations()) {
      if (!visit(each)) return;
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
}

}  // namespace tearline::cli
