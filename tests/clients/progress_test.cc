#include "clients/cli/progress.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace tearline::cli {
namespace {

/// All that is said while so many are done one by one.
std::string SaidOf(std::uint64_t of, std::uint64_t every, bool terminal) {
  Progress progress("leaves", every);
  std::string said;
  for (std::uint64_t done = 1; done <= of; ++done) said += progress.Text(done, of, terminal);
  return said;
}

TEST(Progress, OnATerminalOneLineCountsOn) {
  EXPECT_EQ(SaidOf(25, 10, true), "\r10 of 25 leaves\r20 of 25 leaves\r25 of 25 leaves\n");
  EXPECT_EQ(SaidOf(2, 1, true), "\r1 of 2 leaves\r2 of 2 leaves\n");
}

TEST(Progress, ElsewhereALineIsAddedNowAndThen) {
  EXPECT_EQ(SaidOf(20'001, 1, false),
            "10000 of 20001 leaves\n20000 of 20001 leaves\n20001 of 20001 leaves\n");
}

/// On each side of what is long.
TEST(Progress, OfWhatIsShortNothingIsSaid) {
  EXPECT_EQ(SaidOf(9'999, 1, false), "");
  EXPECT_EQ(SaidOf(10'000, 1, false), "10000 of 10000 leaves\n");
  EXPECT_EQ(SaidOf(9, 10, true), "");
  EXPECT_EQ(SaidOf(10, 10, true), "\r10 of 10 leaves\n");
}

/// Whoever tells how far it is in steps of their own passes over the round numbers.
TEST(Progress, AStepThatPassesOverARoundNumberIsSaid) {
  Progress progress("leaves", 10'000);
  EXPECT_EQ(progress.Text(9'999, 30'000, false), "");
  EXPECT_EQ(progress.Text(10'255, 30'000, false), "10255 of 30000 leaves\n");
  EXPECT_EQ(progress.Text(19'999, 30'000, false), "");
  EXPECT_EQ(progress.Text(30'000, 30'000, false), "30000 of 30000 leaves\n");
}

}  // namespace
}  // namespace tearline::cli
