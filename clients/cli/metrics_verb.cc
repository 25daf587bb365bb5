#include <iostream>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "clients/cli/call.h"
#include "clients/cli/nouns.h"
#include "clients/cli/output.h"
#include "tearline/v1/admin_service.grpc.pb.h"

namespace tearline::cli {
namespace {

using Service = v1::AdminService;

void Show(const Invocation& invocation) {
  const v1::GetMetricsResponse response =
      Ask<Service>(invocation, &Service::StubInterface::GetMetrics, v1::GetMetricsRequest());
  if (invocation.json) return PrintJson(response);
  std::cout << response.text();
}

}  // namespace

void AddMetrics(CLI::App& app, Invocation& invocation) {
  CLI::App* verb = app.add_subcommand("metrics", "What a broker counted, as Prometheus reads it");
  verb->footer(R"(
The server is the operators' address (admin.address), the certificate one of a member who acts for a
post with the operator's role; no post is named.

Example:
  tearline metrics --server 127.0.0.1:7444 --profile operator.profile)");
  verb->callback([&invocation] { invocation.verb = [&invocation] { Show(invocation); }; });
}

}  // namespace tearline::cli
