#include "broker/policy/compare.h"

#include <gtest/gtest.h>

namespace tearline::policy {
namespace {

Decision Told(v1::Level level, std::vector<std::uint32_t> segments = {}) {
  Decision decision;
  decision.level = level;
  decision.segments = std::move(segments);
  return decision;
}

Decision Unmet(std::vector<std::size_t> nominals) {
  Decision decision = Told(v1::LEVEL_POINTER);
  decision.duty_unmet = true;
  decision.unmet_nominals = std::move(nominals);
  return decision;
}

struct Row {
  const char* what;
  Decision before, after;
  Difference difference;
};

TEST(Compare, TellsInWhatWaysDecisionsDiffer) {
  const Difference same;
  const Difference raised{.raised = true};
  const Difference unmet{.newly_unmet = true};
  const Difference masked{.masked = true};
  const Row rows[] = {
      {"nothing", Told(v1::LEVEL_FULL, {0, 1}), Told(v1::LEVEL_FULL, {0, 1}), same},
      {"a step up", Told(v1::LEVEL_WITHHELD), Told(v1::LEVEL_POINTER), raised},
      {"to full", Told(v1::LEVEL_TEAR_LINE), Told(v1::LEVEL_FULL, {0}), raised},
      {"a step down", Told(v1::LEVEL_FULL, {0}), Told(v1::LEVEL_TEAR_LINE), same},
      {"a segment more", Told(v1::LEVEL_FULL, {0}), Told(v1::LEVEL_FULL, {0, 1}), raised},
      {"a segment less", Told(v1::LEVEL_FULL, {0, 1}), Told(v1::LEVEL_FULL, {1}), masked},
      {"one for another",
       Told(v1::LEVEL_FULL, {0}),
       Told(v1::LEVEL_FULL, {1}),
       {.raised = true, .masked = true}},
      {"a duty unmet", Told(v1::LEVEL_POINTER), Unmet({0}), unmet},
      {"of one more person", Unmet({0}), Unmet({0, 1}), unmet},
      {"of one less", Unmet({0, 1}), Unmet({1}), same},
      {"met again", Unmet({0}), Told(v1::LEVEL_POINTER), same},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Compare(row.before, row.after), row.difference) << row.what;
  }
}

TEST(Compare, TellsOtherObligations) {
  Decision later = Told(v1::LEVEL_POINTER);
  later.obligations = {{v1::OBLIGATION_TYPE_READ, 1000, 1000}};
  Decision sooner = later;
  sooner.obligations[0].within_ms = 500;
  EXPECT_TRUE(Compare(later, sooner).obliges);
  EXPECT_TRUE(Compare(Told(v1::LEVEL_POINTER), sooner).obliges);
  EXPECT_FALSE(Compare(sooner, sooner).Any());
}

}  // namespace
}  // namespace tearline::policy
