#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/machine/case_row.h"
#include "broker/machine/judge.h"
#include "broker/machine/permission.h"
#include "tests/machine/action_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

Actor Coordinator() { return World::System("police/coordinator"); }

TEST(ApplyLevel, KeepsWhatACaseWasManagedAt) {
  ActionWorld world;
  ASSERT_EQ(world.Set(world.To(v1::MAPPA_LEVEL_2)).sentence, "");
  EXPECT_THAT(world.Changed(),
              Contains("level-set " + world.Case().case_().case_id() + " category-4/level-2"));
  world.now_ms += 1000;
  ASSERT_EQ(world.Set(world.To(v1::MAPPA_LEVEL_1)).sentence, "");
  const CaseRow row = world.Case();
  EXPECT_EQ(row.case_().level(), v1::MAPPA_LEVEL_1);
  ASSERT_EQ(row.changes_size(), 2);
  EXPECT_EQ(row.changes(0).level(), v1::MAPPA_LEVEL_3);
  EXPECT_EQ(row.changes(1).level(), v1::MAPPA_LEVEL_2);
  EXPECT_EQ(row.changes(1).until_ms(), world.now_ms);
  EXPECT_EQ(row.changes(1).changed_by(), ActionWorld::kChair);
}

/// What lies in the row is bounded; all of it lies in the case's rows by position.
TEST(ApplyLevel, KeepsTheNewestSixtyFourInTheRow) {
  ActionWorld world;
  for (int i = 0; i < 33; ++i) {
    for (const v1::MappaLevel level : {v1::MAPPA_LEVEL_2, v1::MAPPA_LEVEL_3}) {
      SetLevel command = world.To(level);
      command.set_as_fact(true);
      ASSERT_EQ(world.Set(command, ActionWorld::Feed()).sentence, "");
    }
  }
  EXPECT_EQ(world.Case().changes_size(), model::kChangesKept);
  EXPECT_GT(world.state.Scan(CaseAtKey(world.case_id), 1000).size(), 66u);
}

struct FormRow {
  v1::MappaCategory category;
  v1::MappaLevel level;
  v1::ErrorReason reason;
};

TEST(ApplyLevel, SetsOnlyWhatThereIs) {
  const FormRow rows[] = {
      {v1::MAPPA_CATEGORY_4, v1::MAPPA_LEVEL_3, v1::ERROR_REASON_WRONG_STATE},  // as it is
      {v1::MAPPA_CATEGORY_UNSPECIFIED, v1::MAPPA_LEVEL_2, v1::ERROR_REASON_FIELD_INVALID},
      {v1::MAPPA_CATEGORY_4, v1::MAPPA_LEVEL_UNSPECIFIED, v1::ERROR_REASON_FIELD_INVALID},
      {v1::MAPPA_CATEGORY_3, v1::MAPPA_LEVEL_1, v1::ERROR_REASON_FIELD_INVALID},
      {v1::MAPPA_CATEGORY_3, v1::MAPPA_LEVEL_2, v1::ERROR_REASON_UNSPECIFIED},
      {v1::MAPPA_CATEGORY_UNKNOWN, v1::MAPPA_LEVEL_3, v1::ERROR_REASON_UNSPECIFIED},
  };
  for (const FormRow& row : rows) {
    ActionWorld world;
    EXPECT_EQ(world.Set(world.To(row.level, row.category)).reason, row.reason)
        << row.category << "/" << row.level;
  }
}

/// P10. Policy judges by category and level: more than a lower level waits for another hand where
/// the author's agency has to do with the case, and originators hear of it.
TEST(ApplyLevel, RaisesWithASecondHand) {
  ActionWorld world;
  ASSERT_EQ(world.Set(world.To(v1::MAPPA_LEVEL_1)).outcome, audit::Outcome::kApplied);
  world.PublishOne();
  const std::size_t waiting = world.Waiting("ct-police/intel", v1::URGENCY_ROUTINE);
  const Applied asked = world.Set(world.To(v1::MAPPA_LEVEL_3));
  ASSERT_EQ(asked.outcome, audit::Outcome::kAwaitsSecondHand) << asked.sentence;
  EXPECT_EQ(world.Case().case_().level(), v1::MAPPA_LEVEL_1);
  SecondHand second;
  second.set_pending_id(model::PendingId::Parse(asked.made_id)->Bytes());
  SetPost feed;
  feed.mutable_post()->set_post("police/feed");
  feed.mutable_post()->add_roles(v1::POST_ROLE_INTAKE);
  feed.mutable_post()->add_services("panel-system");
  feed.mutable_post()->mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
  ASSERT_EQ(world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, feed).sentence, "");
  Actor other_feed = World::System("police/panel");
  other_feed.set_post("police/feed");
  EXPECT_EQ(world.Say(other_feed, COMMAND_NUMBER_SECOND_HAND, second).reason,
            v1::ERROR_REASON_NOT_FOUND)
      << "a feed confirms nothing";
  ASSERT_EQ(world.Say(Coordinator(), COMMAND_NUMBER_SECOND_HAND, second).sentence, "");
  EXPECT_EQ(world.Case().case_().level(), v1::MAPPA_LEVEL_3);
  EXPECT_GT(world.Waiting("ct-police/intel", v1::URGENCY_ROUTINE), waiting);
}

/// What was withheld at a lower level reaches the panel when it is raised.
TEST(ApplyLevel, HasWhatWasRecordedJudgedAgainWhenItRises) {
  ActionWorld world;
  world.PutInForce(R"(id: "by-level" version: 2
rules { id: "G1" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { nominal { level: [MAPPA_LEVEL_3] } recipient { on_panel: true } } })");
  ASSERT_EQ(world.Set(world.To(v1::MAPPA_LEVEL_1)).sentence, "");
  world.PublishOne();
  world.OpenSession(ActionWorld::kMember);
  ASSERT_TRUE(world.Released(ActionWorld::kMember, ActionWorld::kLane).empty());
  SetLevel up = world.To(v1::MAPPA_LEVEL_3);
  up.set_as_fact(true);
  ASSERT_EQ(world.Set(up, ActionWorld::Feed()).sentence, "");
  world.PassAndPulse(0);
  EXPECT_EQ(world.Released(ActionWorld::kMember, ActionWorld::kLane).size(), 1u);
}

/// What was received as a pointer at the lower level is superseded by all of it.
TEST(ApplyLevel, SupersedesWhatWasToldLessWhenItRises) {
  ActionWorld world;
  world.PutInForce(R"(id: "by-level" version: 2
rules { id: "G1" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { nominal { level: [MAPPA_LEVEL_3] } recipient { on_panel: true } } }
rules { id: "G2" kind: RULE_KIND_GRANT level: LEVEL_POINTER reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { on_panel: true } } })");
  ASSERT_EQ(world.Set(world.To(v1::MAPPA_LEVEL_1)).sentence, "");
  Publish event = world.Event(world.nominal);
  event.mutable_label()->set_existence_may_be_told(true);
  event.mutable_label()->set_pointer_post("ct-police/intel");
  world.Publish(event);
  const std::string session = world.OpenSession(ActionWorld::kMember);
  const auto pointers = world.Released(ActionWorld::kMember, ActionWorld::kLane);
  ASSERT_EQ(pointers.size(), 1u);
  world.Acknowledge(ActionWorld::kMember, session, ActionWorld::kLane, {pointers.begin()->first});
  SetLevel up = world.To(v1::MAPPA_LEVEL_3);
  up.set_as_fact(true);
  ASSERT_EQ(world.Set(up, ActionWorld::Feed()).sentence, "");
  world.PassAndPulse(0);
  const auto now = world.Released(ActionWorld::kMember, ActionWorld::kLane);
  ASSERT_EQ(now.size(), 1u);
  EXPECT_EQ(now.begin()->second.level(), v1::LEVEL_FULL);
  EXPECT_TRUE(now.begin()->second.superseding());
  EXPECT_TRUE(now.begin()->second.late());
}

TEST(ApplyLevel, IsRefusedWhileWorkIsOpen) {
  ActionWorld world;
  const std::string action = world.AddOne();
  for (const v1::MappaLevel level : {v1::MAPPA_LEVEL_1, v1::MAPPA_LEVEL_2}) {
    const Applied refused = world.Set(world.To(level));
    EXPECT_EQ(refused.reason, v1::ERROR_REASON_WORK_OPEN);
    EXPECT_THAT(refused.sentence, HasSubstr("1 action, 0 obligations and 0 unread urgent items"));
  }
  EXPECT_EQ(world.Set(world.To(v1::MAPPA_LEVEL_3, v1::MAPPA_CATEGORY_2)).reason,
            v1::ERROR_REASON_WORK_OPEN)
      << "leaves category 4";
  EXPECT_EQ(world.Set(world.To(v1::MAPPA_LEVEL_3, v1::MAPPA_CATEGORY_UNKNOWN)).reason,
            v1::ERROR_REASON_WORK_OPEN);
  EXPECT_EQ(world.Set(world.Exit()).reason, v1::ERROR_REASON_WORK_OPEN);
  EXPECT_EQ(world.Case().case_().level(), v1::MAPPA_LEVEL_3);
  world.EndIt(world.Ending(action, v1::ACTION_END_DONE));
  EXPECT_EQ(world.Set(world.To(v1::MAPPA_LEVEL_2)).sentence, "");
}

/// Story B, step 5. One by one, with a reason; the leaf has each, and the strategic board is asked.
TEST(ApplyLevel, IsSetWhenTheChairOverridesEach) {
  ActionWorld world;
  const std::string first = world.AddOne();
  const std::string second = world.AddOne(ActionWorld::kAccountable);
  SetLevel command = world.To(v1::MAPPA_LEVEL_2);
  ActionWorld::Override(first, command);
  EXPECT_THAT(world.Set(command).sentence, HasSubstr("1 action,")) << "the other is still open";
  ActionWorld::Override(second, command);
  ASSERT_EQ(world.Set(command).sentence, "");
  for (const std::string& each : {first, second}) {
    EXPECT_THAT(world.Changed(),
                Contains("work-overridden " + model::ActionId::FromBytes(each)->Text() +
                         " agency-goes-on"));
    EXPECT_EQ(world.Action(each).ended_ms(), 0) << "it is owed as before";
  }
  const auto review = world.Open(v1::OBLIGATION_TYPE_REVIEW_OVERRIDE);
  ASSERT_TRUE(review.contains("board/board"));
  const ObligationRow row = world.Owed(review.at("board/board"));
  EXPECT_THAT(std::vector<std::string>(row.action_ids().begin(), row.action_ids().end()),
              UnorderedElementsAre(first, second));
  EXPECT_EQ(
      world.Discharge(review.at("board/board"), DISCHARGE_METHOD_OVERTAKEN, "board/board").reason,
      v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(
      world.Discharge(review.at("board/board"), DISCHARGE_METHOD_REVIEWED, "board/board").sentence,
      "");
  EXPECT_EQ(Replay(world.records).Digest(), world.state.Digest());
}

/// The gate is not walked round by unseating who would be told of what is open: at level 2 and 3 a
/// panel that wants a chair stays where it is.
TEST(ApplyLevel, IsHeldWhereTheChairWasUnseated) {
  for (const v1::MappaLevel level : {v1::MAPPA_LEVEL_3, v1::MAPPA_LEVEL_2}) {
    ActionWorld world;
    if (level == v1::MAPPA_LEVEL_2) {
      ASSERT_EQ(world.Set(world.To(level)).sentence, "");
    }
    for (int i = 0; i < 4; ++i) world.PublishOne();
    SeatPost unseat;
    unseat.set_case_id(world.case_id);
    unseat.mutable_seat()->set_post(ActionWorld::kChair);
    unseat.set_leave(true);
    ASSERT_EQ(world.Say(Coordinator(), COMMAND_NUMBER_SEAT_POST, unseat).sentence, "");
    EXPECT_EQ(world.Set(world.To(v1::MAPPA_LEVEL_1), Coordinator()).reason,
              v1::ERROR_REASON_NOT_PERMITTED);
    EXPECT_EQ(world.Set(world.Exit(), Coordinator()).reason, v1::ERROR_REASON_NOT_PERMITTED);
    unseat.set_leave(false);
    unseat.mutable_seat()->set_kind(v1::SEAT_KIND_CHAIR);
    ASSERT_EQ(world.Say(Coordinator(), COMMAND_NUMBER_SEAT_POST, unseat).sentence, "");
    EXPECT_THAT(world.Set(world.Exit()).sentence, HasSubstr("4 unread urgent items"));
  }
}

/// Only the chair where there is one; at level 1, where there is none, a co-ordinator, who
/// overrides nothing. Before kCoordinatedFrom so at every level.
TEST(ApplyLevel, IsLoweredByTheChairAlone) {
  ActionWorld world;
  EXPECT_EQ(world.Set(world.To(v1::MAPPA_LEVEL_2), Coordinator()).reason,
            v1::ERROR_REASON_NOT_PERMITTED);
  EXPECT_EQ(world.Set(world.Exit(), Coordinator()).reason, v1::ERROR_REASON_NOT_PERMITTED);
  ActionWorld bare;
  bare.behaviour_version = kCoordinatedFrom - 1;
  bare.case_id = bare.OpenCase(bare.Register(5), {{ActionWorld::kMember, v1::SEAT_KIND_MEMBER}});
  bare.nominal = NominalOf(bare.Case());
  AddAction add = bare.Asked();
  const std::string action =
      model::ActionId::Parse(bare.Add(add, "police/coordinator").made_id)->Bytes();
  SetLevel command = bare.To(v1::MAPPA_LEVEL_2);
  EXPECT_THAT(bare.Set(command, Coordinator()).sentence, HasSubstr("seat a chair"));
  ActionWorld::Override(action, command);
  EXPECT_EQ(bare.Set(command, Coordinator()).reason, v1::ERROR_REASON_NOT_PERMITTED);
  EXPECT_EQ(bare.Set(bare.To(v1::MAPPA_LEVEL_2)).reason, v1::ERROR_REASON_NOT_FOUND)
      << "a chair, but of another panel";
  bare.EndIt(bare.Ending(action, v1::ACTION_END_DONE), "police/coordinator");
  EXPECT_EQ(bare.Set(bare.To(v1::MAPPA_LEVEL_1), Coordinator()).sentence, "");
  bare.behaviour_version = kBehaviourVersion;
  const std::string another =
      model::ActionId::Parse(bare.Add(bare.Asked(), "police/coordinator").made_id)->Bytes();
  EXPECT_EQ(bare.Set(bare.Exit(), Coordinator()).reason, v1::ERROR_REASON_WORK_OPEN);
  bare.EndIt(bare.Ending(another, v1::ACTION_END_DONE), "police/coordinator");
  EXPECT_EQ(bare.Set(bare.Exit(), Coordinator()).sentence, "") << "at level 1";
}

/// What is so already is recorded; whoever answers for the case, and the post above, see to each.
TEST(ApplyLevel, RecordsAFactAndHasOpenActionsSeenTo) {
  ActionWorld world;
  const std::string first = world.AddOne();
  const std::string second = world.AddOne(ActionWorld::kGuest);
  SetLevel fact = world.To(v1::MAPPA_LEVEL_1);
  fact.set_as_fact(true);
  ASSERT_EQ(world.Set(fact, ActionWorld::Feed()).sentence, "");
  EXPECT_EQ(world.Case().case_().level(), v1::MAPPA_LEVEL_1);
  const auto see_to = world.Open(v1::OBLIGATION_TYPE_SEE_TO_OPEN_WORK);
  ASSERT_EQ(see_to.size(), 1u);
  const std::string id = see_to.at(ActionWorld::kChair);
  EXPECT_EQ(world.Owed(id).action_ids_size(), 2);
  EXPECT_EQ(world.Owed(id).told_post(), "board/board") << "escalated at once";
  EXPECT_TRUE(world.Open(v1::OBLIGATION_TYPE_REVIEW_OVERRIDE).empty());
  EXPECT_EQ(world.Set(fact, ActionWorld::Feed()).outcome, audit::Outcome::kApplied)
      << "said again, nothing changes";
  EXPECT_EQ(world.Case().changes_size(), 1);
  world.EndIt(world.Ending(first, v1::ACTION_END_DONE));
  EXPECT_EQ(world.Owed(id).ended_ms(), 0);
  EXPECT_EQ(world.Owed(id).action_ids(0), second);
  world.EndIt(world.Ending(second, v1::ACTION_END_OVERTAKEN));
  EXPECT_NE(world.Owed(id).ended_ms(), 0) << "with the last it ends";
  EXPECT_EQ(Replay(world.records).Digest(), world.state.Digest());
}

/// Nobody says that it is no longer needed: it ends with the last action, and until then it climbs.
TEST(ApplyLevel, HasOpenActionsSeenToAndNotWavedAway) {
  for (const bool held : {true, false}) {
    ActionWorld world;
    const std::string action = world.AddOne();
    SetLevel fact = world.To(v1::MAPPA_LEVEL_1);
    fact.set_as_fact(true);
    ASSERT_EQ(world.Set(fact, ActionWorld::Feed()).sentence, "");
    const std::string id =
        world.Open(v1::OBLIGATION_TYPE_SEE_TO_OPEN_WORK).at(ActionWorld::kChair);
    world.behaviour_version = held ? kWorkSeenToFrom : kWorkSeenToFrom - 1;
    for (const auto method : {DISCHARGE_METHOD_UPHELD, DISCHARGE_METHOD_REVIEWED,
                              DISCHARGE_METHOD_TOLD_OTHERWISE, DISCHARGE_METHOD_OVERTAKEN}) {
      if (!held && method != DISCHARGE_METHOD_OVERTAKEN) continue;
      EXPECT_EQ(world.Discharge(id, method, ActionWorld::kChair).reason,
                held ? v1::ERROR_REASON_WRONG_STATE : v1::ERROR_REASON_UNSPECIFIED);
    }
    EXPECT_EQ(world.Owed(id).ended_ms() == 0, held);
    ASSERT_EQ(world.EndIt(world.Ending(action, v1::ACTION_END_DONE)).sentence, "");
    EXPECT_NE(world.Owed(id).ended_ms(), 0);
    EXPECT_EQ(Replay(world.records).Digest(), world.state.Digest());
  }
}

TEST(ApplyLevel, OpensNothingForAFactThatLeavesNothingOpen) {
  ActionWorld world;
  SetLevel fact = world.To(v1::MAPPA_LEVEL_1);
  fact.set_as_fact(true);
  ASSERT_EQ(world.Set(fact, ActionWorld::Feed()).sentence, "");
  world.AddOne();
  fact = world.To(v1::MAPPA_LEVEL_2);
  fact.set_as_fact(true);
  ASSERT_EQ(world.Set(fact, ActionWorld::Feed()).sentence, "") << "a raise leaves nothing behind";
  EXPECT_TRUE(world.Open(v1::OBLIGATION_TYPE_SEE_TO_OPEN_WORK).empty());
}

/// A feed says what is so already, and nobody else does.
TEST(ApplyLevel, TakesFactsFromFeedsAlone) {
  ActionWorld world;
  SetLevel fact = world.To(v1::MAPPA_LEVEL_1);
  EXPECT_EQ(world.Set(fact, ActionWorld::Feed()).reason, v1::ERROR_REASON_NOT_FOUND);
  fact.set_as_fact(true);
  EXPECT_EQ(world.Set(fact).reason, v1::ERROR_REASON_NOT_PERMITTED);
  EXPECT_EQ(world.Set(fact, Coordinator()).reason, v1::ERROR_REASON_NOT_PERMITTED);
  ActionWorld::Override(std::string(16, 'a'), fact);
  EXPECT_EQ(world.Set(fact, ActionWorld::Feed()).reason, v1::ERROR_REASON_FIELD_INVALID);
}

/// The case brings nobody in any more and another may be opened; what was owed is owed.
TEST(ApplyLevel, EndsACase) {
  ActionWorld world;
  const std::string action = world.AddOne();
  EndCase command = world.Exit();
  ActionWorld::Override(action, command);
  ASSERT_EQ(world.Set(command).sentence, "");
  EXPECT_THAT(world.Changed(),
              Contains("case-ended " + world.Case().case_().case_id() + " adds-nothing"));
  EXPECT_EQ(world.Case().ended_ms(), world.now_ms);
  EXPECT_EQ(world.state.Find<NominalRow>(NominalKey(world.nominal))->case_id(), "");
  EXPECT_TRUE(PostsOfCase(world.Case()).empty());
  EXPECT_FALSE(world.state.Get(CaseOfKey(ActionWorld::kMember, world.case_id)).has_value());
  world.PublishOne();
  EXPECT_FALSE(world.DecisionFor(ActionWorld::kChair).has_value()) << "nobody is brought in";
  EXPECT_EQ(world.Open(v1::OBLIGATION_TYPE_COMPLETE_ACTION).size(), 1u);
  EXPECT_EQ(world.EndIt(world.Ending(action, v1::ACTION_END_DONE), ActionWorld::kMember).sentence,
            "")
      << "its owner still ends it";
  EXPECT_EQ(world.Set(world.Exit()).reason, v1::ERROR_REASON_WRONG_STATE);
  EXPECT_EQ(world.Add(world.Asked()).reason, v1::ERROR_REASON_WRONG_STATE);
  SeatPost seat;
  seat.set_case_id(world.case_id);
  seat.mutable_seat()->set_post("prison/security");
  seat.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
  EXPECT_EQ(world.Say(Coordinator(), COMMAND_NUMBER_SEAT_POST, seat).reason,
            v1::ERROR_REASON_WRONG_STATE);
  const std::string ended = world.case_id;
  world.case_id = world.OpenCase(world.nominal, {});
  EXPECT_NE(world.case_id, ended);
  EXPECT_EQ(LastCaseOf(world.nominal, world.state)->case_().case_id(),
            world.Case().case_().case_id());
  EXPECT_EQ(Replay(world.records).Digest(), world.state.Digest());
}

/// What waits for a post that the case brought in is judged before it goes, and does not go.
TEST(ApplyLevel, TakesAccessWithTheCase) {
  ActionWorld world;
  world.PublishOne();
  ASSERT_EQ(world.Waiting(ActionWorld::kMember, ActionWorld::kLane), 1u);
  EndCase fact = world.Exit();
  fact.set_as_fact(true);
  ASSERT_EQ(world.Set(fact, ActionWorld::Feed()).sentence, "");
  world.OpenSession(ActionWorld::kMember);
  EXPECT_TRUE(world.Released(ActionWorld::kMember, ActionWorld::kLane).empty());
}

TEST(ApplyLevel, EndsACaseAsAFactAndHasOpenActionsSeenTo) {
  ActionWorld world;
  world.AddOne();
  EndCase fact = world.Exit();
  fact.set_as_fact(true);
  ASSERT_EQ(world.Set(fact, ActionWorld::Feed()).sentence, "");
  EXPECT_NE(world.Case().ended_ms(), 0);
  EXPECT_EQ(world.Open(v1::OBLIGATION_TYPE_SEE_TO_OPEN_WORK).size(), 1u);
  fact.clear_reason();
  ActionWorld other;
  fact.set_case_id(other.case_id);
  EXPECT_EQ(other.Set(fact, ActionWorld::Feed()).reason, v1::ERROR_REASON_FIELD_INVALID);
}

}  // namespace
}  // namespace tearline::machine
