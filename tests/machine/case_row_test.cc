#include "broker/machine/case_row.h"

#include <gtest/gtest.h>

#include "tests/machine/action_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

struct FormRow {
  v1::MappaCategory category;
  v1::MappaLevel level;
  bool good;
};

TEST(CaseRow, KnowsCategoriesAndLevels) {
  const FormRow rows[] = {
      {v1::MAPPA_CATEGORY_1, v1::MAPPA_LEVEL_1, true},
      {v1::MAPPA_CATEGORY_2, v1::MAPPA_LEVEL_3, true},
      {v1::MAPPA_CATEGORY_3, v1::MAPPA_LEVEL_1, false},
      {v1::MAPPA_CATEGORY_3, v1::MAPPA_LEVEL_2, true},
      {v1::MAPPA_CATEGORY_4, v1::MAPPA_LEVEL_1, true},
      {v1::MAPPA_CATEGORY_UNKNOWN, v1::MAPPA_LEVEL_1, true},
      {v1::MAPPA_CATEGORY_UNSPECIFIED, v1::MAPPA_LEVEL_1, false},
      {v1::MAPPA_CATEGORY_1, v1::MAPPA_LEVEL_UNSPECIFIED, false},
      {static_cast<v1::MappaCategory>(99), v1::MAPPA_LEVEL_1, false},
      {v1::MAPPA_CATEGORY_1, static_cast<v1::MappaLevel>(99), false},
  };
  for (const FormRow& row : rows) {
    EXPECT_EQ(CheckCategoryAndLevel(row.category, row.level, "").ok(), row.good)
        << row.category << "/" << row.level;
  }
}

TEST(CaseRow, TellsALowerLevelFromAnythingElse) {
  v1::Case before;
  before.set_category(v1::MAPPA_CATEGORY_2);
  before.set_level(v1::MAPPA_LEVEL_2);
  EXPECT_TRUE(OnlyLowers(before, v1::MAPPA_CATEGORY_2, v1::MAPPA_LEVEL_1));
  EXPECT_FALSE(OnlyLowers(before, v1::MAPPA_CATEGORY_2, v1::MAPPA_LEVEL_3));
  EXPECT_FALSE(OnlyLowers(before, v1::MAPPA_CATEGORY_1, v1::MAPPA_LEVEL_1));
}

struct LookRow {
  const char* post;
  bool while_open;
  bool when_ended;
};

/// From its end on, a case is shown to its co-ordinators and to auditors of its area.
TEST(CaseRow, IsShownToFewerWhenItHasEnded) {
  ActionWorld world;
  SetPost set;
  set.mutable_post()->set_post("prison/auditor");
  set.mutable_post()->add_roles(v1::POST_ROLE_AUDITOR);
  set.mutable_post()->mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
  world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set);
  set.mutable_post()->set_post("prison/elsewhere");
  set.mutable_post()->add_areas("south");
  world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set);
  const LookRow rows[] = {
      {"probation/chair", true, false},       {"police/panel", true, false},
      {"ct-police/accountable", true, false}, {"probation/supervisor", true, false},
      {"police/coordinator", true, true},     {"prison/auditor", false, true},
      {"prison/elsewhere", false, false},     {"prison/security", false, false},
  };
  CaseRow row = world.Case();
  for (const LookRow& each : rows) {
    Actor actor;
    actor.set_agency(AgencyOfPost(each.post));
    actor.set_post(each.post);
    row.clear_ended_ms();
    EXPECT_EQ(MaySeeCase(row, actor, world.state), each.while_open) << each.post;
    row.set_ended_ms(1);
    EXPECT_EQ(MaySeeCase(row, actor, world.state), each.when_ended) << each.post;
  }
}

/// The open one; else the one that ended last.
TEST(CaseRow, IsFoundByItsNominalWhenItHasEnded) {
  ActionWorld world;
  EXPECT_FALSE(LastCaseOf(world.Register(9), world.state).has_value());
  EXPECT_FALSE(LastCaseOf("", world.state).has_value());
  const auto last = [&world] { return LastCaseOf(world.nominal, world.state)->case_().case_id(); };
  EXPECT_EQ(last(), world.Case().case_().case_id());
  for (int i = 0; i < 2; ++i) {
    EndCase fact = world.Exit();
    fact.set_as_fact(true);
    ASSERT_EQ(world.Set(fact, ActionWorld::Feed()).sentence, "");
    EXPECT_EQ(last(), world.Case().case_().case_id());
    EXPECT_NE(LastCaseOf(world.nominal, world.state)->ended_ms(), 0);
    world.case_id = world.OpenCase(world.nominal, {});
    EXPECT_EQ(last(), world.Case().case_().case_id());
  }
  EXPECT_EQ(world.state.Scan(EndedCasesOf(world.nominal), 10).size(), 2u);
}

/// By whichever nominal of the person it was opened.
TEST(CaseRow, IsFoundByAnyNominalOfThePersonWhenItHasEnded) {
  ActionWorld world;
  EndCase fact = world.Exit();
  fact.set_as_fact(true);
  ASSERT_EQ(world.Set(fact, ActionWorld::Feed()).sentence, "");
  const std::string other = world.Register(2);
  EXPECT_FALSE(LastCaseOf(other, world.state).has_value());
  ASSERT_EQ(world.Merge(other, world.nominal).sentence, "");
  const auto found = LastCaseOf(other, world.state);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->case_().case_id(), world.Case().case_().case_id());
}

TEST(CaseRow, KnowsItsChairAndItsCoordinators) {
  const ActionWorld world;
  const v1::Case shown = world.Case().case_();
  EXPECT_TRUE(IsChair(shown, ActionWorld::kChair));
  EXPECT_FALSE(IsChair(shown, ActionWorld::kMember));
  EXPECT_TRUE(HasChair(shown));
  EXPECT_FALSE(HasChair(v1::Case()));
  EXPECT_TRUE(IsCoordinatorOf(shown, World::System("police/coordinator"), world.state));
  EXPECT_FALSE(IsCoordinatorOf(shown, World::System("probation/supervisor"), world.state));
  EXPECT_TRUE(FindOpenCase(world.case_id, world.state).ok());
  EXPECT_EQ(ReasonOf(FindOpenCase(std::string(16, 'x'), world.state).status()),
            v1::ERROR_REASON_NOT_FOUND);
}

}  // namespace
}  // namespace tearline::machine
