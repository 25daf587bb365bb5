#include <gtest/gtest.h>

#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr char kStricter[] = R"(
id: "stricter" version: 2 purpose: "For tests."
rules { id: "G9" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { seat: SEAT_KIND_CHAIR } } }
)";

Applied Propose(World& world, const std::string& text) {
  ProposePolicy command;
  command.set_policy_text(text);
  return world.Say(World::System("desk/author"), COMMAND_NUMBER_PROPOSE_POLICY, command);
}

Applied Approve(World& world, const std::string& text, const Actor& actor) {
  ApprovePolicy command;
  command.set_policy_digest(crypto::Sha256(text).Bytes());
  return world.Say(actor, COMMAND_NUMBER_APPROVE_POLICY, command);
}

/// In force from the next position: the approval itself is judged by the old one.
TEST(ApplyPolicy, IsInForceFromTheNextPosition) {
  World world;
  const std::string nominal = world.Register(1);
  world.OpenCase(nominal, {{"police/panel", v1::SEAT_KIND_MEMBER}});
  world.Publish(world.Event(nominal));
  EXPECT_EQ(world.DecisionFor("police/panel")->level(), v1::LEVEL_FULL);
  ASSERT_EQ(Propose(world, kStricter).outcome, audit::Outcome::kApplied);
  world.Publish(world.Event(nominal));
  EXPECT_EQ(world.DecisionFor("police/panel")->level(), v1::LEVEL_FULL)
      << "proposed is not in force";
  ASSERT_EQ(Approve(world, kStricter, World::System("desk/governance")).outcome,
            audit::Outcome::kApplied);
  world.Publish(world.Event(nominal));
  EXPECT_EQ(world.DecisionFor("police/panel")->level(), v1::LEVEL_WITHHELD);
  EXPECT_EQ(world.DecisionFor("police/panel")->policy_digest(), crypto::Sha256(kStricter).Bytes());
}

/// M5. What waited under the old policy goes out under the new, or not at all.
TEST(ApplyPolicy, JudgesAgainWhatWaits) {
  World world;
  const std::string nominal = world.Register(1);
  world.OpenCase(nominal, {{"police/panel", v1::SEAT_KIND_MEMBER}});
  world.Publish(world.Event(nominal));
  Propose(world, kStricter);
  Approve(world, kStricter, World::System("desk/governance"));
  world.OpenSession("police/panel");
  EXPECT_TRUE(world.Released("police/panel", v1::URGENCY_URGENT).empty());
}

TEST(ApplyPolicy, RefusesWhatDoesNotParseAndWhatIsThereAlready) {
  World world;
  EXPECT_EQ(Propose(world, "id: ").reason, v1::ERROR_REASON_POLICY_INVALID);
  Propose(world, kStricter);
  EXPECT_EQ(Propose(world, kStricter).reason, v1::ERROR_REASON_ALREADY_EXISTS);
}

TEST(ApplyPolicy, RefusesApprovalOfWhatWasNotProposedOrIsInForce) {
  World world;
  const Actor governance = World::System("desk/governance");
  EXPECT_EQ(Approve(world, kStricter, governance).reason, v1::ERROR_REASON_NOT_FOUND);
  Propose(world, kStricter);
  Approve(world, kStricter, governance);
  EXPECT_EQ(Approve(world, kStricter, governance).reason, v1::ERROR_REASON_WRONG_STATE);
}

/// P10. A policy that was in force before comes back by two hands too.
TEST(ApplyPolicy, ComesBackOnlyWhenProposedAnew) {
  World world;
  const std::string first =
      world.state.Find<LedgerRow>(state::Key(state::Table::kLedger))->policy_digest();
  Propose(world, kStricter);
  Approve(world, kStricter, World::System("desk/governance"));
  ApprovePolicy back;
  back.set_policy_digest(first);
  EXPECT_EQ(world.Say(World::System("desk/governance"), COMMAND_NUMBER_APPROVE_POLICY, back).reason,
            v1::ERROR_REASON_WRONG_STATE);
  const auto row = world.state.Find<PolicyRow>(state::Key(state::Table::kPolicy).Fixed(first));
  EXPECT_EQ(Propose(world, row->text()).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(
      world.Say(World::System("desk/governance"), COMMAND_NUMBER_APPROVE_POLICY, back).outcome,
      audit::Outcome::kApplied);
}

/// P10. Author and approver are two posts and two members, whatever roles one of them has.
TEST(ApplyPolicy, NeedsAnotherHandToApprove) {
  World world;
  SetPost both;
  v1::Post& post = *both.mutable_post();
  post.set_post("probation/both");
  post.add_roles(v1::POST_ROLE_POLICY_AUTHOR);
  post.add_roles(v1::POST_ROLE_INFORMATION_GOVERNANCE);
  post.add_services("chair-system");
  post.mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
  SecondHand confirm;
  confirm.set_pending_id(
      model::PendingId::Parse(
          world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, both).made_id)
          ->Bytes());
  ASSERT_EQ(world.Say(World::System("board/operator"), COMMAND_NUMBER_SECOND_HAND, confirm).outcome,
            audit::Outcome::kApplied);
  Actor actor = World::System("probation/chair");
  actor.set_post("probation/both");
  ProposePolicy propose;
  propose.set_policy_text(kStricter);
  ASSERT_EQ(world.Say(actor, COMMAND_NUMBER_PROPOSE_POLICY, propose).outcome,
            audit::Outcome::kApplied);
  EXPECT_EQ(Approve(world, kStricter, actor).reason, v1::ERROR_REASON_SECOND_HAND_REQUIRED);
}

}  // namespace
}  // namespace tearline::machine
