#include <gtest/gtest.h>

#include "tests/doubles/sample_policy.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

const std::string kStricter = R"(
id: "stricter" version: 2 purpose: "For tests."
rules { id: "G9" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { seat: SEAT_KIND_CHAIR } } }
)" + doubles::ChairsAlone();

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
  world.NoteSimulation(kStricter);
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
  world.NoteSimulation(kStricter);
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
  world.NoteSimulation(kStricter);
  Approve(world, kStricter, governance);
  EXPECT_EQ(Approve(world, kStricter, governance).reason, v1::ERROR_REASON_WRONG_STATE);
}

/// P10. A policy that was in force before comes back by two hands too.
TEST(ApplyPolicy, ComesBackOnlyWhenProposedAnew) {
  World world;
  const Actor governance = World::System("desk/governance");
  const std::string other = kStricter + "# another\n";
  for (const std::string& text : {kStricter, other}) {
    Propose(world, text);
    world.NoteSimulation(text);
    ASSERT_EQ(Approve(world, text, governance).outcome, audit::Outcome::kApplied);
  }
  EXPECT_EQ(Approve(world, kStricter, governance).reason, v1::ERROR_REASON_WRONG_STATE);
  EXPECT_EQ(Propose(world, kStricter).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(Approve(world, kStricter, governance).reason, v1::ERROR_REASON_SIMULATION_REQUIRED)
      << "what was simulated when it was proposed before does not count";
  world.NoteSimulation(kStricter);
  EXPECT_EQ(Approve(world, kStricter, governance).outcome, audit::Outcome::kApplied);
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

/// What is approved was tested: a policy whose tests fail, or that none of them covers, is not even
/// proposed.
TEST(ApplyPolicy, ProposesOnlyWhatIsTestedCoveredAndSound) {
  World world;
  const std::string rules = kStricter.substr(0, kStricter.find("samples {"));
  const std::string never =
      "rules { id: 'G10' kind: RULE_KIND_GRANT level: LEVEL_FULL "
      "reason: RULE_REASON_NEED_TO_KNOW when { recipient { seat: SEAT_KIND_CHAIR } } }\n";
  EXPECT_EQ(Propose(world, rules + doubles::PolicySamples() + "matrix { event: 'open' }").reason,
            v1::ERROR_REASON_POLICY_TEST_FAILED);
  EXPECT_EQ(Propose(world, rules).reason, v1::ERROR_REASON_POLICY_NOT_COVERED);
  EXPECT_EQ(Propose(world, never + kStricter).reason, v1::ERROR_REASON_POLICY_FLAWED);
  EXPECT_EQ(Propose(world, kStricter).outcome, audit::Outcome::kApplied);
}

/// Law 10. What was recorded before policies were held to their tests means what it meant.
TEST(ApplyPolicy, ReadsEarlierRecordsAsTheyWereMeant) {
  World world;
  const std::string untested = kStricter.substr(0, kStricter.find("samples {"));
  world.PutInForce(untested);
  EXPECT_EQ(world.state.Find<LedgerRow>(state::Key(state::Table::kLedger))->policy_digest(),
            crypto::Sha256(untested).Bytes());
}

/// Chairs and whoever supervises get everything, and caps keep out under a condition.
std::string ForSupervisors(const std::string& kept_out_when) {
  std::string text = R"(id: "supervisors" version: 2 purpose: "For tests."
rules { id: "G9" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { supervising: true } } }
rules { id: "G8" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { seat: SEAT_KIND_CHAIR } } }
)" + doubles::ChairsAlone();
  for (const std::string kept_out : {"excluded: true } ", "in_conflict: true } "}) {
    text.insert(text.find(kept_out) + kept_out.size(), kept_out_when);
  }
  for (const std::string event : {"open", "closed", "controlled", "source"}) {
    const std::string row = "matrix { event: '" + event + "' full: ";
    text.replace(text.find(row), row.size(), row + "'north-probation/officer' full: ");
  }
  return text;
}

/// A supervisor without a case was not known when policies were first examined: what was let pass
/// is refused now, and each record means what it meant.
TEST(ApplyPolicy, ExaminesWhoSupervisesWithoutACaseOnlySinceItIsKnown) {
  const std::string open = ForSupervisors("nominal { has_case: true } ");
  const std::string right = ForSupervisors("");
  World world;
  EXPECT_EQ(Propose(world, right).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(Propose(world, open).reason, v1::ERROR_REASON_POLICY_FLAWED);
  std::string sampled = right;
  sampled.insert(sampled.find("  limits {"),
                 "  supervisors { nominal_id: 'dora' post: 'north-probation/officer' }\n");
  EXPECT_EQ(Propose(world, sampled).outcome, audit::Outcome::kApplied);
  world.behaviour_version = kExaminedWhollyFrom - 1;
  EXPECT_EQ(Propose(world, open).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(Propose(world, sampled + "# again\n").reason, v1::ERROR_REASON_POLICY_INVALID);
}

/// Nobody brings into force what they do not know the effect of.
TEST(ApplyPolicy, ApprovesOnlyWhatWasSimulatedAgainstThePolicyInForce) {
  World world;
  const Actor governance = World::System("desk/governance");
  const std::string other = kStricter + "# another\n";
  Propose(world, kStricter);
  Propose(world, other);
  EXPECT_EQ(Approve(world, kStricter, governance).reason, v1::ERROR_REASON_SIMULATION_REQUIRED);
  world.NoteSimulation(other);
  EXPECT_EQ(Approve(world, kStricter, governance).reason, v1::ERROR_REASON_SIMULATION_REQUIRED)
      << "another's simulation does not do";
  world.NoteSimulation(kStricter);
  EXPECT_EQ(Approve(world, kStricter, governance).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(Approve(world, other, governance).reason, v1::ERROR_REASON_SIMULATION_REQUIRED)
      << "it was simulated against a policy that is no longer in force";
}

/// Raises are signed off by the digest of the very report that shows them, and a new proposal of
/// the same text begins without one.
TEST(ApplyPolicy, ApprovesRaisesOnlyWhenTheirReportIsSignedOff) {
  World world;
  Propose(world, kStricter);
  ASSERT_EQ(world.NoteSimulation(kStricter, /*raises=*/2).outcome, audit::Outcome::kApplied);
  ApprovePolicy approve;
  approve.set_policy_digest(crypto::Sha256(kStricter).Bytes());
  const auto say = [&] {
    return world.Say(World::System("desk/governance"), COMMAND_NUMBER_APPROVE_POLICY, approve);
  };
  EXPECT_EQ(say().reason, v1::ERROR_REASON_RAISES_NOT_SIGNED_OFF);
  approve.set_acknowledged_report(crypto::Sha256("another report").Bytes());
  EXPECT_EQ(say().reason, v1::ERROR_REASON_RAISES_NOT_SIGNED_OFF);
  approve.set_acknowledged_report(crypto::Sha256("report").Bytes());
  EXPECT_EQ(say().outcome, audit::Outcome::kApplied);
}

/// Nobody knows what a decision that could not be judged again would be: it counts as a raise.
TEST(ApplyPolicy, HasWhatCouldNotBeReplayedSignedOffToo) {
  World world;
  Propose(world, kStricter);
  NoteSimulation note;
  note.set_policy_digest(crypto::Sha256(kStricter).Bytes());
  note.set_in_force_digest(
      world.state.Find<LedgerRow>(state::Key(state::Table::kLedger))->policy_digest());
  note.set_report_digest(crypto::Sha256("report").Bytes());
  note.set_not_replayed(1);
  Actor author = World::System("desk/author");
  author.set_purpose("policy-review");
  ASSERT_EQ(world.Say(author, COMMAND_NUMBER_NOTE_SIMULATION, note).sentence, "");
  ApprovePolicy approve;
  approve.set_policy_digest(crypto::Sha256(kStricter).Bytes());
  const auto say = [&] {
    return world.Say(World::System("desk/governance"), COMMAND_NUMBER_APPROVE_POLICY, approve);
  };
  EXPECT_EQ(say().reason, v1::ERROR_REASON_RAISES_NOT_SIGNED_OFF);
  approve.set_acknowledged_report(crypto::Sha256("report").Bytes());
  EXPECT_EQ(say().outcome, audit::Outcome::kApplied);
}

/// What leaves decisions out says nothing of them: it neither stands for a simulation nor replaces
/// one. It did until version 6.
TEST(ApplyPolicy, CountsNoSimulationThatLeftDecisionsOut) {
  World world;
  const Actor governance = World::System("desk/governance");
  NoteSimulation look;
  look.set_policy_digest(crypto::Sha256(kStricter).Bytes());
  look.set_in_force_digest(
      world.state.Find<LedgerRow>(state::Key(state::Table::kLedger))->policy_digest());
  look.set_report_digest(crypto::Sha256("nothing").Bytes());
  look.set_left_out(40);
  Actor author = World::System("desk/author");
  author.set_purpose("policy-review");
  const auto note = [&] { return world.Say(author, COMMAND_NUMBER_NOTE_SIMULATION, look); };

  Propose(world, kStricter);
  EXPECT_EQ(note().outcome, audit::Outcome::kApplied) << "somebody looked";
  EXPECT_EQ(Approve(world, kStricter, governance).reason, v1::ERROR_REASON_SIMULATION_REQUIRED);
  world.NoteSimulation(kStricter, /*raises=*/40);
  EXPECT_EQ(note().outcome, audit::Outcome::kApplied);
  EXPECT_EQ(Approve(world, kStricter, governance).reason, v1::ERROR_REASON_RAISES_NOT_SIGNED_OFF)
      << "what showed forty raises stands";
  world.behaviour_version = kSimulatedWhollyFrom - 1;
  EXPECT_EQ(note().outcome, audit::Outcome::kApplied);
  EXPECT_EQ(Approve(world, kStricter, governance).outcome, audit::Outcome::kApplied);
}

/// A simulation against a policy that is no longer in force says nothing about today.
TEST(ApplyPolicy, NotesNoSimulationAgainstAnotherPolicy) {
  World world;
  NoteSimulation note;
  note.set_policy_digest(crypto::Sha256(kStricter).Bytes());
  note.set_in_force_digest(crypto::Sha256("another").Bytes());
  note.set_report_digest(crypto::Sha256("report").Bytes());
  Actor actor = World::System("desk/author");
  actor.set_purpose("policy-review");
  EXPECT_EQ(world.Say(actor, COMMAND_NUMBER_NOTE_SIMULATION, note).reason,
            v1::ERROR_REASON_WRONG_STATE);
  actor.set_purpose("");
  EXPECT_EQ(world.Say(actor, COMMAND_NUMBER_NOTE_SIMULATION, note).reason,
            v1::ERROR_REASON_PURPOSE_REQUIRED);
  EXPECT_EQ(world.NoteSimulation(kStricter).outcome, audit::Outcome::kApplied)
      << "of what nobody proposed it is noted that somebody looked";
}

}  // namespace
}  // namespace tearline::machine
