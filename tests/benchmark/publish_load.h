#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "tests/benchmark/append_loop.h"

namespace grpc {
class Channel;
}

namespace tearline::benchmark {

/// How to load the broker.
struct Load {
  std::size_t in_flight = 1;         ///< Requests sent and not answered.
  std::size_t events_a_request = 1;  ///< 1 to 100.
  std::size_t content_bytes = 1024;  ///< Of one event.
  std::chrono::milliseconds time{3000};
};

/// What it gave.
struct Loaded {
  double events_a_second = 0;
  Durations requests;  ///< From sending to answer.
};

/// Publishes events about `nominal_id`, each with a tear-line, until the time is over, and waits
/// for the last answer. The first fifth of the time is not counted.
///
/// Throws std::runtime_error if an event is refused: a load that is refused measures nothing.
Loaded Publish(const std::shared_ptr<grpc::Channel>& channel, const std::string& post,
               const std::string& nominal_id, const Load& load);

}  // namespace tearline::benchmark
