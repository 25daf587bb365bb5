#include "broker/policy/diagram.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

namespace tearline::policy {
namespace {

using Set = Diagrams::Set;

/// Three variables of 2, 3 and 4 values: 24 situations, small enough to list.
constexpr std::uint32_t kValues[] = {2, 3, 4};
constexpr std::uint32_t kSituations = 2 * 3 * 4;

std::uint32_t ValueIn(std::uint32_t situation, std::uint32_t variable) {
  for (std::uint32_t before = 0; before < variable; ++before) situation /= kValues[before];
  return situation % kValues[variable];
}

/// A set beside the list of what it should hold.
struct Both {
  Set set;
  std::uint32_t listed;  ///< One bit per situation.
};

bool Holds(const Diagrams& diagrams, Set set, std::uint32_t situation) {
  return diagrams.Holds(set, {ValueIn(situation, 0), ValueIn(situation, 1), ValueIn(situation, 2)});
}

/// Sets made at random hold what lists made the same way hold, and equal lists have equal numbers.
TEST(Diagrams, SayWhatListsSay) {
  std::mt19937 random(7);
  Diagrams diagrams({2, 3, 4}, 1'000'000);
  std::vector<Both> made = {{Diagrams::kNone, 0}, {Diagrams::kAll, (1U << kSituations) - 1}};
  for (std::uint32_t variable = 0; variable < 3; ++variable) {
    for (std::uint32_t wanted = 0; wanted < 1U << kValues[variable]; ++wanted) {
      Both both{diagrams.Where(variable, [&](std::uint32_t value) { return wanted >> value & 1U; }),
                0};
      for (std::uint32_t i = 0; i < kSituations; ++i) {
        if (wanted >> ValueIn(i, variable) & 1U) both.listed |= 1U << i;
      }
      made.push_back(both);
    }
  }
  for (int round = 0; round < 2000; ++round) {
    const Both a = made[random() % made.size()];
    const Both b = made[random() % made.size()];
    switch (random() % 4) {
      case 0:
        made.push_back({diagrams.And(a.set, b.set), a.listed & b.listed});
        break;
      case 1:
        made.push_back({diagrams.Or(a.set, b.set), a.listed | b.listed});
        break;
      case 2:
        made.push_back({diagrams.Without(a.set, b.set), a.listed & ~b.listed});
        break;
      default:
        made.push_back({diagrams.Not(a.set), ~a.listed & ((1U << kSituations) - 1)});
    }
  }
  for (const Both& each : made) {
    for (std::uint32_t i = 0; i < kSituations; ++i) {
      ASSERT_EQ(Holds(diagrams, each.set, i), (each.listed >> i & 1U) == 1U);
    }
    for (const Both& other : made) {
      ASSERT_EQ(each.set == other.set, each.listed == other.listed);
    }
  }
}

/// What is left when later variables are not asked: exactly those for which some value would do.
TEST(Diagrams, ForgetLaterVariables) {
  Diagrams diagrams({2, 3, 4}, 1000);
  const Set first = diagrams.Where(0, [](std::uint32_t value) { return value == 1; });
  const Set last = diagrams.Where(2, [](std::uint32_t value) { return value == 2; });
  EXPECT_EQ(diagrams.Project(diagrams.And(first, last), 1), first);
  EXPECT_EQ(diagrams.Project(last, 1), Diagrams::kAll);
  EXPECT_EQ(diagrams.Project(Diagrams::kNone, 0), Diagrams::kNone);
}

TEST(Diagrams, GiveAnExampleThatLiesInTheSet) {
  Diagrams diagrams({2, 3, 4}, 1000);
  const Set set = diagrams.And(diagrams.Where(0, [](std::uint32_t value) { return value == 1; }),
                               diagrams.Where(2, [](std::uint32_t value) { return value == 3; }));
  const auto example = diagrams.Example(set);
  EXPECT_EQ(example[0], 1U);
  EXPECT_EQ(example[1], std::nullopt) << "the second does not matter";
  EXPECT_EQ(example[2], 3U);
}

/// Whoever runs out of steps says so; nobody waits without end.
TEST(Diagrams, StopWhenTheStepsAreUsedUp) {
  Diagrams diagrams(std::vector<std::uint32_t>(24, 2), 50);
  Set set = Diagrams::kNone;
  for (std::uint32_t i = 0; i < 12; ++i) {
    const auto one = [](std::uint32_t value) { return value == 1; };
    set = diagrams.Or(set, diagrams.And(diagrams.Where(i, one), diagrams.Where(i + 12, one)));
  }
  EXPECT_TRUE(diagrams.Exhausted());
  Diagrams enough(std::vector<std::uint32_t>(24, 2), 1'000'000);
  EXPECT_FALSE(enough.Exhausted());
}

}  // namespace
}  // namespace tearline::policy
