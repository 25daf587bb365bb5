#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>

#include "tests/benchmark/durations.h"

namespace tearline::benchmark {

/// What the disk gives at best to somebody who wants each append kept: write `bytes`, fdatasync,
/// again, for `time`, in a file of its own in `directory`.
///
/// Throws std::system_error.
Durations AppendLoop(const std::filesystem::path& directory, std::size_t bytes,
                     std::chrono::milliseconds time);

}  // namespace tearline::benchmark
