#include "broker/machine/open_work.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
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

/// More than can be overridden holds no case for good: the newest count, and once they are
/// overridden it goes on.
TEST_F(OpenWorkTest, HoldsNoMoreThanCanBeOverridden) {
  world_.OpenSession(ActionWorld::kMember, /*window_messages=*/1000);
  for (int i = 0; i < model::kOverridesMax / 2 + 10; ++i) world_.PublishOne();
  world_.OpenSession(ActionWorld::kChair, /*window_messages=*/1000);
  const std::vector<OpenPiece> open = SeenBy(ActionWorld::kChair);
  std::set<std::string> ids;
  for (const OpenPiece& each : open) ids.insert(each.id);
  ASSERT_EQ(ids.size(), static_cast<std::size_t>(model::kOverridesMax));
  SetLevel command = world_.To(v1::MAPPA_LEVEL_2);
  for (const std::string& id : ids) ActionWorld::Override(id, command);
  EXPECT_EQ(world_.Set(command).sentence, "");
}

/// P6. What the chair is not told holds nothing, whoever has it unread.
TEST_F(OpenWorkTest, WhatIsLetGoToOthersAloneHoldsNothing) {
  world_.PutInForce(R"(id: "members-alone" version: 2
rules { id: "G1" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { seat: [SEAT_KIND_MEMBER] } } })");
  world_.PublishOne();
  world_.OpenSession(ActionWorld::kMember);
  const std::set<std::string> posts = {ActionWorld::kMember};
  ASSERT_EQ(UnreadUrgentOf({posts, [](const EventRow&) { return true; }, 10}, world_.nominal,
                           world_.state)
                .size(),
            1u);
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
  const auto board_for = [this](const std::string& chair, const std::string& lead = "") {
    return BoardFor(chair, lead, world_.state);
  };
  EXPECT_EQ(board_for("probation/chair"), "board/board");
  GiveBoards("probation/supervisor");  // who escalates to the board
  EXPECT_EQ(board_for("probation/chair"), "board/board");
  GiveBoards("prison/security");  // where the line ends
  EXPECT_EQ(board_for("probation/chair"), "prison/security");
  EXPECT_EQ(board_for("probation/chair", "education"), "prison/security") << "it has none";
  EXPECT_EQ(board_for("probation/chair", "board"), "board/board") << "whose agency leads";
  EXPECT_EQ(board_for("probation/chair", "prison"), "prison/security");
  GiveBoards("");
  EXPECT_EQ(board_for("probation/chair"), "board/board") << "the first by name";
  EXPECT_EQ(board_for("board/board"), "") << "never the chair itself";
  EXPECT_EQ(board_for("board/board", "board"), "");
}

/// What a chair overrides is looked at by a board of the agency that leads the case, where the
/// chair's line knows none. (Before kLeadsBoardFrom, by whoever that line ends with.)
TEST_F(OpenWorkTest, IsLookedAtByTheBoardOfWhoeverLeads) {
  for (const bool leads : {false, true}) {
    ActionWorld world;
    SetPost line;
    *line.mutable_post() = world.state.Find<PostRow>(PostKey("probation/chair"))->post();
    line.mutable_post()->set_escalates_to("prison/security");
    ASSERT_EQ(world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, line).sentence,
              "");
    SetPost board;
    *board.mutable_post() = line.post();
    board.mutable_post()->set_post("probation/smb");
    board.mutable_post()->clear_roles();
    board.mutable_post()->clear_escalates_to();
    board.mutable_post()->add_roles(v1::POST_ROLE_STRATEGIC_BOARD);
    ASSERT_EQ(world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, board).sentence,
              "");
    world.behaviour_version = leads ? kLeadsBoardFrom : kLeadsBoardFrom - 1;
    SetLevel lowered = world.To(v1::MAPPA_LEVEL_2);
    ActionWorld::Override(world.AddOne(), lowered);
    ASSERT_EQ(world.Set(lowered).sentence, "");
    const auto owed = world.Open(v1::OBLIGATION_TYPE_REVIEW_OVERRIDE);
    ASSERT_EQ(owed.size(), 1u);
    EXPECT_EQ(owed.begin()->first, leads ? "probation/smb" : "prison/security");
    EXPECT_EQ(Replay(world.records).Digest().Hex(), world.state.Digest().Hex());
  }
}

/// P6. None that is kept out of the person looks at it: the next does, and at last who answers for
/// data. The chair is refused nothing for it, or it would learn who is kept out.
TEST_F(OpenWorkTest, IsLookedAtByNobodyWhoIsKeptOut) {
  const std::string all_out = "desk/governance";
  for (const std::string& expected : {std::string("board/board"), std::string("probation/smb"),
                                      all_out}) {
    ActionWorld world;
    SetPost board;
    *board.mutable_post() = world.state.Find<PostRow>(PostKey("board/board"))->post();
    board.mutable_post()->set_post("probation/smb");
    board.mutable_post()->set_holder("chair-holder");
    board.mutable_post()->clear_deputy();
    board.mutable_post()->clear_services();
    ASSERT_EQ(world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, board).sentence,
              "");
    LimitAccess limit;
    limit.set_nominal_id(world.nominal);
    limit.add_excluded("board/board");
    if (expected == all_out) limit.add_excluded("probation/smb");
    Actor coordinator = World::System("probation/coordinator");
    coordinator.set_purpose("public-protection");
    if (expected != "board/board") {
      ASSERT_EQ(world.Say(coordinator, COMMAND_NUMBER_LIMIT_ACCESS, limit).sentence, "");
    }
    SetLevel lowered = world.To(v1::MAPPA_LEVEL_2);
    ActionWorld::Override(world.AddOne(), lowered);
    ASSERT_EQ(world.Set(lowered).sentence, "");
    const auto owed = world.Open(v1::OBLIGATION_TYPE_REVIEW_OVERRIDE);
    ASSERT_EQ(owed.size(), 1u);
    EXPECT_EQ(owed.begin()->first, expected);
    EXPECT_EQ(Replay(world.records).Digest().Hex(), world.state.Digest().Hex());
  }
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
