#include "broker/machine/judge_for_all.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/machine/composite_world.h"

namespace tearline::machine {
namespace {

using testing::ElementsAre;

/// What was published and what the broker made are judged alike: for each post once, in order of
/// name, as for the first time.
TEST(JudgeForAll, JudgesForEachPostOnce) {
  CompositeWorld world;
  const auto judged_for = [&world] {
    std::vector<std::string> posts;
    for (const stored::v1::Detail& each : world.Details()) {
      if (!each.has_decision()) continue;
      posts.push_back(each.decision().post());
      EXPECT_FALSE(each.decision().again() || each.decision().late());
    }
    return posts;
  };
  world.Breach(CompositeWorld::kPrison);
  EXPECT_THAT(judged_for(), ElementsAre(CompositeWorld::kAccountable, CompositeWorld::kMember,
                                        CompositeWorld::kChair));
  world.Breach(CompositeWorld::kPrison);
  world.Breach(CompositeWorld::kKeeper);
  ASSERT_EQ(world.Composites().size(), 1U);
  EXPECT_THAT(judged_for(), ElementsAre(CompositeWorld::kAccountable, CompositeWorld::kMember,
                                        CompositeWorld::kChair))
      << "of the record that made it";
}

/// Who sees to what another was not told depends on who was told: whoever is judged later, too.
TEST(JudgeForAll, NamesNobodyFromWhomItIsWithheld) {
  std::string policy = kCompositePolicy;
  policy += R"(rules { id: "A2" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD
    reason: RULE_REASON_NEED_TO_KNOW when { event { event_type: "composite." } } })";
  CompositeWorld world(policy);
  world.Breach(CompositeWorld::kPrison);
  world.Breach(CompositeWorld::kPrison);
  world.Breach(CompositeWorld::kKeeper);
  ASSERT_EQ(world.Composites().size(), 1U);
  std::size_t owed = 0;
  for (const auto& [id, row] : world.OpenObligations()) {
    ++owed;
    EXPECT_EQ(row.debtor_post(), CompositeWorld::kPrison) << "who answers for the first member";
    EXPECT_EQ(row.accountable_post(), "");
  }
  EXPECT_GT(owed, 0U);
}

}  // namespace
}  // namespace tearline::machine
