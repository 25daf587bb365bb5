#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <vector>

namespace tearline::benchmark {

/// Durations of single operations, in microseconds, in the order in which they ended.
using Durations = std::vector<double>;

/// The middle one; 0 if there is none.
double Median(Durations durations);

/// What the disk gives at best to somebody who wants each append kept: write `bytes`, fdatasync,
/// again, for `time`, in a file of its own in `directory`.
///
/// Throws std::system_error.
Durations AppendLoop(const std::filesystem::path& directory, std::size_t bytes,
                     std::chrono::milliseconds time);

}  // namespace tearline::benchmark
