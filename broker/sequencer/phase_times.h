#pragma once

#include <array>
#include <chrono>

#include "broker/machine/watch.h"
#include "broker/telemetry/metrics.h"

namespace tearline::sequencer {

/// Times the phases of applying a group of records, for the metrics.
///
/// Threads: one.
class PhaseTimes final : public machine::Watch {
 public:
  void Begin(machine::Phase /*phase*/) override { begun_ = Clock::now(); }
  void End(machine::Phase phase) override {
    took_[static_cast<std::size_t>(phase)] += Clock::now() - begun_;
  }

  /// The group is through: its sums are noted, and begin anew.
  void Note() {
    Note(telemetry::Timing::kJudge, machine::Phase::kJudge);
    Note(telemetry::Timing::kLeaf, machine::Phase::kLeaf);
  }

 private:
  using Clock = std::chrono::steady_clock;

  void Note(telemetry::Timing timing, machine::Phase phase) {
    Clock::duration& took = took_[static_cast<std::size_t>(phase)];
    telemetry::Time(timing, std::chrono::duration_cast<std::chrono::microseconds>(took));
    took = Clock::duration::zero();
  }

  Clock::time_point begun_;
  std::array<Clock::duration, machine::kPhases> took_{};
};

}  // namespace tearline::sequencer
