#pragma once

#include <string>
#include <vector>

#include "tests/benchmark/row.h"
#include "tests/benchmark/scene.h"

namespace tearline::benchmark {

/// The broker beside others that a user would otherwise pick: the same payload, as many in flight,
/// in turn, each as it comes and synced before it answers, in the clear and over mutual TLS where
/// its client here can. None of them authenticates per event, seals, judges, or keeps a provable
/// log.
///
/// With `only`, those whose names begin so: redis, nats, etcd, rabbitmq, postgresql.
///
/// A peer whose server is not installed is passed over with a loud sentence on standard error.
std::vector<Row> ComparePeers(Scene& scene, int rounds, const std::string& only);

}  // namespace tearline::benchmark
