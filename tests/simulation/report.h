#pragma once

#include <string>

#include "tests/simulation/simulation.h"

namespace tearline::simulation {

/// What went wrong, at which commit, after which steps, and the command that shows it again.
[[nodiscard]] std::string Describe(const Verdict& verdict, std::uint64_t steps);

/// Runs one seed. If the process is stopped meanwhile (a broken invariant), stderr says at which
/// seed, and how to see it again.
[[nodiscard]] Verdict RunSeed(std::uint64_t seed, std::uint64_t steps, Flaw flaw = {});

}  // namespace tearline::simulation
