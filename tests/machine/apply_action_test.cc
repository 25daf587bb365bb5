#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "broker/model/limits.h"
#include "tests/machine/action_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using testing::Contains;
using testing::HasSubstr;

/// Its owner owes it, by the time agreed, and is told at once; the leaf says what and who.
TEST(ApplyAction, IsOwedByItsOwner) {
  ActionWorld world;
  const Applied added = world.Add(world.Asked());
  ASSERT_EQ(added.outcome, audit::Outcome::kApplied) << added.sentence;
  ASSERT_TRUE(added.made_id.starts_with("act_"));
  EXPECT_THAT(world.Changed(), Contains("action-added " + added.made_id + " police/panel"));
  EXPECT_THAT(world.Changed(), Contains("action-kind " + added.made_id + " home-visit"));
  const auto owed = world.Open(v1::OBLIGATION_TYPE_COMPLETE_ACTION);
  ASSERT_EQ(owed.size(), 1u);
  const ObligationRow row = world.Owed(owed.at(ActionWorld::kMember));
  EXPECT_EQ(row.reason(), v1::RULE_REASON_ACTION_AGREED);
  EXPECT_EQ(row.due_ms(), world.now_ms + 7 * ActionWorld::kDay);
  EXPECT_EQ(row.action_ids(0), model::ActionId::Parse(added.made_id)->Bytes());
  world.OpenSession(ActionWorld::kMember);
  EXPECT_THAT(world.Inbox(ActionWorld::kMember), Contains("obligation complete-action"));
}

/// Two actions of one owner are two debts: each is done by itself.
TEST(ApplyAction, EndsWhatIsOwedWithTheAction) {
  ActionWorld world;
  const std::string first = world.AddOne();
  const std::string second = world.AddOne();
  const std::string debt = world.Action(first).obligation_id();
  ASSERT_NE(debt, world.Action(second).obligation_id());
  ASSERT_EQ(world.EndIt(world.Ending(first, v1::ACTION_END_DONE), ActionWorld::kMember).sentence,
            "");
  EXPECT_NE(world.Owed(debt).ended_ms(), 0);
  EXPECT_EQ(world.Owed(world.Action(second).obligation_id()).ended_ms(), 0);
  EXPECT_EQ(world.Action(first).ended_by(), ActionWorld::kMember);
  EXPECT_EQ(world.EndIt(world.Ending(first, v1::ACTION_END_DONE)).reason,
            v1::ERROR_REASON_WRONG_STATE)
      << "once";
  ASSERT_EQ(world.EndIt(world.Ending(second, v1::ACTION_END_OVERTAKEN)).sentence, "");
  EXPECT_TRUE(world.Open(v1::OBLIGATION_TYPE_COMPLETE_ACTION).empty());
}

/// Whoever takes the place of its owner owes it from now on; what the one owed ends.
TEST(ApplyAction, IsCarriedOverToAnotherOwner) {
  ActionWorld world;
  const std::string id = world.AddOne();
  const std::string debt = world.Action(id).obligation_id();
  SetLevel fact = world.To(v1::MAPPA_LEVEL_1);
  fact.set_as_fact(true);
  ASSERT_EQ(world.Set(fact, ActionWorld::Feed()).sentence, "");
  EndAction carry = world.Ending(id, v1::ACTION_END_CARRIED_OVER);
  carry.set_due_ms(world.now_ms + 14 * ActionWorld::kDay);
  carry.set_owner_post("prison/security");
  EXPECT_EQ(world.EndIt(carry).reason, v1::ERROR_REASON_NOT_FOUND) << "the case brings it in not";
  carry.set_owner_post(ActionWorld::kGuest);
  ASSERT_EQ(world.EndIt(carry).sentence, "");
  const std::string text = model::ActionId::FromBytes(id)->Text();
  EXPECT_THAT(world.Changed(), Contains("action-handed-on " + text + " education/guest"));
  EXPECT_NE(world.Owed(debt).ended_ms(), 0);
  const auto owed = world.Open(v1::OBLIGATION_TYPE_COMPLETE_ACTION);
  ASSERT_EQ(owed.size(), 1u);
  EXPECT_EQ(world.Owed(owed.at(ActionWorld::kGuest)).due_ms(), carry.due_ms());
  EXPECT_EQ(world.Action(id).owner_post(), ActionWorld::kGuest);
  EXPECT_EQ(world.Action(id).carried_over(), 1u);
  EndAction done = world.Ending(id, v1::ACTION_END_DONE);
  EXPECT_EQ(world.EndIt(done, ActionWorld::kMember).reason, v1::ERROR_REASON_NOT_FOUND);
  done.set_owner_post(ActionWorld::kMember);
  EXPECT_EQ(world.EndIt(done, ActionWorld::kGuest).reason, v1::ERROR_REASON_FIELD_INVALID);
  done.clear_owner_post();
  ASSERT_EQ(world.EndIt(done, ActionWorld::kGuest).sentence, "");
  EXPECT_TRUE(world.Open(v1::OBLIGATION_TYPE_SEE_TO_OPEN_WORK).empty());
  EXPECT_EQ(Replay(world.records).Digest(), world.state.Digest());
}

/// It climbs like all that is owed: the deputy, then the post above.
TEST(ApplyAction, ClimbsWhenItIsOverdue) {
  ActionWorld world;
  const std::string id = world.AddOne(ActionWorld::kChair);
  const std::string debt = world.Action(id).obligation_id();
  world.PassAndPulse(7 * ActionWorld::kDay - 1);
  EXPECT_EQ(world.Owed(debt).stage(), 0u) << "not due yet";
  world.PassAndPulse(1);
  EXPECT_EQ(world.Owed(debt).stage(), 1u);
  world.PassAndPulse(ActionWorld::kDay);
  EXPECT_EQ(world.Owed(debt).told_post(), "board/board");
}

/// It goes on from the first step, later, and says how often.
TEST(ApplyAction, IsCarriedOverAndCounted) {
  ActionWorld world;
  const std::string id = world.AddOne();
  world.PassAndPulse(8 * ActionWorld::kDay);
  EndAction command = world.Ending(id, v1::ACTION_END_CARRIED_OVER);
  EXPECT_EQ(world.EndIt(command).reason, v1::ERROR_REASON_TIME_INVALID) << "to when?";
  command.set_due_ms(world.Action(id).due_ms());
  EXPECT_EQ(world.EndIt(command).reason, v1::ERROR_REASON_TIME_INVALID) << "it was due then";
  command.set_due_ms(world.now_ms + model::kPanelDueMax.count() + 1);
  EXPECT_EQ(world.EndIt(command).reason, v1::ERROR_REASON_TIME_INVALID);
  command.set_due_ms(world.now_ms + model::kPanelDueMax.count());
  ASSERT_EQ(world.EndIt(command).sentence, "");
  EXPECT_EQ(world.Action(id).carried_over(), 1u);
  EXPECT_EQ(world.Action(id).ended_ms(), 0);
  const ObligationRow owed = world.Owed(world.Action(id).obligation_id());
  EXPECT_EQ(owed.stage(), 0u);
  EXPECT_EQ(owed.due_ms(), command.due_ms());
  EXPECT_EQ(owed.ended_ms(), 0);
}

/// Who owes it says that it is done, not that it need not be; nobody outside hears that it is
/// there.
TEST(ApplyAction, IsEndedByWhoHasASay) {
  ActionWorld world;
  const std::string id = world.AddOne();
  const auto reason = [&](v1::ActionEnd end, const std::string& post) {
    return world.EndIt(world.Ending(id, end), post).reason;
  };
  EXPECT_EQ(reason(v1::ACTION_END_OVERTAKEN, ActionWorld::kMember), v1::ERROR_REASON_NOT_PERMITTED);
  EXPECT_EQ(reason(v1::ACTION_END_CARRIED_OVER, ActionWorld::kMember),
            v1::ERROR_REASON_NOT_PERMITTED);
  EXPECT_EQ(reason(v1::ACTION_END_DONE, ActionWorld::kGuest), v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(
      world.EndIt(world.Ending(id, v1::ACTION_END_DONE), ActionWorld::kGuest).sentence,
      world.EndIt(world.Ending(std::string(16, 'x'), v1::ACTION_END_DONE), ActionWorld::kGuest)
          .sentence)
      << "as if it were not there";
  EXPECT_EQ(reason(v1::ACTION_END_OVERTAKEN, "police/coordinator"), v1::ERROR_REASON_UNSPECIFIED);
}

TEST(ApplyAction, IsDoneOnlyWithEvidence) {
  ActionWorld world;
  const std::string id = world.AddOne();
  EndAction command = world.Ending(id, v1::ACTION_END_DONE);
  command.clear_evidence_digest();
  EXPECT_EQ(world.EndIt(command).reason, v1::ERROR_REASON_FIELD_INVALID);
  command.set_evidence_digest(std::string(31, 'e'));
  EXPECT_EQ(world.EndIt(command).reason, v1::ERROR_REASON_FIELD_INVALID);
  command.set_evidence_digest(std::string(33, 'e'));
  EXPECT_EQ(world.EndIt(command).reason, v1::ERROR_REASON_FIELD_INVALID);
  command.set_evidence_digest(std::string(32, 'e'));
  command.set_evidence_event_id(std::string(16, 'e'));
  EXPECT_EQ(world.EndIt(command).reason, v1::ERROR_REASON_FIELD_INVALID) << "one of the two";
  command = world.Ending(id, v1::ACTION_END_OVERTAKEN);
  command.set_evidence_digest(std::string(32, 'e'));
  EXPECT_EQ(world.EndIt(command).reason, v1::ERROR_REASON_FIELD_INVALID);
  command = world.Ending(id, v1::ACTION_END_DONE);
  command.set_due_ms(world.now_ms + 1);
  EXPECT_EQ(world.EndIt(command).reason, v1::ERROR_REASON_TIME_INVALID);
  command = world.Ending(id, v1::ACTION_END_UNSPECIFIED);
  EXPECT_EQ(world.EndIt(command).reason, v1::ERROR_REASON_FIELD_INVALID);
}

/// P6: what a post is not told of it can't tell from what there is not, by naming it either.
TEST(ApplyAction, NamesOnlyEventsThatItsAuthorIsToldOf) {
  ActionWorld world;
  world.OpenSession(ActionWorld::kMember);
  const std::string told = world.PublishOne();
  const std::string withheld = world.PublishControlled();
  const auto done_with = [&](const std::string& event_id) {
    EndAction command = world.Ending(world.AddOne(), v1::ACTION_END_DONE);
    command.clear_evidence_digest();
    command.set_evidence_event_id(event_id);
    return world.EndIt(command, ActionWorld::kMember);
  };
  EXPECT_EQ(done_with(withheld).reason, v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(done_with(withheld).sentence, done_with(std::string(16, 'x')).sentence);
  const std::string elsewhere = world.NextEventId();
  world.Publish(world.Event(world.Register(7)));
  EXPECT_EQ(done_with(elsewhere).reason, v1::ERROR_REASON_NOT_FOUND) << "of somebody else";
  EXPECT_EQ(done_with(told).sentence, "");

  AddAction about = world.Asked();
  about.set_about_event_id(told);
  EXPECT_EQ(world.Add(about).reason, v1::ERROR_REASON_NOT_FOUND) << "not let go to the chair yet";
  world.OpenSession(ActionWorld::kChair);
  EXPECT_EQ(world.Add(about).sentence, "");
  world.Withdraw(told, v1::WITHDRAWAL_REASON_INACCURATE);
  EXPECT_NE(world.Add(about).reason, v1::ERROR_REASON_UNSPECIFIED);
}

TEST(ApplyAction, IsRefusedWhatIsNotWhole) {
  ActionWorld world;
  AddAction command = world.Asked();
  command.set_kind(v1::ACTION_KIND_UNSPECIFIED);
  EXPECT_EQ(world.Add(command).reason, v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(world.Add(world.Asked(ActionWorld::kDay, "prison/security")).reason,
            v1::ERROR_REASON_NOT_FOUND)
      << "the case does not bring it in";
  for (const char* owner : {ActionWorld::kGuest, ActionWorld::kAccountable}) {
    EXPECT_EQ(world.Add(world.Asked(ActionWorld::kDay, owner)).sentence, "") << owner;
  }
  EXPECT_EQ(world.Add(world.Asked(0)).reason, v1::ERROR_REASON_TIME_INVALID);
  EXPECT_EQ(world.Add(world.Asked(1)).sentence, "");
  EXPECT_EQ(world.Add(world.Asked(model::kPanelDueMax.count() + 1)).reason,
            v1::ERROR_REASON_TIME_INVALID);
  EXPECT_EQ(world.Add(world.Asked(model::kPanelDueMax.count())).sentence, "");
  EXPECT_EQ(world.Add(world.Asked(), ActionWorld::kMember).reason, v1::ERROR_REASON_NOT_PERMITTED);
  EXPECT_EQ(world.Add(world.Asked(), "probation/coordinator").sentence, "");
  const std::string other = world.OpenCase(world.Register(3), {});
  AddAction elsewhere = world.Asked();
  elsewhere.set_case_id(other);
  EXPECT_EQ(world.Add(elsewhere).reason, v1::ERROR_REASON_NOT_FOUND) << "another panel's chair";
}

TEST(ApplyAction, IsOneOfSixtyFourOpenAndNoMore) {
  ActionWorld world;
  std::string last;
  for (std::size_t i = 0; i < model::kOpenActionsMax; ++i) last = world.AddOne();
  ASSERT_EQ(OpenActionsOf(world.case_id, world.nominal, world.state).size(),
            model::kOpenActionsMax);
  EXPECT_EQ(world.Add(world.Asked()).reason, v1::ERROR_REASON_LIMIT_PASSED);
  world.EndIt(world.Ending(last, v1::ACTION_END_OVERTAKEN));
  EXPECT_EQ(world.Add(world.Asked()).sentence, "");
}

/// What is owed ends with the action alone, and the refusal says how.
TEST(ApplyAction, IsNotDischarged) {
  ActionWorld world;
  const std::string debt = world.Action(world.AddOne()).obligation_id();
  const Applied refused = world.Discharge(debt, DISCHARGE_METHOD_OVERTAKEN, ActionWorld::kMember);
  EXPECT_EQ(refused.reason, v1::ERROR_REASON_WRONG_STATE);
  EXPECT_THAT(refused.sentence, HasSubstr("case action end"));
}

/// P8. The same records give the same state.
TEST(ApplyAction, ReplaysToTheSameState) {
  ActionWorld world;
  const std::string id = world.AddOne();
  EndAction command = world.Ending(id, v1::ACTION_END_CARRIED_OVER);
  command.set_due_ms(world.now_ms + 9 * ActionWorld::kDay);
  world.EndIt(command);
  world.PassAndPulse(10 * ActionWorld::kDay);
  world.EndIt(world.Ending(id, v1::ACTION_END_DONE), ActionWorld::kMember);
  EXPECT_EQ(Replay(world.records).Digest(), world.state.Digest());
}

}  // namespace
}  // namespace tearline::machine
