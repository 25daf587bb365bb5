#include "tests/simulation/simulation.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/simulation/report.h"

namespace tearline::simulation {
namespace {

constexpr std::uint64_t kSteps = 120;

std::uint64_t SeedsAsked() {
  const char* asked = std::getenv("TEARLINE_SEEDS");
  return asked == nullptr ? 200 : std::strtoull(asked, nullptr, 10);
}

TEST(Simulation, NoSeedMakesTheOracleComplain) {
  std::uint64_t records = 0;
  std::uint64_t released = 0;
  std::uint64_t crashes = 0;
  for (std::uint64_t seed = 1; seed <= SeedsAsked(); ++seed) {
    const Verdict verdict = RunSeed(seed, kSteps);
    ASSERT_TRUE(verdict.complaints.empty()) << Describe(verdict, kSteps);
    records += verdict.records;
    released += verdict.released;
    crashes += verdict.crashes;
  }
  // A simulation in which nothing happens finds nothing.
  EXPECT_GT(records, SeedsAsked() * 100);
  EXPECT_GT(released, SeedsAsked() * 10);
  EXPECT_GT(crashes, SeedsAsked() * 2);
}

TEST(Simulation, OneSeedIsOneHistory) {
  const Verdict first = RunSeed(3, kSteps);
  const Verdict second = RunSeed(3, kSteps);
  EXPECT_EQ(first.records, second.records);
  EXPECT_EQ(first.released, second.released);
  EXPECT_EQ(first.last, second.last);
  EXPECT_NE(RunSeed(4, kSteps).last, first.last);
}

}  // namespace
}  // namespace tearline::simulation
