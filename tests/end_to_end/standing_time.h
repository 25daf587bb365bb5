#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/end_to_end/running_broker.h"

namespace tearline::end_to_end {

/// A broker whose clock stands (standing_clock.cc): how it is started, and how time passes for it.
/// All times are ms since 1970.

/// In an hour, in whole seconds: certificates, which are good from when they are made, are good by
/// then.
inline std::int64_t InAnHour() {
  using std::chrono::system_clock;
  return 1000 * static_cast<std::int64_t>(
                    system_clock::to_time_t(system_clock::now() + std::chrono::hours(1)));
}

/// The environment of a broker that believes that it is this time.
inline std::vector<std::string> StandingAt(std::int64_t ms) {
  return {"LD_PRELOAD=" TEARLINE_STANDING_CLOCK,
          "TEARLINE_STANDING_CLOCK_MS=" + std::to_string(ms)};
}

/// Lets time pass up to then: the broker is stopped in good order, its clock set, the new time
/// confirmed by its operator, and it is started again.
inline void StandAt(std::int64_t ms, RunningBroker& broker) {
  broker.Stop();
  broker.SetEnvironment(StandingAt(ms));
  broker.Run({"--confirm-clock", "--by", "the-operator", "--because", "a-story-goes-on"});
  broker.Start();
}

}  // namespace tearline::end_to_end
