#include "broker/machine/open_work.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/machine/case_row.h"
#include "broker/machine/unread_urgent.h"
#include "broker/model/ids.h"
#include "broker/model/limits.h"
#include "broker/model/vocabulary.h"
#include "tests/machine/action_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> Kinds(const std::vector<OpenPiece>& open) {
  std::vector<std::string> words;
  for (const OpenPiece& each : open) {
    words.push_back(model::CodeOf(v1::OpenWorkKind_Name(each.kind), "OPEN_WORK_KIND_") + " of " +
                    each.post);
  }
  return words;
}

class OpenWorkTest : public testing::Test {
 protected:
  std::vector<OpenPiece> SeenBy(const std::string& post) const {
    return OpenWorkOf(world_.case_id, world_.Case(), post, world_.behaviour_version,
                      world_.state);
  }
  void GiveBoards(const std::string& above_chair) {
    SetPost set;
    *set.mutable_post() = world_.state.Find<PostRow>(PostKey("probation/chair"))->post();
    set.mutable_post()->set_escalates_to(above_chair);
    ASSERT_EQ(world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set).sentence,
              "");
  }

  ActionWorld world_;
};

/// What travels fast and was not read; with the reading it is gone.
TEST_F(OpenWorkTest, IsAlsoWhatWasNotRead) {
  world_.PublishOne();
  EXPECT_THAT(Kinds(SeenBy(ActionWorld::kChair)), ElementsAre("unread of ct-police/accountable"));
  EXPECT_THAT(world_.Set(world_.To(v1::MAPPA_LEVEL_2)).sentence,
              HasSubstr("0 actions, 0 obligations and 1 unread urgent item open"));
  world_.OpenSession(ActionWorld::kAccountable);
  for (const auto& [number, item] :
       world_.Released(ActionWorld::kAccountable, v1::URGENCY_URGENT)) {
    if (item.kind() != ITEM_KIND_EVENT) continue;
    ReadItem read;
    read.set_feed(ActionWorld::kAccountable);
    read.set_lane(v1::URGENCY_URGENT);
    read.set_sequence(number);
    world_.Say(World::Holder(ActionWorld::kAccountable), COMMAND_NUMBER_READ, read);
  }
  EXPECT_THAT(Kinds(SeenBy(ActionWorld::kChair)), IsEmpty());
  EXPECT_EQ(world_.Set(world_.To(v1::MAPPA_LEVEL_2)).sentence, "");
}

/// What travels fast, was let go to a seat and was read by nobody is open though no rule has
/// anybody read it: whether its system has it makes no difference, a person's reading does.
TEST_F(OpenWorkTest, IsAlsoWhatWasLetGoAndNotRead) {
  const std::string event = world_.PublishOne();
  ASSERT_THAT(Kinds(SeenBy(ActionWorld::kChair)), ElementsAre("unread of ct-police/accountable"));
  const std::string session = world_.OpenSession(ActionWorld::kMember);
  const std::vector<std::string> both = {"unread of ct-police/accountable",
                                         "unread of police/panel"};
  EXPECT_EQ(Kinds(SeenBy(ActionWorld::kChair)), both);
  EXPECT_THAT(world_.Set(world_.To(v1::MAPPA_LEVEL_2)).sentence,
              HasSubstr("0 actions, 0 obligations and 2 unread urgent items open"));
  world_.Acknowledge(ActionWorld::kMember, session, v1::URGENCY_URGENT, {1});
  EXPECT_EQ(Kinds(SeenBy(ActionWorld::kChair)), both);
  EXPECT_EQ(TextOf(SeenBy(ActionWorld::kChair).at(1)), model::EventId::FromBytes(event)->Text());

  world_.behaviour_version = kUnreadHoldsFrom - 1;
  EXPECT_THAT(Kinds(SeenBy(ActionWorld::kChair)), ElementsAre("unread of ct-police/accountable"));
  EXPECT_THAT(world_.Set(world_.To(v1::MAPPA_LEVEL_2)).sentence,
              HasSubstr("1 unread urgent item"));
  world_.behaviour_version = kUnreadHoldsFrom;

  ReadItem read;
  read.set_feed(ActionWorld::kMember);
  read.set_lane(v1::URGENCY_URGENT);
  read.set_sequence(1);
  ASSERT_EQ(
      world_.Say(World::Holder(ActionWorld::kMember), COMMAND_NUMBER_READ, read).sentence, "");
  EXPECT_THAT(Kinds(SeenBy(ActionWorld::kChair)), ElementsAre("unread of ct-police/accountable"));
}

/// It is overridden by the event, for everybody who has not read it; what is routine, or taken
/// back, holds nothing.
TEST_F(OpenWorkTest, WhatNobodyOwesAReadingOfIsOverriddenByItsEvent) {
  stored::v1::Publish routine = world_.Event(world_.nominal);
  routine.set_urgency(v1::URGENCY_ROUTINE);
  world_.Publish(routine);
  world_.OpenSession(ActionWorld::kMember);
  world_.OpenSession(ActionWorld::kChair);
  EXPECT_THAT(SeenBy(ActionWorld::kChair), IsEmpty());
  const std::string wrong = world_.PublishOne();
  const std::string event = world_.PublishOne();
  ASSERT_EQ(SeenBy(ActionWorld::kChair).size(), 6u);
  world_.Withdraw(wrong, v1::WITHDRAWAL_REASON_INACCURATE);
  const std::vector<OpenPiece> open = SeenBy(ActionWorld::kChair);
  ASSERT_THAT(Kinds(open), ElementsAre("unread of ct-police/accountable", "unread of police/panel",
                                       "unread of probation/chair"));
  SetLevel command = world_.To(v1::MAPPA_LEVEL_2);
  ActionWorld::Override(event, command);
  EXPECT_THAT(world_.Set(command).sentence, HasSubstr("1 unread urgent item open"));
  ActionWorld::Override(open.at(0).id, command);
  ASSERT_EQ(world_.Set(command).sentence, "");
  EXPECT_THAT(world_.Changed(),
              testing::Contains("work-overridden " + model::EventId::FromBytes(event)->Text() +
                                " agency-goes-on"));
}

/// P6. What the chair is not told holds nothing, whoever has it unread.
TEST_F(OpenWorkTest, WhatIsLetGoToOthersAloneHoldsNothing) {
  world_.PutInForce(R"(id: "members-alone" version: 2
rules { id: "G1" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { seat: [SEAT_KIND_MEMBER] } } })");
  world_.PublishOne();
  world_.OpenSession(ActionWorld::kMember);
  ASSERT_EQ(UnreadUrgentOf(ActionWorld::kMember, world_.nominal, world_.state).size(), 1u);
  EXPECT_THAT(SeenBy(ActionWorld::kChair), IsEmpty());
}

/// Under whichever of the person's nominals it was told.
TEST_F(OpenWorkTest, IsOfThePersonUnderAnyNominal) {
  const std::string other = world_.Register(2);
  ASSERT_EQ(world_.Merge(other, world_.nominal).sentence, "");
  ASSERT_EQ(world_.Publish(world_.Event(other)).outcome, audit::Outcome::kApplied);
  EXPECT_THAT(Kinds(SeenBy(ActionWorld::kChair)), ElementsAre("unread of ct-police/accountable"));
}

/// An unread item is overridden by its obligation; what is routine counts for nothing.
TEST_F(OpenWorkTest, IsOverriddenByItsId) {
  stored::v1::Publish routine = world_.Event(world_.nominal);
  routine.set_urgency(v1::URGENCY_ROUTINE);
  world_.Publish(routine);
  EXPECT_THAT(SeenBy(ActionWorld::kChair), IsEmpty());
  world_.PublishOne();
  const std::string id = SeenBy(ActionWorld::kChair).at(0).id;
  SetLevel command = world_.To(v1::MAPPA_LEVEL_2);
  ActionWorld::Override(id, command);
  ASSERT_EQ(world_.Set(command).sentence, "");
  EXPECT_THAT(world_.Changed(),
              testing::Contains("work-overridden " + model::ObligationId::FromBytes(id)->Text() +
                                " agency-goes-on"));
  EXPECT_EQ(world_.Owed(id).ended_ms(), 0) << "it must still be read";
}

/// P6. Of an event that is withheld from the chair the gate says nothing: neither that it is unread
/// nor that somebody must see to it.
TEST_F(OpenWorkTest, SaysNothingOfWhatIsWithheldFromWhoAsks) {
  world_.PublishControlled();
  ASSERT_FALSE(world_.Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW).empty());
  EXPECT_THAT(SeenBy(ActionWorld::kChair), IsEmpty());
  EXPECT_EQ(world_.Set(world_.To(v1::MAPPA_LEVEL_2)).sentence, "");
  EXPECT_FALSE(world_.Open(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW).empty()) << "owed as before";
}

/// Nor to a co-ordinator anything that comes from an event at all.
TEST_F(OpenWorkTest, ShowsACoordinatorActionsAlone) {
  world_.PublishOne();
  world_.AddOne();
  EXPECT_THAT(Kinds(SeenBy("police/coordinator")), ElementsAre("action of police/panel"));
}

TEST_F(OpenWorkTest, IsOverriddenWithAReasonOnceAndOnlyWhatIsOpen) {
  const std::string action = world_.AddOne();
  SetLevel command = world_.To(v1::MAPPA_LEVEL_2);
  ActionWorld::Override(action, command);
  command.mutable_overrides(0)->clear_reason();
  EXPECT_EQ(world_.Set(command).reason, v1::ERROR_REASON_FIELD_INVALID);
  command.clear_overrides();
  ActionWorld::Override(action, command);
  ActionWorld::Override(action, command);
  EXPECT_EQ(world_.Set(command).reason, v1::ERROR_REASON_FIELD_INVALID) << "twice";
  command.clear_overrides();
  ActionWorld::Override(action, command);
  ActionWorld::Override(std::string(16, 'x'), command);
  EXPECT_EQ(world_.Set(command).reason, v1::ERROR_REASON_NOT_FOUND);
}

TEST_F(OpenWorkTest, IsOverriddenInSoManyPiecesAndNoMore) {
  SetLevel command = world_.To(v1::MAPPA_LEVEL_2);
  for (int i = 0; i < model::kOverridesMax; ++i) {
    ActionWorld::Override(
        std::string(14, 'x') + static_cast<char>(i / 128) + static_cast<char>(i % 128), command);
  }
  EXPECT_EQ(world_.Set(command).reason, v1::ERROR_REASON_NOT_FOUND) << "many, but not open";
  ActionWorld::Override(std::string(16, 'y'), command);
  EXPECT_EQ(world_.Set(command).reason, v1::ERROR_REASON_LIMIT_PASSED);
}

/// The board in the chair's line; else the end of that line; else the first board there is.
TEST_F(OpenWorkTest, IsLookedAtByTheBoardOfTheLine) {
  EXPECT_EQ(BoardFor("probation/chair", world_.state), "board/board");
  GiveBoards("probation/supervisor");  // who escalates to the board
  EXPECT_EQ(BoardFor("probation/chair", world_.state), "board/board");
  GiveBoards("prison/security");  // where the line ends
  EXPECT_EQ(BoardFor("probation/chair", world_.state), "prison/security");
  GiveBoards("");
  EXPECT_EQ(BoardFor("probation/chair", world_.state), "board/board") << "the first by name";
  EXPECT_EQ(BoardFor("board/board", world_.state), "") << "never the chair itself";
}

TEST_F(OpenWorkTest, IsNotOverriddenWhereNobodyCouldLookAtIt) {
  SetPost set;
  *set.mutable_post() = world_.state.Find<PostRow>(PostKey("board/board"))->post();
  set.mutable_post()->clear_roles();
  set.mutable_post()->add_roles(v1::POST_ROLE_PRACTITIONER);
  ASSERT_EQ(world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set).sentence, "");
  GiveBoards("");
  SetLevel command = world_.To(v1::MAPPA_LEVEL_2);
  ActionWorld::Override(world_.AddOne(), command);
  EXPECT_EQ(world_.Set(command).reason, v1::ERROR_REASON_NO_REVIEWER);
}

}  // namespace
}  // namespace tearline::machine
