#include "tests/soak/vital_signs.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace tearline::soak {
namespace {

TEST(VitalSigns, OfThisVeryProcessAreThere) {
  const VitalSigns signs = ReadVitalSigns(getpid(), 3);
  EXPECT_EQ(signs.minutes, 3);
  EXPECT_GT(signs.memory_mib, 1);
  EXPECT_GT(signs.files, 2u);
  EXPECT_THROW(ReadVitalSigns(-1, 0), std::runtime_error);
}

/// Both sides of what may grow, once and by the minute.
TEST(VitalSigns, GrowAsFarAsIsStatedAndNoFurther) {
  const auto after = [](double minutes, double memory_mib, double files) {
    return Growth({{.minutes = 1, .memory_mib = 100, .files = 10},
                   {.minutes = 1 + minutes,
                    .memory_mib = 100 + memory_mib,
                    .files = static_cast<std::size_t>(10 + files)}});
  };
  EXPECT_EQ(Growth({}), "");
  EXPECT_EQ(after(0, kMemoryOnceMib, kFilesOnce), "");
  EXPECT_NE(after(0, kMemoryOnceMib + 1, 0), "");
  EXPECT_NE(after(0, 0, kFilesOnce + 1), "");
  EXPECT_EQ(after(10, kMemoryOnceMib + 10 * kMemoryAMinuteMib, kFilesOnce + 10 * kFilesAMinute),
            "");
  EXPECT_NE(after(10, kMemoryOnceMib + 10 * kMemoryAMinuteMib + 1, 0), "");
  EXPECT_NE(after(10, 0, kFilesOnce + 10 * kFilesAMinute + 1), "");
  EXPECT_EQ(after(30, -50, -5), "") << "what shrinks is welcome";
}

TEST(VitalSigns, MayBecomeSlowerAsFarAsIsStatedAndNoFurther) {
  const auto run = [](const std::vector<double>& ratios) {
    std::vector<VitalSigns> signs;
    for (const double ratio : ratios) signs.push_back({.publish_over_sync = ratio});
    return Slowing(signs);
  };
  EXPECT_EQ(run({}), "");
  EXPECT_EQ(run({1, 1, 100}), "") << "too few to tell";
  EXPECT_EQ(run({2, 2, 2, 2 * kSlowerMax, 2 * kSlowerMax, 2 * kSlowerMax}), "");
  EXPECT_NE(run({2, 2, 2, 2 * kSlowerMax + 1, 2 * kSlowerMax + 1, 2 * kSlowerMax + 1}), "");
  EXPECT_EQ(run({2, 2, 2, 90, 2, 2}), "") << "one bad minute is none of the broker's";
  EXPECT_EQ(run({0, 0, 0, 9, 9, 9}), "") << "nothing was published in the first looks";
}

}  // namespace
}  // namespace tearline::soak
