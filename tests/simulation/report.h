#pragma once

#include <cstdint>
#include <string>

#include "tests/simulation/simulation.h"

namespace tearline::simulation {

/// What went wrong, at which commit, after which steps, and the command that shows it again.
[[nodiscard]] std::string Describe(const Verdict& verdict, std::uint64_t steps);

/// What happened over many runs. A simulation in which nothing happens finds nothing.
struct Totals {
  std::uint64_t seeds = 0;
  std::uint64_t records = 0;
  std::uint64_t released = 0;
  std::uint64_t wished = 0;
  std::uint64_t late = 0;
  std::uint64_t crashes = 0;
  std::uint64_t pulses = 0;
  std::uint64_t follow_ups = 0;
  std::uint64_t merges = 0;
  std::uint64_t unmerges = 0;
  std::uint64_t taken_up = 0;

  void Add(const Verdict& verdict);
  /// In one line.
  [[nodiscard]] std::string Text() const;
};

/// Runs one seed. If the process is stopped meanwhile (a broken invariant), stderr says at which
/// seed, and how to see it again.
[[nodiscard]] Verdict RunSeed(std::uint64_t seed, std::uint64_t steps, Flaw flaw = {});

}  // namespace tearline::simulation
