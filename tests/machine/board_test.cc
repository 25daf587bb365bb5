#include "broker/machine/board.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/doubles/counting_reader.h"
#include "tests/machine/duty_world.h"

namespace tearline::machine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Board : public DutyWorld {
 protected:
  void Add(const std::string& post, const std::string& holder) {
    v1::Post board;
    board.set_post(post);
    board.add_roles(v1::POST_ROLE_STRATEGIC_BOARD);
    board.set_holder(holder);
    board.mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
    Set(board);
  }
};

TEST_F(Board, IsOfAnAgencyOrOfAnyInOrderOfName) {
  EXPECT_THAT(BoardsOf("", world.state), ElementsAre(kBoard));
  Add("probation/smb", "chair-holder");
  EXPECT_THAT(BoardsOf("", world.state), ElementsAre(kBoard, "probation/smb"));
  EXPECT_THAT(BoardsOf("probation", world.state), ElementsAre("probation/smb"));
  EXPECT_THAT(BoardsOf("prison", world.state), IsEmpty());
}

/// A board where nobody is hears of nothing.
TEST_F(Board, IsOneWhereSomebodyIs) {
  Add("probation/smb", "");
  EXPECT_THAT(BoardsOf("probation", world.state), IsEmpty());
  Suspend("board");
  EXPECT_THAT(BoardsOf("", world.state), IsEmpty());
}

/// As many posts are looked at as for a reviewer, so that no record looks at a whole country.
TEST_F(Board, IsLookedForAmongSoManyPosts) {
  const auto put = [this](const std::string& post, v1::PostRole role) {
    state::Batch batch(world.state);
    stored::v1::PostRow row;
    row.mutable_post()->set_post(post);
    row.mutable_post()->add_roles(role);
    row.mutable_post()->set_holder("chair-holder");
    batch.PutRow(PostKey(post), row);
    world.state.Commit(batch);
  };
  for (std::size_t i = 0; i + 1 < model::kReviewersLookedAtMax; ++i) {
    put("many/a" + std::to_string(i), v1::POST_ROLE_PRACTITIONER);
  }
  put("many/z", v1::POST_ROLE_STRATEGIC_BOARD);
  EXPECT_THAT(BoardsOf("many", world.state), ElementsAre("many/z"));
  put("many/b", v1::POST_ROLE_PRACTITIONER);
  EXPECT_THAT(BoardsOf("many", world.state), IsEmpty());
}

/// What is owed climbs again and again; the directory is looked through once, until it changes.
TEST_F(Board, IsLookedForOnceWhileNoPostIsWritten) {
  const doubles::CountingReader counting(world.state);
  state::Batch batch(counting);
  for (int i = 0; i < 3; ++i) EXPECT_THAT(BoardsOf("", batch), ElementsAre(kBoard));
  EXPECT_EQ(counting.ScansOf(state::Table::kPost), 1);
  stored::v1::PostRow row;
  row.mutable_post()->set_post("probation/smb");
  row.mutable_post()->add_roles(v1::POST_ROLE_STRATEGIC_BOARD);
  row.mutable_post()->set_holder("chair-holder");
  batch.PutRow(PostKey("probation/smb"), row);
  EXPECT_THAT(BoardsOf("", batch), ElementsAre(kBoard, "probation/smb"));
}

}  // namespace
}  // namespace tearline::machine
