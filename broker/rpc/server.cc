#include "broker/rpc/server.h"

#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <utility>
#include <vector>

#include "broker/concurrency/beat.h"
#include "broker/rpc/actions.h"
#include "broker/rpc/admin.h"
#include "broker/rpc/auditing.h"
#include "broker/rpc/case_feeds.h"
#include "broker/rpc/cases.h"
#include "broker/rpc/credential_keeper.h"
#include "broker/rpc/directory.h"
#include "broker/rpc/door.h"
#include "broker/rpc/health_board.h"
#include "broker/rpc/meetings.h"
#include "broker/rpc/nominals.h"
#include "broker/rpc/policies.h"
#include "broker/rpc/posts.h"
#include "broker/rpc/proposals.h"
#include "broker/rpc/publisher.h"
#include "broker/rpc/reflection.h"
#include "broker/rpc/requests.h"
#include "broker/rpc/server_limits.h"
#include "broker/rpc/subscriber.h"
#include "broker/rpc/tls.h"
#include "broker/telemetry/metrics.h"

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

/// "HOST:PORT" in form; config checks it more closely.
Status CheckAddress(const std::string& address, const std::string& setting) {
  const std::size_t colon = address.rfind(':');
  if (colon != std::string::npos && colon != 0 && colon + 1 != address.size()) return {};
  return Refuse(v1::ERROR_REASON_CONFIG_INVALID, "`" + setting + "` must be HOST:PORT");
}

std::string WithPort(const std::string& address, int port) {
  return address.substr(0, address.rfind(':') + 1) + std::to_string(port);
}

}  // namespace

/// The services and the gRPC server over them; the server goes first.
class Server::Inside {
 public:
  Inside(Services services, std::unique_ptr<CredentialKeeper> keeper)
      : keeper_(std::move(keeper)),
        door_(std::move(services), [this] { return keeper_->Current(); }) {}
  ~Inside() { Drain(); }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

  /// The port taken, or 0.
  int Listen(const std::string& address) {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    SetLimits(builder);
    builder.SetOption(With(Reflection::kNotServed));
    int port = 0;
    builder.AddListeningPort(address, credentials_, &port);
    for (grpc::Service* service : std::initializer_list<grpc::Service*>{
             &publisher_, &subscriber_, &directory_, &nominals_, &cases_, &case_feeds_, &actions_,
             &proposals_, &requests_, &meetings_, &posts_, &policies_, &auditing_}) {
      builder.RegisterService(service);
    }
    server_ = builder.BuildAndStart();
    if (server_ == nullptr) return 0;
    board_.ShowOn(*server_->GetHealthCheckService());
    return port;
  }

  /// The port taken for operators, or 0.
  int ListenForOperators(const std::string& address) { return admin_.Listen(address, board_); }

  void StartBeat() {
    board_.Examine();
    beat_.Start();
  }

  Status Reload() {
    if (server_ == nullptr) return {};  // drained
    const Status done = keeper_->Reload();
    board_.Examine();
    return done;
  }

  void Drain() {
    if (server_ == nullptr) return;
    beat_.Stop();
    door_.Close();
    door_.services().dispatcher.EndAll(v1::ERROR_REASON_UNAVAILABLE,
                                       "the broker is stopping; open the feed again later");
    admin_.Stop();
    server_->Shutdown(std::chrono::system_clock::now() + kDrainMax);
    server_.reset();
    door_.NoteTheLast();
  }

 private:
  std::vector<Part> ExamineAll() const {
    std::vector<Part> parts;
    if (door_.services().examine) parts = door_.services().examine();
    parts.push_back({"certificates", keeper_->Stands(door_.NowMs())});
    return parts;
  }

  std::string Metrics() const {
    telemetry::Exposition exposition;
    telemetry::Expose(exposition);
    const Services& services = door_.services();
    exposition.Family("tearline_feeds_followed", "Feeds that somebody follows.",
                      telemetry::FamilyKind::kGauge);
    exposition.Sample(services.dispatcher.Followed());
    exposition.Family("tearline_part_up", "Whether a part of the broker is well.",
                      telemetry::FamilyKind::kGauge);
    for (const Part& part : ExamineAll()) {
      exposition.Sample(part.stands ? 1 : 0, {{"part", part.name}});
    }
    if (services.measure) services.measure(exposition);
    return exposition.Text();
  }

  const std::unique_ptr<CredentialKeeper> keeper_;
  const std::shared_ptr<grpc::ServerCredentials> credentials_ =
      MakeCredentials([this] { return keeper_->Current(); });
  Door door_;
  Publisher publisher_{door_};
  Subscriber subscriber_{door_};
  Directory directory_{door_};
  Nominals nominals_{door_};
  Cases cases_{door_};
  CaseFeeds case_feeds_{door_};
  Actions actions_{door_};
  Proposals proposals_{door_};
  Requests requests_{door_};
  Meetings meetings_{door_};
  Posts posts_{door_};
  Policies policies_{door_};
  Auditing auditing_{door_};
  HealthBoard board_{[this] { return ExamineAll(); }};
  Admin admin_{[this] { return keeper_->Current(); },
               [this](const std::string& leaf_pem) { return door_.EnterAsOperator(leaf_pem); },
               [this] { return Metrics(); }};
  std::unique_ptr<grpc::Server> server_;
  concurrency::Beat beat_{std::vector<concurrency::Beat::Task>{
      {kLookAtFilesEvery, [this] { static_cast<void>(keeper_->ReloadIfTouched()); }},
      {kExamineEvery, [this] { board_.Examine(); }}}};
};

Server::Server() = default;

Server::~Server() { Drain(); }

void Server::Drain() {
  if (inside_) inside_->Drain();
}

Status Server::Reload() { return inside_->Reload(); }

Result<std::unique_ptr<Server>> Server::Start(const settings::v1::Listen& listen, Services services,
                                              const settings::v1::Admin& admin) {
  AllowOnlyTls13();
  TEARLINE_RETURN_IF_REFUSED(CheckAddress(listen.address(), "listen.address"));
  Result<std::unique_ptr<CredentialKeeper>> keeper = CredentialKeeper::Open(
      listen, services.view,
      [&dispatcher = services.dispatcher] { dispatcher.Applied({}, machine::Change::kAccess); });
  if (!keeper.ok()) return keeper.status();

  std::unique_ptr<Server> server(new Server());
  server->inside_ = std::make_unique<Inside>(std::move(services), *std::move(keeper));
  const int port = server->inside_->Listen(listen.address());
  if (port == 0) {
    return Refuse(v1::ERROR_REASON_CONFIG_INVALID, "`listen.address` must be free to listen on");
  }
  server->address_ = WithPort(listen.address(), port);
  if (!admin.address().empty()) {
    TEARLINE_RETURN_IF_REFUSED(CheckAddress(admin.address(), "admin.address"));
    const int admin_port = server->inside_->ListenForOperators(admin.address());
    if (admin_port == 0) {
      return Refuse(v1::ERROR_REASON_CONFIG_INVALID, "`admin.address` must be free to listen on");
    }
    server->admin_address_ = WithPort(admin.address(), admin_port);
  }
  server->inside_->StartBeat();
  return server;
}

}  // namespace tearline::rpc
