#include "tests/benchmark/timings.h"

#include <grpcpp/grpcpp.h>

#include <sstream>
#include <stdexcept>
#include <string_view>

#include "tearline/v1/admin_service.grpc.pb.h"

namespace tearline::benchmark {

std::map<std::string, double> ReadTimings(const end_to_end::Stage& stage) {
  v1::GetMetricsResponse response;
  grpc::ClientContext context;
  const grpc::Status status = v1::AdminService::NewStub(stage.OperatorsChannelOf("office/keeper"))
                                  ->GetMetrics(&context, v1::GetMetricsRequest(), &response);
  if (!status.ok()) throw std::runtime_error("the metrics: " + status.error_message());
  constexpr std::string_view kPrefix = "tearline_";
  constexpr std::string_view kSum = "_seconds_sum ";
  std::map<std::string, double> timings;
  std::istringstream lines(response.text());
  for (std::string line; std::getline(lines, line);) {
    const std::size_t at = line.find(kSum);
    if (at == std::string::npos || !line.starts_with(kPrefix)) continue;
    timings[line.substr(kPrefix.size(), at - kPrefix.size())] =
        std::stod(line.substr(at + kSum.size()));
  }
  return timings;
}

}  // namespace tearline::benchmark
