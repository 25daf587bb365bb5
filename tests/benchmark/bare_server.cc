#include "tests/benchmark/bare_server.h"

#include <fcntl.h>
#include <grpcpp/grpcpp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <mutex>
#include <stdexcept>

#include "tearline/v1/publisher_service.grpc.pb.h"

namespace tearline::benchmark {
namespace {

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Reads on while it writes, as whoever has nothing to wait for.
class Echo final
    : public grpc::ServerBidiReactor<v1::PublishStreamRequest, v1::PublishStreamResponse> {
 public:
  Echo() { StartRead(&request_); }

  void OnReadDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    if (!ok) {
      half_closed_ = true;
      if (!writing_) Finish(grpc::Status::OK);
      return;
    }
    for (const v1::PublishItem& item : request_.items()) {
      v1::PublishResult& result = *next_.add_results();
      result.set_request_id(item.request_id());
      result.set_event_id("ev_0123456789abcdef0123456789abcdef");
      result.mutable_accepted_at()->set_seconds(1'750'000'000);
      result.set_leaf_hash(std::string(32, 'h'));
    }
    if (!writing_) Write();
    StartRead(&request_);
  }
  void OnWriteDone(bool) override {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    if (next_.results_size() != 0) return Write();
    if (half_closed_) Finish(grpc::Status::OK);
  }
  void OnDone() override { delete this; }

 private:
  void Write() {
    response_.Swap(&next_);
    next_.Clear();
    writing_ = true;
    StartWrite(&response_);
  }

  std::mutex mutex_;
  v1::PublishStreamRequest request_;
  v1::PublishStreamResponse response_;
  v1::PublishStreamResponse next_;
  bool writing_ = false;
  bool half_closed_ = false;
};

class EchoService final : public v1::PublisherService::CallbackService {
  grpc::ServerBidiReactor<v1::PublishStreamRequest, v1::PublishStreamResponse>* PublishStream(
      grpc::CallbackServerContext*) override {
    return new Echo();
  }
};

}  // namespace

void ServeBare(const std::filesystem::path& certificates) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  grpc::SslServerCredentialsOptions options(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = ReadFile(certificates / "agencies.pem");
  options.pem_key_cert_pairs.push_back(
      {ReadFile(certificates / "broker.key"), ReadFile(certificates / "broker.pem")});
  EchoService service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(options), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  std::printf("%d\n", server == nullptr ? 0 : port);
  std::fflush(stdout);
  if (server != nullptr) server->Wait();
  _exit(1);
}

BareServer::BareServer(const std::filesystem::path& certificates) : certificates_(certificates) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  process_ = fork();
  if (process_ == 0) {
    dup2(ends[1], STDOUT_FILENO);
    execl("/proc/self/exe", "tearline_bench", "--serve-bare", certificates.c_str(), nullptr);
    _exit(127);
  }
  close(ends[1]);
  std::string port;
  for (char byte = 0; read(ends[0], &byte, 1) == 1 && byte != '\n';) port += byte;
  close(ends[0]);
  if (port.empty() || port == "0") throw std::runtime_error("the bare server did not start");
  address_ = "127.0.0.1:" + port;
}

BareServer::~BareServer() {
  kill(process_, SIGKILL);
  int status = 0;
  waitpid(process_, &status, 0);
}

std::shared_ptr<grpc::Channel> BareServer::ChannelOf(const std::string& member) const {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = ReadFile(certificates_ / "broker-ca.pem");
  options.pem_cert_chain = ReadFile(certificates_ / (member + ".pem"));
  options.pem_private_key = ReadFile(certificates_ / (member + ".key"));
  return grpc::CreateChannel(address_, grpc::SslCredentials(options));
}

}  // namespace tearline::benchmark
