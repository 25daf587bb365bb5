// simulate [--seed N] [--steps M] [--seeds K]: runs K seeds from N on, M steps each, and stops at
// the first that shows a fault. Exit code 1 if one did.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/simulation/report.h"

int main(int argc, char** argv) {
  std::uint64_t seed = 1;
  std::uint64_t steps = 120;
  std::uint64_t seeds = 1;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string option = argv[i];
    const std::uint64_t value = std::strtoull(argv[i + 1], nullptr, 10);
    if (option == "--seed") seed = value;
    if (option == "--steps") steps = value;
    if (option == "--seeds") seeds = value;
  }
  tearline::simulation::Totals totals;
  for (std::uint64_t i = 0; i < seeds; ++i) {
    const auto verdict = tearline::simulation::RunSeed(seed + i, steps);
    if (!verdict.complaints.empty()) {
      std::fputs(tearline::simulation::Describe(verdict, steps).c_str(), stdout);
      return 1;
    }
    totals.Add(verdict);
  }
  std::printf("%s: nothing found\n", totals.Text().c_str());
  return 0;
}
