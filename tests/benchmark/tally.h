#pragma once

#include <chrono>
#include <cstddef>

#include "tests/benchmark/peer_clients.h"

namespace tearline::benchmark {

/// Counts answers after the first fifth of a drive.
class Tally {
 public:
  explicit Tally(const Drive& drive)
      : count_from_(Clock::now() + drive.time / 5), end_(count_from_ + drive.time * 4 / 5) {}
  void Add(std::size_t answers) {
    last_ = Clock::now();
    if (last_ >= count_from_) counted_ += answers;
  }
  bool Over() const { return Clock::now() >= end_; }
  double ASecond() const {
    return static_cast<double>(counted_) /
           std::chrono::duration<double>(last_ - count_from_).count();
  }

 private:
  using Clock = std::chrono::steady_clock;

  const Clock::time_point count_from_;
  const Clock::time_point end_;
  Clock::time_point last_ = Clock::now();
  std::size_t counted_ = 0;
};

}  // namespace tearline::benchmark
