#include "tests/benchmark/peer_clients.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <condition_variable>
#include <fstream>
#include <functional>
#include <iterator>
#include <mutex>
#include <stdexcept>
#include <string_view>

#include "tests/benchmark/event_of.h"
#include "tests/benchmark/peer_server.h"
#include "tests/benchmark/tally.h"

namespace tearline::benchmark {
namespace {

std::string Payload() { return std::string(kContentBytes, 'x'); }

[[noreturn]] void Fail(const std::string& what) { throw std::runtime_error("a peer: " + what); }

/// Whole bulk strings at the front of what is unread: "$LENGTH\r\nBYTES\r\n".
std::size_t RedisAnswers(Wire& wire) {
  std::size_t count = 0;
  for (;; ++count) {
    const std::string_view unread = wire.Unread();
    const std::size_t end = unread.find("\r\n");
    if (end == std::string_view::npos) return count;
    if (unread[0] != '$') Fail("Redis says " + std::string(unread.substr(0, end)));
    const std::size_t whole = end + 2 + std::stoul(std::string(unread.substr(1, end - 1))) + 2;
    if (unread.size() < whole) return count;
    wire.Take(whole);
  }
}

/// Whole messages: "MSG SUBJECT SID LENGTH\r\nBYTES\r\n"; a PING is answered.
std::size_t NatsAnswers(Wire& wire) {
  std::size_t count = 0;
  while (true) {
    const std::string_view unread = wire.Unread();
    const std::size_t end = unread.find("\r\n");
    if (end == std::string_view::npos) return count;
    const std::string line(unread.substr(0, end));
    if (!line.starts_with("MSG ")) {
      if (line.starts_with("-ERR")) Fail("NATS says " + line);
      wire.Take(end + 2);
      if (line == "PING") wire.Write("PONG\r\n");
      continue;
    }
    const std::size_t bytes = std::stoul(line.substr(line.rfind(' ') + 1));
    if (unread.size() < end + 2 + bytes + 2) return count;
    const std::string_view answer = unread.substr(end + 2, bytes);
    if (answer.find("\"error\"") != std::string_view::npos)
      Fail("NATS says " + std::string(answer));
    wire.Take(end + 2 + bytes + 2);
    ++count;
  }
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// etcdserverpb.PutRequest { bytes key = 1; bytes value = 2; }
grpc::ByteBuffer PutRequest(const std::string& key) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream out(&stream);
    const std::string value = Payload();
    for (const auto& [tag, field] : {std::pair{0x0a, &key}, std::pair{0x12, &value}}) {
      out.WriteTag(static_cast<std::uint32_t>(tag));
      out.WriteVarint32(static_cast<std::uint32_t>(field->size()));
      out.WriteString(*field);
    }
  }
  const grpc::Slice slice(bytes);
  return {&slice, 1};
}

/// Puts, each answer sending the next.
class Puts {
 public:
  Puts(const std::shared_ptr<grpc::Channel>& channel, const Drive& drive)
      : stub_(channel), drive_(drive), tally_(drive) {}

  double Go() {
    std::unique_lock lock(mutex_);
    for (; flying_ < drive_.in_flight; ++flying_) Send();
    landed_.wait(lock, [this] { return flying_ == 0; });
    if (!fault_.empty()) Fail("etcd says " + fault_);
    return tally_.ASecond();
  }

 private:
  struct Call {
    grpc::ClientContext context;
    grpc::ByteBuffer request;
    grpc::ByteBuffer response;
  };

  void Send() {
    auto* call =
        new Call{.context = {}, .request = PutRequest(std::to_string(next_++)), .response = {}};
    stub_.UnaryCall(&call->context, "/etcdserverpb.KV/Put", {}, &call->request, &call->response,
                    [this, call](const grpc::Status& status) {
                      delete call;
                      const std::lock_guard lock(mutex_);
                      if (!status.ok()) fault_ = status.error_message();
                      tally_.Add(1);
                      if (!tally_.Over() && fault_.empty()) return Send();
                      --flying_;
                      landed_.notify_all();
                    });
  }

  grpc::GenericStub stub_;
  const Drive drive_;
  std::mutex mutex_;  // Guards what follows.
  std::condition_variable landed_;
  Tally tally_;
  std::size_t flying_ = 0;
  std::size_t next_ = 0;
  std::string fault_;
};

}  // namespace

double DriveWire(Wire& wire, const std::string& request,
                 const std::function<std::size_t(Wire&)>& answers, const Drive& drive) {
  Tally tally(drive);
  std::size_t outstanding = 0;
  while (!tally.Over() || outstanding > 0) {
    std::string together;
    for (; outstanding < drive.in_flight && !tally.Over(); ++outstanding) together += request;
    wire.Write(together);
    wire.Fill();
    const std::size_t came = answers(wire);
    outstanding -= came;
    tally.Add(came);
  }
  return tally.ASecond();
}

double DriveRedis(int port, const WireTls& tls, const Drive& drive) {
  Wire wire(port);
  wire.Secure(tls);
  const std::string request = "*5\r\n$4\r\nXADD\r\n$6\r\nevents\r\n$1\r\n*\r\n$1\r\nc\r\n$" +
                              std::to_string(kContentBytes) + "\r\n" + Payload() + "\r\n";
  return DriveWire(wire, request, RedisAnswers, drive);
}

double DriveNats(int port, const WireTls& tls, const Drive& drive) {
  Wire wire(port);
  (void)wire.Line();  // INFO
  wire.Secure(tls);
  const std::string stream =
      R"({"name":"events","subjects":["events.*"],"storage":"file","retention":"limits"})";
  wire.Write(
      "CONNECT {\"verbose\":false,\"pedantic\":false}\r\nSUB answers 1\r\n"
      "PUB $JS.API.STREAM.CREATE.events answers " +
      std::to_string(stream.size()) + "\r\n" + stream + "\r\n");
  while (NatsAnswers(wire) == 0) wire.Fill();
  const std::string request =
      "PUB events.e answers " + std::to_string(kContentBytes) + "\r\n" + Payload() + "\r\n";
  return DriveWire(wire, request, NatsAnswers, drive);
}

double DriveEtcd(int port, const WireTls& tls, const Drive& drive) {
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (!tls.directory.empty()) {
    const std::string own = tls.directory / tls.member;
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = ReadFile(tls.directory / "broker-ca.pem");
    options.pem_cert_chain = ReadFile(own + ".pem");
    options.pem_private_key = ReadFile(own + ".key");
    credentials = grpc::SslCredentials(options);
  }
  const auto channel = grpc::CreateChannel("localhost:" + std::to_string(port), credentials);
  return Puts(channel, drive).Go();
}

std::vector<std::string> PostgresWords(const std::filesystem::path& program, int port,
                                       const WireTls& tls) {
  std::vector<std::string> words = {"/usr/bin/env"};
  if (tls.directory.empty()) {
    words.push_back("PGSSLMODE=disable");
  } else {
    const std::string own = tls.directory / tls.member;
    words.insert(words.end(), {"PGSSLMODE=verify-ca",
                               "PGSSLROOTCERT=" + (tls.directory / "broker-ca.pem").string(),
                               "PGSSLCERT=" + own + ".pem", "PGSSLKEY=" + own + ".key"});
  }
  words.insert(words.end(),
               {program, "-h", "127.0.0.1", "-p", std::to_string(port), "-U", "postgres"});
  return words;
}

double DrivePostgres(int port, const WireTls& tls, const std::filesystem::path& programs,
                     const std::filesystem::path& directory, const Drive& drive) {
  std::ofstream(directory / "insert.sql")
      << "INSERT INTO events (content) VALUES ('" << Payload() << "');\n";
  std::vector<std::string> words = PostgresWords(programs / "pgbench", port, tls);
  // So many each, and not for so long: a duration would begin before a thousand have connected.
  const std::size_t each = std::max<std::size_t>(4, 4000 / drive.in_flight);
  words.insert(words.end(),
               {"-n", "-f", directory / "insert.sql", "-c", std::to_string(drive.in_flight), "-j",
                std::to_string(std::min<std::size_t>(2, drive.in_flight)), "-t",
                std::to_string(each), "postgres"});
  const std::string said = RunPeerProgram(words);
  const std::size_t at = said.find("tps = ");
  if (at == std::string::npos) Fail("pgbench says " + said);
  return std::stod(said.substr(at + 6));
}

}  // namespace tearline::benchmark
