#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace tearline::benchmark {

/// What a process has used of the cores so far, in microseconds, to the clock's tick (10 ms).
double CpuUsOf(pid_t process);

/// What a process holds of memory, in KiB. Throws std::runtime_error if it is not there.
std::uint64_t ResidentKb(pid_t process);
/// The same; 0 if it has ended.
std::uint64_t ResidentKbIfAny(pid_t process);

/// Starts a program with these words, its output thrown away. Throws std::runtime_error.
pid_t StartProgram(const std::vector<std::string>& words);

/// Whether a process started so has ended. Throws std::runtime_error if it did not succeed.
bool HasEnded(pid_t process);

}  // namespace tearline::benchmark
