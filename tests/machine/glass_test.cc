#include "broker/machine/glass.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "broker/machine/board.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/duty_world.h"

namespace tearline::machine {
namespace {

/// Read each row as: "POST, held by HOLDER, may review what the probation
/// supervisor's holder did": it stands below board/board.
struct Row {
  const char* post;
  const char* escalates_to;
  const char* holder;
  bool may_review;
};

constexpr Row kRows[] = {
    {"probation/supervisor", "board/board", "supervisor-holder", false},  // itself
    {"board/board", "", "board-holder", false},                           // above it
    {"probation/below", "probation/supervisor", "below-holder", false},   // below it
    {"probation/beside", "board/board", "beside-holder", true},
    {"probation/beside", "board/board", "supervisor-holder", false},  // the same person
    {"probation/beside", "board/board", "supervisor-deputy", false},  // their deputy
    {"police/beside", "", "supervisor-holder", true},  // another agency's person of that name
};

TEST(Glass, IsReviewedOutsideTheLine) {
  const World world;
  const stored::v1::Actor author = World::Holder("probation/supervisor");
  for (const Row& row : kRows) {
    v1::Post reviewer;
    reviewer.set_post(row.post);
    reviewer.set_escalates_to(row.escalates_to);
    reviewer.set_holder(row.holder);
    EXPECT_EQ(IsOutsideLine(reviewer, author, world.state), row.may_review)
        << row.post << " held by " << row.holder;
  }
}

TEST(Glass, IsReviewedByInformationGovernance) {
  const World world;
  EXPECT_EQ(ReviewerFor(World::Holder("probation/supervisor"), world.state), "desk/governance");
  EXPECT_EQ(ReviewerFor(World::Holder("desk/governance"), world.state), "")
      << "nobody reviews themselves";
}

/// A directory of any size costs so much and no more.
TEST(Glass, LooksAtSoManyPostsForAReviewer) {
  World world;
  const auto put = [&world](const std::string& name, v1::PostRole role) {
    stored::v1::PostRow row;
    row.mutable_post()->set_post(name);
    row.mutable_post()->add_roles(role);
    state::Batch batch(world.state);
    batch.PutRow(PostKey(name), row);
    world.state.Commit(batch);
  };
  std::size_t posts = world.state.Scan(state::Key(state::Table::kPost), 100).size();
  put("zz/governance", v1::POST_ROLE_INFORMATION_GOVERNANCE);
  for (++posts; posts < model::kReviewersLookedAtMax; ++posts) {
    put("a/p" + std::to_string(posts), v1::POST_ROLE_PRACTITIONER);
  }
  const stored::v1::Actor author = World::Holder("desk/governance");
  EXPECT_EQ(ReviewerFor(author, world.state), "zz/governance") << "the last that is looked at";
  put("a/one-more", v1::POST_ROLE_PRACTITIONER);
  EXPECT_EQ(ReviewerFor(author, world.state), "");
}

TEST(Glass, CountsForNothingFromItsEndOn) {
  World world;
  const std::string nominal = world.Register(1);
  stored::v1::OpenGlass glass;
  glass.set_break_glass_id(std::string(16, 'g'));
  glass.set_post("police/panel");
  glass.set_until_ms(1000);
  stored::v1::NominalRow row;
  *row.add_open_glass() = glass;
  state::Batch batch(world.state);
  batch.PutRow(NominalKey(nominal), row);
  world.state.Commit(batch);
  EXPECT_EQ(PostsWithGlass(nominal, 999, world.state), std::set<std::string>{"police/panel"});
  EXPECT_TRUE(PostsWithGlass(nominal, 1000, world.state).empty());
  ASSERT_NE(GlassOf("police/panel", row), nullptr) << "till a pulse has come by";
  EXPECT_EQ(GlassText(*GlassOf("police/panel", row)), "brk_67676767676767676767676767676767");
  EXPECT_EQ(GlassOf("police/other", row), nullptr);
}

class GlassToldAbove : public DutyWorld {
 protected:
  /// prison/security, which has no line, breaks the glass.
  v1::ErrorReason Break() {
    stored::v1::BreakGlass command;
    command.set_nominal_id(world.nominal);
    command.set_reason(v1::BREAK_GLASS_REASON_THREAT_TO_LIFE);
    command.set_because("a threat was made tonight; ref 12");
    command.set_lasts_ms(kHourMs);
    stored::v1::Actor actor = World::Holder(kPrison);
    actor.set_purpose("public-protection");
    return world.Say(actor, stored::v1::COMMAND_NUMBER_BREAK_GLASS, command).reason;
  }
  void Leave(const std::string& post) {
    v1::Post set = PostAsItIs(post);
    set.clear_holder();
    set.clear_deputy();
    set.clear_services();
    Set(set);
  }
};

/// A post without a line is not watched by nobody: a board hears at once.
TEST_F(GlassToldAbove, IsABoardWhereThereIsNoLine) {
  world.behaviour_version = kBefore;
  ASSERT_EQ(Break(), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(world.Waiting(kBoard, v1::URGENCY_URGENT), 0u) << "as it was: nobody";

  DutyWorld::world = EventWorld();
  ASSERT_EQ(Break(), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(world.Waiting(kBoard, v1::URGENCY_URGENT), 1u);
}

/// The first up the line where somebody is: a post that nobody holds watches nobody.
TEST_F(GlassToldAbove, IsTheFirstWhoIsThere) {
  EscalatesTo(kPrison, "police/panel");
  EscalatesTo("police/panel", "education/guest");
  Leave("police/panel");
  ASSERT_EQ(Break(), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(world.Waiting("education/guest", v1::URGENCY_URGENT), 1u);
  EXPECT_EQ(world.Waiting(kBoard, v1::URGENCY_URGENT), 0u);
}

/// P6. Nobody who is kept out of the person, neither up the line nor a board; nor does the answer
/// say so.
TEST_F(GlassToldAbove, IsNobodyWhoIsKeptOutOfThePerson) {
  EscalatesTo(kPrison, "education/guest");
  Exclude("education/guest");
  ASSERT_EQ(Break(), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(world.Waiting("education/guest", v1::URGENCY_URGENT), 0u);
  EXPECT_EQ(world.Waiting(kBoard, v1::URGENCY_URGENT), 1u);

  DutyWorld::world = EventWorld();
  Exclude("board");
  ASSERT_EQ(Break(), v1::ERROR_REASON_UNSPECIFIED) << "as about anybody else";
  EXPECT_EQ(world.Waiting(kBoard, v1::URGENCY_URGENT), 0u);

  DutyWorld::world = EventWorld();
  Exclude("board");
  world.behaviour_version = kPassedOverFrom - 1;
  ASSERT_EQ(Break(), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(world.Waiting(kBoard, v1::URGENCY_URGENT), 1u) << "as it was";
}

/// P6. Nor is it reviewed by who is kept out, as long as another can; and reviewed it must be.
TEST_F(GlassToldAbove, IsReviewedByNobodyWhoIsKeptOutIfAnotherCan) {
  for (const bool another : {true, false}) {
    DutyWorld::world = EventWorld();
    if (another) {
      stored::v1::SetPost set;
      set.mutable_post()->set_post("police/governance");
      set.mutable_post()->add_roles(v1::POST_ROLE_INFORMATION_GOVERNANCE);
      set.mutable_post()->set_holder("panel-holder");
      set.mutable_post()->mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
      const Applied asked =
          world.Say(World::System("desk/operator"), stored::v1::COMMAND_NUMBER_SET_POST, set);
      stored::v1::SecondHand second;
      second.set_pending_id(model::PendingId::Parse(asked.made_id)->Bytes());
      stored::v1::Actor confirming = World::System("board/operator");
      confirming.set_purpose("directory");
      ASSERT_EQ(world.Say(confirming, stored::v1::COMMAND_NUMBER_SECOND_HAND, second).sentence, "");
    }
    Exclude("desk/governance");
    ASSERT_EQ(Break(), v1::ERROR_REASON_UNSPECIFIED);
    std::string reviewer;
    for (const auto& [id, row] : world.OpenObligations()) {
      if (row.type() == v1::OBLIGATION_TYPE_REVIEW_BREAK_GLASS) reviewer = row.debtor_post();
    }
    EXPECT_EQ(reviewer, another ? "police/governance" : "desk/governance");
  }
}

/// With nobody to be told, nobody breaks it.
TEST_F(GlassToldAbove, IsSomebodyOrItIsRefused) {
  Leave(kBoard);
  EXPECT_EQ(Break(), v1::ERROR_REASON_NO_REVIEWER);
  world.behaviour_version = kBefore;
  EXPECT_EQ(Break(), v1::ERROR_REASON_UNSPECIFIED);
}

}  // namespace
}  // namespace tearline::machine
