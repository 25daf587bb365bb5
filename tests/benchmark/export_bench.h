#pragma once

#include <cstddef>
#include <vector>

#include "tests/benchmark/row.h"
#include "tests/benchmark/scene.h"

namespace tearline::benchmark {

/// The memory that the broker, and that the command line of an auditor, hold while the whole log,
/// of at least so many records, is exported: the most until all of it is written, over the most
/// until a tenth is. Flat memory gives 1. And the broker's memory afterwards over that before.
///
/// Throws std::runtime_error.
void CompareExporting(Scene& scene, std::size_t records, std::vector<Row>& rows);

}  // namespace tearline::benchmark
