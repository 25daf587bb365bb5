#pragma once

#include <grpcpp/server.h>

#include <functional>
#include <memory>
#include <string>

#include "broker/rpc/credentials.h"
#include "broker/rpc/health_board.h"
#include "broker/rpc/tls.h"
#include "tearline/v1/admin_service.grpc.pb.h"

namespace tearline::rpc {

/// The operators' door: AdminService, health and gRPC reflection, on an address of its own. Every
/// call of any of them is judged by its certificate before it is begun.
class Admin final : public v1::AdminService::CallbackService {
 public:
  /// `admit` says whether the holder of a leaf certificate may look; `metrics` gives the text.
  ///
  /// Requires: what `source`, `admit` and `metrics` lean on outlives it.
  Admin(CredentialSource source, Admit admit, std::function<std::string()> metrics);
  ~Admin() override;

  /// Listens on "HOST:PORT" and shows `board`; the port taken, or 0.
  ///
  /// Requires: called once; Stop comes before `board`'s end.
  int Listen(const std::string& address, HealthBoard& board);

  /// Ends it. Requires: `board` is examined no more. Again, or never listened: nothing.
  void Stop();

  grpc::ServerUnaryReactor* GetMetrics(grpc::CallbackServerContext* context,
                                       const v1::GetMetricsRequest* request,
                                       v1::GetMetricsResponse* response) override;

 private:
  const std::shared_ptr<grpc::ServerCredentials> credentials_;
  const std::function<std::string()> metrics_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace tearline::rpc
