#include "broker/rpc/admin.h"

#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <utility>

#include "broker/rpc/reflection.h"
#include "broker/rpc/server_limits.h"

namespace tearline::rpc {
Admin::Admin(CredentialSource source, Admit admit, std::function<std::string()> metrics)
    : credentials_(MakeCredentials(std::move(source), std::move(admit))),
      metrics_(std::move(metrics)) {}

Admin::~Admin() { Stop(); }

int Admin::Listen(const std::string& address, HealthBoard& board) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(kMetadataBytesMax);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytesMax);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsMax);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.SetOption(With(Reflection::kServed));
  int port = 0;
  builder.AddListeningPort(address, credentials_, &port);
  builder.RegisterService(this);
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) return 0;
  board.ShowOn(*server_->GetHealthCheckService());
  return port;
}

void Admin::Stop() {
  if (server_ == nullptr) return;
  server_->Shutdown(std::chrono::system_clock::now() + kDrainMax);
  server_.reset();
}

grpc::ServerUnaryReactor* Admin::GetMetrics(grpc::CallbackServerContext* context,
                                            const v1::GetMetricsRequest*,
                                            v1::GetMetricsResponse* response) {
  response->set_text(metrics_());
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

}  // namespace tearline::rpc
