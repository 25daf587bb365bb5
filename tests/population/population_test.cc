#include "tests/population/population.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tearline::population {
namespace {

constexpr std::uint64_t kSeed = 7;

TEST(PopulationTest, TheSameNumberDrawsTheSameCountry) {
  const Population one(Proportional(5'000), kSeed);
  const Population same(Proportional(5'000), kSeed);
  const Population other(Proportional(5'000), kSeed + 1);
  std::size_t differ = 0;
  for (std::size_t i = 0; i < 1'000; ++i) {
    EXPECT_EQ(one.PersonAt(i).supervisor, same.PersonAt(i).supervisor);
    EXPECT_EQ(one.HappeningAt(i).kind, same.HappeningAt(i).kind);
    EXPECT_EQ(one.HappeningAt(i).person, same.HappeningAt(i).person);
    if (one.HappeningAt(i).person != other.HappeningAt(i).person) ++differ;
  }
  EXPECT_GT(differ, 900U);
}

TEST(PopulationTest, ExactlyAsManyPanelsAsAsked) {
  for (const std::size_t nominals : {1'000U, 10'000U, 250'000U}) {
    const Size size = Proportional(nominals);
    const Population population(size, kSeed);
    std::size_t panels = 0;
    for (std::size_t i = 0; i < nominals; ++i) {
      if (population.PersonAt(i).HasPanel()) ++panels;
    }
    EXPECT_EQ(panels, size.panels) << nominals;
  }
}

TEST(PopulationTest, TheWholeCountryHasTheProportionsOfARealOne) {
  const Population population(Size(), kSeed);
  double in_custody = 0;
  double mappa = 0;
  double unwatched = 0;
  for (std::size_t i = 0; i < 250'000; ++i) {
    const Person person = population.PersonAt(i);
    if (person.in_custody) ++in_custody;
    if (person.level != v1::MAPPA_LEVEL_UNSPECIFIED) ++mappa;
    if (!person.supervisor) ++unwatched;
  }
  EXPECT_NEAR(in_custody / 250'000, 84'367.0 / 322'367, 0.005);
  EXPECT_NEAR(mappa / 250'000, 91'040.0 / 322'367, 0.01);
  EXPECT_NEAR(unwatched / 250'000, 0.005, 0.001);
}

TEST(PopulationTest, CategoryThreeIsNeverAtLevelOne) {
  const Population population(Size(), kSeed);
  std::size_t of_category_three = 0;
  for (std::size_t i = 0; i < 250'000; ++i) {
    const Person person = population.PersonAt(i);
    if (person.category != v1::MAPPA_CATEGORY_3) continue;
    ++of_category_three;
    EXPECT_TRUE(person.HasPanel());
  }
  EXPECT_GT(of_category_three, 0U);
}

TEST(PopulationTest, EachAreaHasEachTradeAndNoTwoPostsOneName) {
  for (const std::size_t nominals : {1U, 3'000U, 250'000U}) {
    const Population population(Proportional(nominals), kSeed);
    std::set<std::string> names;
    std::set<std::pair<std::size_t, Trade>> trades;
    for (std::size_t i = 0; i < population.size().posts; ++i) {
      const Post post = population.PostAt(i);
      names.insert(post.name);
      trades.emplace(post.area, post.trade);
    }
    EXPECT_EQ(names.size(), population.size().posts);
    EXPECT_EQ(trades.size(), population.size().areas * kTrades);
  }
}

TEST(PopulationTest, PostsAreFoundByTradeAndArea) {
  const Population population(Size(), kSeed);
  for (std::size_t area = 0; area < population.size().areas; ++area) {
    for (std::size_t trade = 0; trade < kTrades; ++trade) {
      const Post post = population.PostAt(population.IndexOf(static_cast<Trade>(trade), area));
      EXPECT_EQ(post.area, area);
      EXPECT_EQ(post.trade, static_cast<Trade>(trade));
    }
    const std::size_t last =
        population.IndexOf(Trade::kSupervisor, area, population.SupervisorsInArea(area) - 1);
    EXPECT_EQ(population.PostAt(last).area, area);
  }
}

TEST(PopulationTest, ASupervisorWorksWhereThePersonIs) {
  const Population population(Proportional(20'000), kSeed);
  for (std::size_t i = 0; i < 20'000; ++i) {
    const Person person = population.PersonAt(i);
    if (!person.supervisor) continue;
    const Post post = population.PostAt(*person.supervisor);
    EXPECT_EQ(post.area, person.area);
    EXPECT_EQ(post.trade, Trade::kSupervisor);
  }
}

/// Each kind within five standard deviations of its share.
TEST(PopulationTest, WhatHappensKeepsItsProportions) {
  const Population population(Proportional(50'000), kSeed);
  constexpr std::uint32_t kHappenings = 200'000;
  std::map<std::string_view, double> seen;
  for (std::uint32_t i = 0; i < kHappenings; ++i) {
    const Happening happening = population.HappeningAt(i);
    ++seen[happening.kind->type];
    EXPECT_NE(population.PersonAt(happening.person).in_custody ? happening.kind->in_custody
                                                               : happening.kind->in_community,
              0U);
  }
  double custody = 0;
  for (std::size_t i = 0; i < 50'000; ++i) custody += population.PersonAt(i).in_custody ? 1 : 0;
  custody /= 50'000;
  double all = 0;
  const auto weight = [&](const Kind& kind) {
    return custody * kind.in_custody + (1 - custody) * kind.in_community;
  };
  for (const Kind& kind : Kinds()) all += weight(kind);
  for (const Kind& kind : Kinds()) {
    const double share = weight(kind) / all;
    EXPECT_NEAR(seen[kind.type], kHappenings * share,
                5 * std::sqrt(kHappenings * share * (1 - share)) + 1)
        << kind.type;
  }
}

TEST(PopulationTest, ACountryThatCannotBeIsRefused) {
  EXPECT_THROW(Population({.nominals = 0}, kSeed), std::invalid_argument);
  EXPECT_THROW(Population({.nominals = 10, .areas = 2, .panels = 11, .posts = 12}, kSeed),
               std::invalid_argument);
  EXPECT_THROW(Population({.nominals = 10, .areas = 2, .panels = 1, .posts = 11}, kSeed),
               std::invalid_argument);
  EXPECT_NO_THROW(Population({.nominals = 10, .areas = 2, .panels = 10, .posts = 12}, kSeed));
}

}  // namespace
}  // namespace tearline::population
