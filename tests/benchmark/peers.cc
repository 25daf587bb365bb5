#include "tests/benchmark/peers.h"

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "tests/benchmark/peer_clients.h"
#include "tests/benchmark/peer_server.h"

namespace tearline::benchmark {
namespace {

namespace fs = std::filesystem;

constexpr char kPostgresPrograms[] = "/usr/lib/postgresql/15/bin";
constexpr char kRabbitPrograms[] = "/usr/lib/rabbitmq/bin";

/// What a peer's broker runs as; what comes later needs what comes before.
using Servers = std::vector<std::unique_ptr<PeerServer>>;

Servers Alone(std::unique_ptr<PeerServer> server) {
  Servers servers;
  servers.push_back(std::move(server));
  return servers;
}

/// One way to run a peer, and how its client drives it.
struct Peer {
  std::string name;
  std::string says;
  std::function<Servers()> start;
  std::function<double(const Drive&)> drive;
};

/// Where a peer finds its files and its certificates; none of these if in the clear.
struct Place {
  fs::path directory;
  WireTls tls;

  bool secure() const { return !tls.directory.empty(); }
  std::string Certificate(const char* file) const { return tls.directory / file; }
};

void Missing(const std::string& peer, const std::string& why) {
  std::fprintf(stderr, "NOT COMPARED: %s: %s\n", peer.c_str(), why.c_str());
}

std::vector<std::string> RedisWords(const Place& place, const char* when_synced) {
  std::vector<std::string> words = {ProgramPath("redis-server"),
                                    "--bind",
                                    "127.0.0.1",
                                    "--dir",
                                    EmptyDirectory(place.directory),
                                    "--appendonly",
                                    "yes",
                                    "--appendfsync",
                                    when_synced,
                                    "--save",
                                    "",
                                    "--auto-aof-rewrite-percentage",
                                    "0"};
  if (place.secure()) {
    words.insert(words.end(), {"--port", "0", "--tls-port", "16379", "--tls-cert-file",
                               place.Certificate("broker.pem"), "--tls-key-file",
                               place.Certificate("broker.key"), "--tls-ca-cert-file",
                               place.Certificate("agencies.pem")});
  } else {
    words.insert(words.end(), {"--port", "16379"});
  }
  return words;
}

std::unique_ptr<PeerServer> StartNats(const Place& place, bool synced) {
  EmptyDirectory(place.directory);
  fs::create_directories(place.directory / "store");
  // NATS of Debian 12 has no setting for it: every file made below a directory that is marked
  // synchronous is written through.
  if (synced) (void)RunPeerProgram({ProgramPath("chattr"), "+S", place.directory / "store"});
  std::ofstream config(place.directory / "nats.conf");
  config << "listen: 127.0.0.1:14222\njetstream { store_dir: \""
         << (place.directory / "store").string() << "\", max_mem: 1G, max_file: 20G }\n";
  if (place.secure()) {
    config << "tls { cert_file: \"" << place.Certificate("broker.pem") << "\", key_file: \""
           << place.Certificate("broker.key") << "\", ca_file: \""
           << place.Certificate("agencies.pem") << "\", verify: true }\n";
  }
  config.close();
  return std::make_unique<PeerServer>(
      std::vector<std::string>{ProgramPath("nats-server"), "-c", place.directory / "nats.conf"},
      14222, place.directory / "log");
}

std::unique_ptr<PeerServer> StartEtcd(const Place& place) {
  EmptyDirectory(place.directory);
  const std::string scheme = place.secure() ? "https" : "http";
  std::vector<std::string> words = {ProgramPath("etcd"),
                                    "--data-dir",
                                    place.directory / "store",
                                    "--listen-client-urls",
                                    scheme + "://127.0.0.1:12379",
                                    "--advertise-client-urls",
                                    scheme + "://127.0.0.1:12379",
                                    "--listen-peer-urls",
                                    "http://127.0.0.1:12380",
                                    "--log-level",
                                    "error",
                                    "--quota-backend-bytes",
                                    "8589934592"};
  if (place.secure()) {
    words.insert(words.end(), {"--cert-file", place.Certificate("broker.pem"), "--key-file",
                               place.Certificate("broker.key"), "--client-cert-auth",
                               "--trusted-ca-file", place.Certificate("agencies.pem")});
  }
  return std::make_unique<PeerServer>(words, 12379, place.directory / "log");
}

/// What PostgreSQL is told of TLS. Its key must be its own, and it lets in whoever it is told to.
std::vector<std::string> PostgresTls(const Place& place) {
  std::vector<std::string> install = {ProgramPath("install"), "-m", "600"};
  if (geteuid() == 0) install.insert(install.end(), {"-o", "postgres"});
  for (const char* file : {"broker.pem", "broker.key", "agencies.pem"}) {
    std::vector<std::string> words = install;
    words.insert(words.end(), {place.Certificate(file), place.directory / file});
    (void)RunPeerProgram(words);
  }
  std::ofstream(place.directory / "hba")
      << "hostssl all all 127.0.0.1/32 trust clientcert=verify-ca\n";
  const std::string at = place.directory.string() + "/";
  return {"-c", "ssl=on",
          "-c", "ssl_min_protocol_version=TLSv1.3",
          "-c", "ssl_cert_file=" + at + "broker.pem",
          "-c", "ssl_key_file=" + at + "broker.key",
          "-c", "ssl_ca_file=" + at + "agencies.pem",
          "-c", "hba_file=" + at + "hba"};
}

std::unique_ptr<PeerServer> StartPostgres(const Place& place) {
  const fs::path programs = kPostgresPrograms;
  EmptyDirectory(place.directory, "postgres");
  (void)RunPeerProgram(
      {programs / "initdb", "-D", place.directory / "store", "-A", "trust", "-U", "postgres"},
      "postgres");
  std::vector<std::string> words = {programs / "postgres",
                                    "-D",
                                    place.directory / "store",
                                    "-p",
                                    "15432",
                                    "-c",
                                    "listen_addresses=127.0.0.1",
                                    "-c",
                                    "unix_socket_directories=",
                                    "-c",
                                    "shared_buffers=512MB",
                                    "-c",
                                    "max_connections=1100",
                                    "-c",
                                    "max_wal_size=8GB"};
  if (place.secure()) {
    const std::vector<std::string> tls = PostgresTls(place);
    words.insert(words.end(), tls.begin(), tls.end());
  }
  auto server = std::make_unique<PeerServer>(words, 15432, place.directory / "log", "postgres");
  std::vector<std::string> table = PostgresWords(programs / "psql", 15432, place.tls);
  table.insert(table.end(), {"-c", "CREATE TABLE events (id bigserial PRIMARY KEY, content text)"});
  (void)RunPeerProgram(table);
  return server;
}

/// RabbitMQ keeps its files, its cookie and its names of nodes where it is told to; the service
/// that knows those names is a program of its own.
Servers StartRabbit(const Place& place) {
  EmptyDirectory(place.directory);
  std::ofstream(place.directory / "plugins").close();
  std::ofstream config(place.directory / "rabbitmq.conf");
  if (place.secure()) {
    config << "listeners.tcp = none\nlisteners.ssl.default = 127.0.0.1:15672\n"
           << "ssl_options.cacertfile = " << place.Certificate("agencies.pem")
           << "\nssl_options.certfile = " << place.Certificate("broker.pem")
           << "\nssl_options.keyfile = " << place.Certificate("broker.key")
           << "\nssl_options.verify = verify_peer\nssl_options.fail_if_no_peer_cert = true\n"
           << "ssl_options.versions.1 = tlsv1.3\n";
  } else {
    config << "listeners.tcp.default = 127.0.0.1:15672\n";
  }
  config.close();
  const std::string at = place.directory.string();
  Servers servers;
  servers.push_back(std::make_unique<PeerServer>(
      std::vector<std::string>{"/usr/bin/env", "ERL_EPMD_ADDRESS=127.0.0.1", ProgramPath("epmd"),
                               "-port", "14369"},
      14369, place.directory / "log"));
  servers.push_back(std::make_unique<PeerServer>(
      std::vector<std::string>{
          "/usr/bin/env", "HOME=" + at, "ERL_EPMD_PORT=14369", "RABBITMQ_DIST_PORT=25673",
          "RABBITMQ_NODENAME=tearline@localhost", "RABBITMQ_MNESIA_BASE=" + at + "/store",
          "RABBITMQ_LOG_BASE=" + at + "/logs", "RABBITMQ_CONFIG_FILE=" + at + "/rabbitmq.conf",
          "RABBITMQ_ENABLED_PLUGINS_FILE=" + at + "/plugins", "RABBITMQ_PID_FILE=" + at + "/pid",
          "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1}",
          "RUNNING_UNDER_SYSTEMD=true",  // It becomes the server, and starts none besides itself.
          std::string(kRabbitPrograms) + "/rabbitmq-server"},
      15672, place.directory / "log"));
  return servers;
}

void AddRabbit(const Place& place, const std::string& tag, const std::string& how,
               std::vector<Peer>& peers) {
  if (ProgramPath("rabbitmq-server", kRabbitPrograms).empty()) {
    Missing("RabbitMQ", "the package rabbitmq-server is not installed");
    return;
  }
  for (const auto& [kind, says] : {std::pair{"quorum", "RabbitMQ quorum queue, each write synced"},
                                   std::pair{"classic", "RabbitMQ classic queue, durable"}}) {
    peers.push_back({std::string("rabbitmq_") + kind + tag, says + how,
                     [place] { return StartRabbit(place); },
                     [place, kind = std::string(kind)](const Drive& drive) {
                       return DriveRabbit(15672, place.tls, kind, drive);
                     }});
  }
}

void AddPostgres(const Place& place, const std::string& tag, const std::string& how,
                 std::vector<Peer>& peers) {
  if (ProgramPath("postgres", kPostgresPrograms).empty()) {
    Missing("PostgreSQL", "the package postgresql-15 is not installed");
    return;
  }
  peers.push_back({"postgresql" + tag, "PostgreSQL insert, synchronous_commit" + how,
                   [place] { return Alone(StartPostgres(place)); },
                   [place](const Drive& drive) {
                     return DrivePostgres(15432, place.tls, kPostgresPrograms, place.directory,
                                          drive);
                   }});
}

/// Every peer whose server is there, in the clear and over TLS.
std::vector<Peer> PeersThere(const fs::path& directory, const WireTls& certificates) {
  std::vector<Peer> peers;
  for (const bool secure : {false, true}) {
    const Place place{directory, secure ? certificates : WireTls{}};
    const std::string tag = secure ? "_tls" : "";
    const std::string how = secure ? ", mutual TLS" : ", in the clear";
    if (ProgramPath("redis-server").empty()) {
      Missing("Redis", "the package redis-server is not installed");
    } else {
      for (const char* synced : {"always", "everysec"}) {
        peers.push_back(
            {"redis_" + std::string(synced) + tag,
             "Redis stream, appendfsync " + std::string(synced) + how,
             [place, synced] {
               return Alone(std::make_unique<PeerServer>(RedisWords(place, synced), 16379,
                                                         place.directory / "log"));
             },
             [place](const Drive& drive) { return DriveRedis(16379, place.tls, drive); }});
      }
    }
    if (ProgramPath("nats-server").empty()) {
      Missing("NATS JetStream", "the package nats-server is not installed");
    } else {
      for (const bool synced : {true, false}) {
        peers.push_back(
            {(synced ? "nats_synced" : "nats_default") + tag,
             (synced ? "NATS JetStream, each write synced" : "NATS JetStream, not synced") + how,
             [place, synced] { return Alone(StartNats(place, synced)); },
             [place](const Drive& drive) { return DriveNats(14222, place.tls, drive); }});
      }
    }
    if (ProgramPath("etcd").empty()) {
      Missing("etcd", "the package etcd-server is not installed");
    } else {
      peers.push_back({"etcd" + tag, "etcd put, synced" + how,
                       [place] { return Alone(StartEtcd(place)); },
                       [place](const Drive& drive) { return DriveEtcd(12379, place.tls, drive); }});
    }
    AddRabbit(place, tag, how, peers);
    AddPostgres(place, tag, how, peers);
  }
  return peers;
}

void CompareOne(const Peer& peer, Scene& scene, int rounds, std::vector<Row>& rows) {
  const Servers servers = peer.start();
  for (const Depth& depth : {kOne, kMany, kBatches}) {
    Rounds compared;
    for (int i = 0; i < rounds; ++i) {
      const double theirs = peer.drive({.in_flight = depth.events()});
      compared.Add(scene.Ours(depth).events_a_second, theirs);
    }
    rows.push_back(compared.AsRow(std::string("publish_") + depth.name + "_over_" + peer.name,
                                  std::string(depth.says) + ", over " + peer.says, true, "1/s"));
  }
}

}  // namespace

std::vector<Row> ComparePeers(Scene& scene, int rounds, const std::string& only) {
  std::vector<Row> rows;
  // Not below a directory that only its owner may enter: PostgreSQL runs as somebody else.
  const fs::path directory = fs::temp_directory_path() / "tearline-bench-peer";
  const WireTls certificates{scene.stage.directory() / "certs", "police/feeder"};
  for (const Peer& peer : PeersThere(directory, certificates)) {
    if (!peer.name.starts_with(only)) continue;
    try {
      CompareOne(peer, scene, rounds, rows);
    } catch (const std::runtime_error& fault) {
      Missing(peer.says, fault.what());
    }
  }
  fs::remove_all(directory);
  return rows;
}

}  // namespace tearline::benchmark
