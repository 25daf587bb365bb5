#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/benchmark/durations.h"

namespace grpc {
class Channel;
}

namespace tearline::benchmark {

/// How to load whoever speaks PublishStream.
struct Load {
  std::size_t frames_in_flight = 1;
  std::size_t events_a_frame = 1;  ///< 1 to 100.
  std::chrono::milliseconds time{2000};
  /// Whether another frame may be sent, beyond what is in flight; always, if empty.
  std::function<bool(std::uint64_t sent)> may_send{};
};

/// What it gave.
struct Loaded {
  double events_a_second = 0;
  std::uint64_t events = 0;  ///< All of them, also those of the first fifth.
  Durations frames;          ///< From sending to the last result of each.
};

/// Publishes events over one stream until the time is over, and waits for the last result. Each
/// event is about one of `nominal_ids`, in turn. The first fifth of the time is not counted.
///
/// Throws std::runtime_error if an event is refused: a load that is refused measures nothing.
Loaded PublishOverStream(const std::shared_ptr<grpc::Channel>& channel, const std::string& post,
                         const std::vector<std::string>& nominal_ids, const Load& load);

}  // namespace tearline::benchmark
