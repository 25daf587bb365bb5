#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/benchmark/row.h"
#include "tests/benchmark/scene.h"

namespace tearline::benchmark {

/// How much is measured.
struct Size {
  std::size_t people = 10'000;    ///< Beside 1,000: "does it matter how many there are?"
  std::size_t records = 100'000;  ///< Replayed, and started with.
  std::uint64_t leaves = 10'000'000;  ///< Of the tree in which proofs are made.
  int rounds = 5;                 ///< Of each comparison; the middle one counts.
};

/// Everything that is asked of the broker alone, one comparison after the other. Each round
/// measures ours and the other's one after the other, because a machine's disk and its neighbours
/// are not the same from one minute to the next.
///
/// With `only`, that one alone: latency, publish-1, publish-64, publish-1000, cpu, delivery-1,
/// delivery-1000, shares, audit, judging, people, subscriptions, country, verifying, proofs,
/// exporting, start, replay.
///
/// Throws std::runtime_error, std::system_error.
std::vector<Row> CompareAll(Scene& scene, const Size& size, const std::string& only);

}  // namespace tearline::benchmark
