#pragma once

#include <grpcpp/client_context.h>

#include <memory>

#include "clients/cli/invocation.h"

namespace tearline::cli {

/// Asks the broker one thing and waits for the answer. Ends the command if it is refused.
///
/// `Service` is a generated service, `method` one of its stub's methods.
template <typename Service, typename Request, typename Response>
Response Ask(const Invocation& invocation,
             grpc::Status (Service::StubInterface::*method)(grpc::ClientContext*, const Request&,
                                                            Response*),
             const Request& request) {
  const std::unique_ptr<typename Service::StubInterface> stub =
      Service::NewStub(invocation.Channel());
  grpc::ClientContext context;
  context.set_deadline(invocation.Deadline());
  Response response;
  const grpc::Status status = (stub.get()->*method)(&context, request, &response);
  if (!status.ok()) StopFor(client::RefusalFrom(status));
  return response;
}

}  // namespace tearline::cli
