#include "broker/machine/brought_in.h"

#include <gtest/gtest.h>

#include "tests/machine/moving.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

using BroughtIn = Moving;
using Posts = std::set<std::string>;

TEST_F(BroughtIn, ByTheCaseOfAnyNominalOrByASupervisionWithoutOne) {
  const std::string third = world_.Register(3);
  const auto posts = [&](const std::string& id) {
    return PostsOfPerson(id, world_.now_ms, world_.state);
  };
  EXPECT_EQ(posts(known_), Posts{kChair});
  EXPECT_EQ(posts(from_), Posts{kLeft});
  EXPECT_TRUE(posts(third).empty());
  EXPECT_FALSE(PeopleOfPost("probation/supervisor", world_.state).contains(third));
  SetSupervisor supervisor;
  supervisor.set_nominal_id(third);
  supervisor.set_post("probation/supervisor");
  ASSERT_EQ(
      world_
          .Say(Why(World::System("police/coordinator")), COMMAND_NUMBER_SET_SUPERVISOR, supervisor)
          .sentence,
      "");
  EXPECT_EQ(posts(third), Posts{"probation/supervisor"});
  EXPECT_TRUE(PeopleOfPost("probation/supervisor", world_.state).contains(third));
  EXPECT_EQ(PeopleOfPost(kChair, world_.state), std::set<std::string>{known_});
  EXPECT_TRUE(PeopleOfPost("board/board", world_.state).empty());
  ASSERT_EQ(Merge(third, known_).sentence, "");
  EXPECT_EQ(posts(third), (Posts{kChair, "probation/supervisor"}))
      << "the person has a case, which names no supervisor of its own";
}

}  // namespace
}  // namespace tearline::machine
