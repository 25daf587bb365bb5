#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "tests/benchmark/wire.h"

namespace tearline::benchmark {

/// How hard a peer is driven, and for how long; the first fifth is not counted.
struct Drive {
  std::size_t in_flight = 64;
  std::chrono::milliseconds time{1500};
};

/// Keeps `in_flight` requests on a connection; `answers` takes what came and says how many it was.
double DriveWire(Wire& wire, const std::string& request,
                 const std::function<std::size_t(Wire&)>& answers, const Drive& drive);

// Events of 1 KiB a second, published and answered, with so many in flight on one connection (of
// PostgreSQL: on as many connections). All throw std::runtime_error.

/// XADD to one stream of Redis.
double DriveRedis(int port, const WireTls& tls, const Drive& drive);
/// Publishes to one file stream of NATS JetStream, with an acknowledgement for each message.
double DriveNats(int port, const WireTls& tls, const Drive& drive);
/// Puts of etcd, each under a key of its own.
double DriveEtcd(int port, const WireTls& tls, const Drive& drive);
/// Publishes to one durable queue of RabbitMQ, persistent, with a confirmation for each message.
/// `kind` is "quorum" (each write synced) or "classic".
double DriveRabbit(int port, const WireTls& tls, const std::string& kind, const Drive& drive);
/// Inserts into one table of PostgreSQL, a transaction each, by pgbench: some 4,000, however long
/// it takes.
double DrivePostgres(int port, const WireTls& tls, const std::filesystem::path& programs,
                     const std::filesystem::path& directory, const Drive& drive);

/// The words that begin a call of one of PostgreSQL's programs.
std::vector<std::string> PostgresWords(const std::filesystem::path& program, int port,
                                       const WireTls& tls);

}  // namespace tearline::benchmark
