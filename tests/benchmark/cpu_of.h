#pragma once

#include <ctime>

namespace tearline::benchmark {

/// What a piece of work takes of the processor, in microseconds: of this thread alone.
template <typename Work>
double CpuOf(Work work) {
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
  };
  const double begun = now();
  work();
  return now() - begun;
}

}  // namespace tearline::benchmark
