#include "tests/population/area.h"

#include <gtest/gtest.h>

namespace tearline::population {
namespace {

constexpr std::int64_t kOccurredMs = 1'800'000'000'000;

v1::Event EventOf(const Kind& kind, std::size_t content_bytes) {
  return ItemOf({7, &kind, content_bytes}, "request", kOccurredMs, "probation/desk").event();
}

TEST(AreaTest, EachKindHasWordsAndOthersMayReadWhereATearLineIsWritten) {
  for (const Kind& kind : Kinds()) {
    for (std::size_t bytes = 80; bytes < 89; ++bytes) {
      const v1::Event event = EventOf(kind, bytes);
      EXPECT_FALSE(event.segments(0).content().empty()) << kind.type;
      EXPECT_EQ(event.urgency(), kind.urgency);
      EXPECT_EQ(event.nominals(0).identifier().value(), "X000007");
      EXPECT_EQ(event.tear_lines_size(), kind.has_tear_line && bytes % 3 != 0 ? 1 : 0);
      for (const v1::TearLine& each : event.tear_lines()) EXPECT_FALSE(each.text().empty());
    }
  }
}

/// Of what has no words for others yet, nobody is told that it is held.
TEST(AreaTest, IntelligenceWithoutATearLineIsNotToldOf) {
  std::size_t intelligence = 0;
  for (const Kind& kind : Kinds()) {
    if (DeskOf(kind) != Desk::kIntelligence) continue;
    ++intelligence;
    EXPECT_TRUE(EventOf(kind, 81).label().originator_controlled());
    EXPECT_FALSE(EventOf(kind, 81).label().existence_may_be_told());
    EXPECT_TRUE(EventOf(kind, 82).label().existence_may_be_told());
  }
  EXPECT_EQ(intelligence, 2U);
}

/// A year of a thousand people: as often as the kinds say, for those in custody and those not.
TEST(AreaTest, AYearHoldsAsMuchAsTheKindsSay) {
  const Population population({.nominals = 1'000, .areas = 1, .panels = 7, .posts = 40}, 7);
  std::size_t expected = 0;
  for (std::size_t i = 0; i < 1'000; ++i) {
    for (const Kind& kind : Kinds()) {
      expected += population.PersonAt(i).in_custody ? kind.in_custody : kind.in_community;
    }
  }
  EXPECT_EQ(HappeningsIn(population, 365), expected / 1'000);
  EXPECT_EQ(HappeningsIn(population, 0), 0U);
}

}  // namespace
}  // namespace tearline::population
