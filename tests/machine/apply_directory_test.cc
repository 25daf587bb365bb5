#include <gtest/gtest.h>

#include "broker/machine/rows.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

v1::Post ChairWithClearance(bool sensitive) {
  v1::Post post;
  post.set_post("probation/chair");
  post.add_roles(v1::POST_ROLE_CHAIR);
  post.set_holder("chair-holder");
  post.mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
  post.mutable_clearance()->set_sensitive(sensitive);
  return post;
}

TEST(ApplyDirectory, ChangesAPost) {
  World world;
  SetPost set;
  *set.mutable_post() = ChairWithClearance(false);
  const Applied applied = world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set);
  EXPECT_EQ(applied.outcome, audit::Outcome::kApplied) << applied.sentence;
  EXPECT_TRUE(applied.access_changed);
  EXPECT_TRUE(world.state.Find<PostRow>(PostKey("probation/chair"))->post().deputy().empty());
}

struct Row {
  const char* what;
  void (*spoil)(v1::Post&);
  v1::ErrorReason reason;
};

const Row kRows[] = {
    {"a holder nobody knows", [](v1::Post& post) { post.set_holder("nobody"); },
     v1::ERROR_REASON_NOT_FOUND},
    {"a system as holder", [](v1::Post& post) { post.set_holder("chair-system"); },
     v1::ERROR_REASON_PERSON_REQUIRED},
    {"a person as service", [](v1::Post& post) { post.add_services("chair-deputy"); },
     v1::ERROR_REASON_FIELD_INVALID},
    {"no role", [](v1::Post& post) { post.clear_roles(); }, v1::ERROR_REASON_FIELD_INVALID},
    {"a line that escalates to nobody",
     [](v1::Post& post) { post.set_escalates_to("board/ghost"); }, v1::ERROR_REASON_NOT_FOUND},
    {"an agency nobody knows", [](v1::Post& post) { post.set_post("ghosts/chair"); },
     v1::ERROR_REASON_NOT_FOUND},
};

TEST(ApplyDirectory, RefusesAPostNobodyCouldHold) {
  World world;
  for (const Row& row : kRows) {
    SetPost set;
    *set.mutable_post() = ChairWithClearance(true);
    row.spoil(*set.mutable_post());
    EXPECT_EQ(world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set).reason,
              row.reason)
        << row.what;
  }
}

TEST(ApplyDirectory, SuspendsAndLifts) {
  World world;
  SetSuspension command;
  command.set_agency("prison");
  command.set_suspended(true);
  const Actor desk = World::System("desk/operator");
  EXPECT_TRUE(world.Say(desk, COMMAND_NUMBER_SET_SUSPENSION, command).access_changed);
  EXPECT_TRUE(world.state.Find<AgencyRow>(AgencyKey("prison"))->suspended());
  command.set_suspended(false);
  world.Say(desk, COMMAND_NUMBER_SET_SUSPENSION, command);
  EXPECT_FALSE(world.state.Find<AgencyRow>(AgencyKey("prison"))->suspended());
  command.set_member("nobody");
  EXPECT_EQ(world.Say(desk, COMMAND_NUMBER_SET_SUSPENSION, command).reason,
            v1::ERROR_REASON_NOT_FOUND);
}

/// Changing an agency does not lift its suspension on the way.
TEST(ApplyDirectory, KeepsASuspensionThroughAChange) {
  World world;
  const Actor desk = World::System("desk/operator");
  SetSuspension suspend;
  suspend.set_agency("prison");
  suspend.set_suspended(true);
  world.Say(desk, COMMAND_NUMBER_SET_SUSPENSION, suspend);
  AdmitAgency admit;
  *admit.mutable_agency() = world.state.Find<AgencyRow>(AgencyKey("prison"))->agency();
  admit.mutable_agency()->set_area("south");
  const Applied first = world.Say(desk, COMMAND_NUMBER_ADMIT_AGENCY, admit);
  ASSERT_EQ(first.outcome, audit::Outcome::kAwaitsSecondHand)
      << "whoever chooses an authority can speak as any member";
  SecondHand second;
  second.set_pending_id(model::PendingId::Parse(first.made_id)->Bytes());
  ASSERT_EQ(world.Say(World::System("board/operator"), COMMAND_NUMBER_SECOND_HAND, second).outcome,
            audit::Outcome::kApplied);
  EXPECT_TRUE(world.state.Find<AgencyRow>(AgencyKey("prison"))->suspended());
}

TEST(ApplyDirectory, AdmitsAMemberOfAKnownAgencyOnly) {
  World world;
  AdmitMember admit;
  admit.mutable_member()->set_agency("ghosts");
  admit.mutable_member()->set_member("one");
  admit.mutable_member()->set_kind(v1::MEMBER_KIND_PERSON);
  const Actor desk = World::System("desk/operator");
  EXPECT_EQ(world.Say(desk, COMMAND_NUMBER_ADMIT_MEMBER, admit).reason, v1::ERROR_REASON_NOT_FOUND);
  admit.mutable_member()->set_agency("prison");
  EXPECT_EQ(world.Say(desk, COMMAND_NUMBER_ADMIT_MEMBER, admit).outcome, audit::Outcome::kApplied);
}

}  // namespace
}  // namespace tearline::machine
