#pragma once

#include <sys/types.h>

#include <cstdint>

namespace tearline::benchmark {

/// What a process has used of the cores so far, in microseconds, to the clock's tick (10 ms).
double CpuUsOf(pid_t process);

/// What a process holds of memory, in KiB. Throws std::runtime_error if it is not there.
std::uint64_t ResidentKb(pid_t process);

}  // namespace tearline::benchmark
