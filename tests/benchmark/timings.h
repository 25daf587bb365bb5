#pragma once

#include <map>
#include <string>

#include "tests/end_to_end/stage.h"

namespace tearline::benchmark {

/// What the broker has timed so far, in seconds, by the name of its metric without prefix and unit:
/// "append", "apply" …
///
/// Throws std::runtime_error.
std::map<std::string, double> ReadTimings(const end_to_end::Stage& stage);

}  // namespace tearline::benchmark
