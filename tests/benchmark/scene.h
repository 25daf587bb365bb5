#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "tests/benchmark/bare_server.h"
#include "tests/benchmark/durations.h"
#include "tests/benchmark/growth.h"
#include "tests/benchmark/stream_load.h"
#include "tests/end_to_end/stage.h"

namespace tearline::benchmark {

/// How deep a load is.
struct Depth {
  const char* name;
  const char* says;
  std::size_t frames;
  std::size_t events_a_frame;

  std::size_t events() const { return frames * events_a_frame; }
};
inline constexpr Depth kOne{"1", "1 event in flight", 1, 1};
inline constexpr Depth kMany{"64", "64 events in flight, one a frame", 64, 1};
inline constexpr Depth kBatches{"1000", "1,000 events in flight, 100 a frame", 10, 100};

inline constexpr std::size_t kFewPeople = 1'000;

/// A broker with its people, and the bare server beside it.
class Scene {
 public:
  explicit Scene(end_to_end::StagePlace set);

  /// Stops the broker, lets `grow` (taking a Growth&) add to its ledger, and starts it again.
  template <typename Grow>
  void Stopped(Grow grow) {
    stage.Stop();
    {
      Growth growth(stage.Config());
      grow(growth);
    }
    stage.Start();
  }

  /// Publishes to the broker; how long and under which condition, `load` says.
  Loaded Ours(const Depth& depth, Load load = {.time = std::chrono::milliseconds(2000)});
  /// The same frames to the bare server.
  Loaded Bare(const Depth& depth);
  /// Bare synced appends of records as large.
  Durations Appends() const;
  double AppendsASecond() const;

  /// The place of another, beside this one.
  end_to_end::StagePlace Beside(const std::string& suffix) const;

  const end_to_end::StagePlace place;
  end_to_end::Stage stage;
  BareServer bare;
  std::vector<std::string> people;  ///< About whom events are.
};

}  // namespace tearline::benchmark
