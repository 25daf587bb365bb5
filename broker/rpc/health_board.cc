#include "broker/rpc/health_board.h"

#include <grpcpp/health_check_service_interface.h>

#include <algorithm>
#include <utility>

#include "broker/telemetry/log.h"

namespace tearline::rpc {
namespace {

std::size_t FallenAmong(const std::vector<Part>& parts) {
  return static_cast<std::size_t>(
      std::count_if(parts.begin(), parts.end(), [](const Part& part) { return !part.stands; }));
}

}  // namespace

HealthBoard::HealthBoard(Examination examine) : examine_(std::move(examine)) {}

void HealthBoard::ShowOn(grpc::HealthCheckServiceInterface& service) {
  const std::lock_guard<std::mutex> lock(mutex_);
  services_.push_back(&service);
}

void HealthBoard::Examine() {
  // Held while asking, too: an older answer must not be shown after a newer one.
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<Part> parts = examine_();
  const std::size_t fallen = FallenAmong(parts);
  for (grpc::HealthCheckServiceInterface* const service : services_) {
    // The whole falls first and rises last: it never stands beside a part that does not.
    if (fallen != 0) service->SetServingStatus("", false);
    for (const Part& part : parts) service->SetServingStatus(part.name, part.stands);
    if (fallen == 0) service->SetServingStatus("", true);
  }
  if (fallen != FallenAmong(last_)) {
    telemetry::Log(telemetry::Event::kHealthChanged).With(telemetry::Field::kCount, fallen);
  }
  last_ = std::move(parts);
}

}  // namespace tearline::rpc
