#include "broker/machine/identity.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "broker/machine/rows.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

/// Nobody who was never merged is anybody else; nor is a nominal nobody knows.
TEST(Identity, IsOnesOwnUntilAMerge) {
  World world;
  const std::string one = world.Register(1);
  EXPECT_EQ(SurvivorOf(one, world.state), one);
  EXPECT_EQ(SamePerson(one, world.state), std::vector<std::string>{one});
  EXPECT_EQ(SurvivorOf(std::string(16, 'x'), world.state), std::string(16, 'x'));
  EXPECT_EQ(CaseOfNominal(one, world.state), nullptr);
}

/// Whichever of them is asked about: all, the surviving one first, and the case of any.
TEST(Identity, IsAllThatWereMerged) {
  World world;
  const std::string one = world.Register(1);
  const std::string two = world.Register(2);
  world.OpenCase(one, {});
  stored::v1::MergeNominals command;
  command.set_removed_id(one);
  command.set_surviving_id(two);
  stored::v1::Actor actor = World::System("police/coordinator");
  actor.set_purpose("public-protection");
  ASSERT_EQ(world.Say(actor, stored::v1::COMMAND_NUMBER_MERGE_NOMINALS, command).outcome,
            audit::Outcome::kApplied);
  for (const std::string& id : {one, two}) {
    EXPECT_EQ(SurvivorOf(id, world.state), two);
    EXPECT_EQ(SamePerson(id, world.state), (std::vector<std::string>{two, one}));
    ASSERT_NE(NominalWithCase(id, world.state), nullptr);
    EXPECT_NE(CaseOfNominal(id, world.state), nullptr);
  }
}

/// Whatever was merged into it stays with it, and so on; what it was merged into does not.
TEST(Identity, GoesWithWhatWasMergedIntoIt) {
  World world;
  const std::string one = world.Register(1);
  const std::string two = world.Register(2);
  const std::string three = world.Register(3);
  ASSERT_EQ(world.Merge(one, two).outcome, audit::Outcome::kApplied);
  ASSERT_EQ(world.Merge(two, three).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(GoesWith(one, world.state), std::vector<std::string>{one});
  EXPECT_EQ(GoesWith(two, world.state), (std::vector<std::string>{two, one}));
  EXPECT_EQ(GoesWith(three, world.state), (std::vector<std::string>{three, two, one}));
}

/// Of then, not of now: neither what was joined since, nor without what was parted since.
TEST(Identity, WasAsItWasThen) {
  World world;
  const std::string one = world.Register(1);
  const std::string two = world.Register(2);
  stored::v1::Actor actor = World::System("police/coordinator");
  actor.set_purpose("public-protection");
  const std::int64_t before = world.now_ms;
  const std::int64_t merged = world.now_ms += 1000;
  stored::v1::MergeNominals merge;
  merge.set_removed_id(one);
  merge.set_surviving_id(two);
  world.Say(actor, stored::v1::COMMAND_NUMBER_MERGE_NOMINALS, merge);
  const std::int64_t parted = world.now_ms += 1000;
  stored::v1::UnmergeNominals unmerge;
  unmerge.set_removed_id(one);
  ASSERT_EQ(world.Say(actor, stored::v1::COMMAND_NUMBER_UNMERGE_NOMINALS, unmerge).outcome,
            audit::Outcome::kApplied);
  using Ids = std::set<std::string>;
  for (const std::string& id : {one, two}) {
    EXPECT_EQ(SamePersonAt(id, before, world.state), Ids{id});
    EXPECT_EQ(SamePersonAt(id, merged, world.state), (Ids{one, two}));
    EXPECT_EQ(SamePersonAt(id, parted - 1, world.state), (Ids{one, two}));
    EXPECT_EQ(SamePersonAt(id, parted, world.state), Ids{id});
  }
}

/// By way of which merges two are one: the last of them made them so.
TEST(Identity, IsJoinedByTheLastMergeBetweenTwo) {
  World world;
  const std::string one = world.Register(1);
  const std::string two = world.Register(2);
  const std::string three = world.Register(3);
  stored::v1::Actor actor = World::System("police/coordinator");
  actor.set_purpose("public-protection");
  const auto merge = [&](const std::string& removed, const std::string& surviving) {
    stored::v1::MergeNominals command;
    command.set_removed_id(removed);
    command.set_surviving_id(surviving);
    EXPECT_EQ(world.Say(actor, stored::v1::COMMAND_NUMBER_MERGE_NOMINALS, command).sentence, "");
    return world.records.size();
  };
  const model::Position first = merge(one, two);
  const model::Position second = merge(three, one);
  EXPECT_EQ(JoinedAt(one, one, world.state), 0U);
  EXPECT_EQ(JoinedAt(one, two, world.state), first);
  EXPECT_EQ(JoinedAt(two, one, world.state), first);
  EXPECT_EQ(JoinedAt(three, one, world.state), second);
  EXPECT_EQ(JoinedAt(two, three, world.state), second) << "by way of the one";
}

/// P6. To who is kept out of either, each is called as it ever was.
TEST(Identity, IsNamedAsEverToWhomIsKeptOut) {
  World world;
  const std::string one = world.Register(1);
  const std::string two = world.Register(2);
  stored::v1::Actor actor = World::System("police/coordinator");
  actor.set_purpose("public-protection");
  stored::v1::DeclareConflict conflict;
  conflict.set_nominal_id(two);
  conflict.set_post("probation/chair");
  world.Say(actor, stored::v1::COMMAND_NUMBER_DECLARE_CONFLICT, conflict);
  stored::v1::MergeNominals merge;
  merge.set_removed_id(one);
  merge.set_surviving_id(two);
  world.Say(actor, stored::v1::COMMAND_NUMBER_MERGE_NOMINALS, merge);
  EXPECT_TRUE(IsKeptOutOfPerson("probation/chair", one, world.state));
  EXPECT_FALSE(IsKeptOutOfPerson("police/panel", one, world.state));
  EXPECT_EQ(NameFor("probation/chair", one, world.state), one);
  EXPECT_EQ(NameFor("police/panel", one, world.state), two);
}

}  // namespace
}  // namespace tearline::machine
