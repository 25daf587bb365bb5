#include "tests/fuzz/mutate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace tearline::fuzz {
namespace {

const std::vector<std::string> kSeeds = {"one seed", "and another", ""};

TEST(Mutate, TheSameChanceMakesTheSameInputs) {
  std::mt19937_64 once(7);
  std::mt19937_64 again(7);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(Mutate(kSeeds, once), Mutate(kSeeds, again));
}

TEST(Mutate, InputsDifferAndStayWithinTheirBound) {
  std::mt19937_64 chance(7);
  std::set<std::string> inputs;
  std::size_t longest = 0;
  const std::vector<std::string> long_seeds = {std::string(kInputBytesMax, 'x'), "y"};
  for (int i = 0; i < 1000; ++i) {
    inputs.insert(Mutate(kSeeds, chance));
    longest = std::max(longest, Mutate(long_seeds, chance).size());
  }
  EXPECT_GT(inputs.size(), 500u);
  EXPECT_EQ(longest, kInputBytesMax);
}

}  // namespace
}  // namespace tearline::fuzz
