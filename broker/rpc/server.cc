#include "broker/rpc/server.h"

#include <grpcpp/resource_quota.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <utility>

#include "broker/rpc/auditing.h"
#include "broker/rpc/cases.h"
#include "broker/rpc/directory.h"
#include "broker/rpc/door.h"
#include "broker/rpc/nominals.h"
#include "broker/rpc/policies.h"
#include "broker/rpc/publisher.h"
#include "broker/rpc/server_limits.h"
#include "broker/rpc/subscriber.h"
#include "broker/rpc/tls.h"

namespace tearline::rpc {
namespace {

int Ms(std::chrono::milliseconds duration) { return static_cast<int>(duration.count()); }

void SetLimits(grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(kMessageBytesMax);
  builder.SetMaxSendMessageSize(kMessageBytesMax);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytesMax);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsMax);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, Ms(kKeepaliveTime));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Ms(kKeepaliveTimeout));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, Ms(kPingEvery));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, Ms(kConnectionAge));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, Ms(kConnectionAgeGrace));
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, Ms(kHandshakeTimeout));
  builder.AddChannelArgument(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, kLookaheadBytes);
  // Two brokers on one port would each get some of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  grpc::ResourceQuota quota("tearline");
  quota.Resize(kTransportBytesMax);
  builder.SetResourceQuota(quota);
}

}  // namespace

/// The services and the gRPC server over them; the server goes first.
class Server::Inside {
 public:
  explicit Inside(Services services) : door_(std::move(services)) {}

  /// The port taken, or 0.
  int Listen(const std::string& address,
             const std::shared_ptr<grpc::ServerCredentials>& credentials) {
    grpc::ServerBuilder builder;
    SetLimits(builder);
    int port = 0;
    builder.AddListeningPort(address, credentials, &port);
    for (grpc::Service* service : std::initializer_list<grpc::Service*>{
             &publisher_, &subscriber_, &directory_, &nominals_, &cases_, &policies_, &auditing_}) {
      builder.RegisterService(service);
    }
    server_ = builder.BuildAndStart();
    return server_ == nullptr ? 0 : port;
  }

  void Drain() {
    if (server_ == nullptr) return;
    door_.Close();
    door_.services().dispatcher.EndAll(v1::ERROR_REASON_UNAVAILABLE,
                                       "the broker is stopping; open the feed again later");
    server_->Shutdown(std::chrono::system_clock::now() + kDrainMax);
    server_.reset();
    door_.NoteTheLast();
  }

 private:
  Door door_;
  Publisher publisher_{door_};
  Subscriber subscriber_{door_};
  Directory directory_{door_};
  Nominals nominals_{door_};
  Cases cases_{door_};
  Policies policies_{door_};
  Auditing auditing_{door_};
  std::unique_ptr<grpc::Server> server_;
};

Server::Server() = default;

Server::~Server() { Drain(); }

void Server::Drain() {
  if (inside_) inside_->Drain();
}

Result<std::unique_ptr<Server>> Server::Start(const settings::v1::Listen& listen,
                                              Services services) {
  AllowOnlyTls13();
  const std::size_t colon = listen.address().rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == listen.address().size()) {
    return Refuse(v1::ERROR_REASON_CONFIG_INVALID, "`listen.address` must be HOST:PORT");
  }
  const Result<std::shared_ptr<grpc::ServerCredentials>> credentials = MakeCredentials(listen);
  if (!credentials.ok()) return credentials.status();

  std::unique_ptr<Server> server(new Server());
  server->inside_ = std::make_unique<Inside>(std::move(services));
  const int port = server->inside_->Listen(listen.address(), *credentials);
  if (port == 0) {
    return Refuse(v1::ERROR_REASON_CONFIG_INVALID,
                  "`listen.address` must be free to listen on, and `listen.key_file` must be the "
                  "key of `listen.certificate_file`");
  }
  server->address_ = listen.address().substr(0, colon + 1) + std::to_string(port);
  return server;
}

}  // namespace tearline::rpc
