#include "broker/crypto/random.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace tearline::crypto {
namespace {

TEST(Random, GivesAsManyBytesAsAsked) {
  for (const std::size_t count : {0U, 1U, 32U, 4096U}) EXPECT_EQ(RandomBytes(count).size(), count);
}

/// By chance, this fails once in 2^115 runs.
TEST(Random, NeverGivesTheSameTwice) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(seen.insert(RandomBytes(16)).second);
}

TEST(Random, EveryByteTakesPart) {
  std::string ever(32, '\0');
  for (int i = 0; i < 64; ++i) {
    const std::string bytes = RandomBytes(ever.size());
    for (std::size_t k = 0; k < ever.size(); ++k) ever[k] = static_cast<char>(ever[k] | bytes[k]);
  }
  EXPECT_EQ(ever, std::string(32, '\xff'));
}

}  // namespace
}  // namespace tearline::crypto
