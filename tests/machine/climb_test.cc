#include "broker/machine/climb.h"

#include <gtest/gtest.h>

#include <string>

#include "broker/machine/board.h"
#include "tests/machine/duty_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

class Climb : public DutyWorld {
 protected:
  /// Nobody does anything: holder, deputy, board, and the end of the line.
  void LetItClimb() {
    world.PassAndPulse(4 * kHourMs);
    for (int step = 0; step < 3; ++step) world.PassAndPulse(kHourMs);
    ASSERT_EQ(Row().told_post(), kBoard);
    ASSERT_EQ(Row().next_step_ms(), 0) << "nobody chases it any more";
  }
};

/// P3. The debtor must decide on each event, and is told of each.
TEST_F(Climb, ItsDebtorIsToldOfEachEventThatJoins) {
  for (const std::uint16_t version : {kBefore, kDutiesKeptFrom}) {
    DutyWorld::world = EventWorld();
    world.behaviour_version = version;
    world.OpenSession(kAccountable);
    PublishControlled();
    ASSERT_EQ(Notices(kAccountable).size(), 1u);
    PublishControlled();
    EXPECT_EQ(Row().count(), 2u);
    ASSERT_EQ(Notices(kAccountable).size(), version == kBefore ? 1u : 2u);
    EXPECT_EQ(Notices(kAccountable).back().obligation_events(), version == kBefore ? 1u : 2u);
  }
}

/// A further post that is owed the same event is nothing more to decide on.
TEST_F(Climb, ItsDebtorIsToldOfAnEventOnce) {
  world.OpenSession(kAccountable);
  SeatPost seat;
  seat.set_case_id(world.case_id);
  seat.mutable_seat()->set_post(kPrison);
  seat.mutable_seat()->set_kind(v1::SEAT_KIND_CHAIR);
  world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, seat);
  PublishControlled();
  ASSERT_EQ(Row().owed_posts_size(), 2);
  EXPECT_EQ(Notices(kAccountable).size(), 1u);
}

/// P3. What had come to the end of its line is chased anew by what joins it, from the first step.
TEST_F(Climb, WhatJoinsAtTheEndOfTheLineIsChasedAnew) {
  world.OpenSession(kAccountable);
  PublishControlled();
  const std::int64_t due_ms = Row().due_ms();
  LetItClimb();
  world.now_ms += 24 * kHourMs;
  const std::size_t before = Notices(kAccountable).size();
  PublishControlled(kIntel, v1::URGENCY_IMMEDIATE);
  EXPECT_EQ(Row().count(), 2u);
  EXPECT_EQ(Row().stage(), 0u);
  EXPECT_EQ(Row().told_post(), kAccountable);
  EXPECT_EQ(Row().next_step_ms(), world.now_ms + 4 * kHourMs);
  EXPECT_EQ(Row().due_ms(), due_ms) << "the time it missed is kept";
  EXPECT_EQ(Notices(kAccountable).size(), before + 1);
  LetItClimb();
}

/// As it was: nobody hears of it.
TEST_F(Climb, NobodyHeardOfWhatJoinedThereBefore) {
  world.behaviour_version = kBefore;
  PublishControlled();
  LetItClimb();
  PublishControlled();
  EXPECT_EQ(Row().count(), 2u);
  EXPECT_EQ(Row().next_step_ms(), 0);
  EXPECT_EQ(Row().told_post(), kBoard);
}

/// The past is one word to its panel, however much of it comes; chased anew it is told once more.
TEST_F(Climb, OfThePastNobodyIsToldTwice) {
  v1::Post intake = PostAsItIs(kIntel);
  intake.add_roles(v1::POST_ROLE_INTAKE);
  Set(intake);
  world.OpenSession(kChair);
  const auto import = [this] {
    stored::v1::Publish event = world.Event(world.nominal);
    event.set_imported(true);
    world.Publish(event);
  };
  const auto told = [this] {
    int count = 0;
    for (const auto& [sequence, item] : world.Released(kChair, v1::URGENCY_URGENT)) {
      count += item.kind() == ITEM_KIND_OBLIGATION;
    }
    return count;
  };
  import();
  import();
  EXPECT_EQ(told(), 1);
  for (int day = 0; day < 12; ++day) world.PassAndPulse(24 * kHourMs);
  const int climbed = told();
  import();
  EXPECT_EQ(told(), climbed + 1);
  import();
  EXPECT_EQ(told(), climbed + 1);
}

/// What must be seen to within an hour does not wait for a step that is a day away; but one event
/// after the other takes no step before its time.
TEST_F(Climb, WhatJoinsOnTheWayIsChasedInItsOwnTime) {
  world.PutInForce(R"(id: "world" version: 2 purpose: "For tests."
    rules { id: "G1" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
      when { recipient { seat: [SEAT_KIND_CHAIR, SEAT_KIND_MEMBER] } } }
    rules { id: "Q1" kind: RULE_KIND_CAP_QUALIFIED level: LEVEL_TEAR_LINE
      reason: RULE_REASON_ORIGINATOR_CONTROL when { event { originator_controlled: true } } }
    rules { id: "D2" kind: RULE_KIND_DUTY level: LEVEL_TEAR_LINE
      reason: RULE_REASON_PANEL_MUST_KNOW when { recipient { seat: SEAT_KIND_CHAIR } }
      oblige_if_unmet { type: OBLIGATION_TYPE_SANITISE_OR_REVIEW within: "24h"
                        escalate_every: "24h" } }
    rules { id: "D3" kind: RULE_KIND_DUTY level: LEVEL_TEAR_LINE
      reason: RULE_REASON_PANEL_MUST_KNOW
      when { recipient { seat: SEAT_KIND_CHAIR } event { urgency: URGENCY_IMMEDIATE } }
      oblige_if_unmet { type: OBLIGATION_TYPE_SANITISE_OR_REVIEW within: "2h"
                        escalate_every: "1h" } })");
  PublishControlled(kIntel, v1::URGENCY_ROUTINE);
  world.PassAndPulse(24 * kHourMs);
  ASSERT_EQ(Row().stage(), 1u);
  ASSERT_EQ(Row().next_step_ms(), world.now_ms + 24 * kHourMs);
  world.now_ms += kHourMs;
  PublishControlled(kIntel, v1::URGENCY_IMMEDIATE);
  EXPECT_EQ(Row().stage(), 1u) << "it goes on where it is";
  const std::int64_t next_ms = world.now_ms + 2 * kHourMs;
  EXPECT_EQ(Row().next_step_ms(), next_ms);
  world.now_ms += kHourMs;
  PublishControlled(kIntel, v1::URGENCY_IMMEDIATE);
  EXPECT_EQ(Row().next_step_ms(), next_ms);
}

/// P3. The spec's last step is the strategic board: where nobody wired it into the line, too.
TEST_F(Climb, ComesToABoardWhereNoneStandsInTheLine) {
  for (const std::uint16_t version : {kBefore, kDutiesKeptFrom}) {
    DutyWorld::world = EventWorld();
    EscalatesTo(kAccountable, "");
    world.behaviour_version = version;
    world.OpenSession(kBoard);
    PublishControlled();
    world.PassAndPulse(4 * kHourMs);
    ASSERT_EQ(Row().stage(), 1u);
    world.PassAndPulse(kHourMs);
    if (version == kBefore) {
      EXPECT_EQ(Row().next_step_ms(), 0) << "told to nobody but its debtor";
      continue;
    }
    EXPECT_EQ(Row().stage(), 2u);
    EXPECT_EQ(Row().told_post(), kBoard);
    EXPECT_EQ(Notices(kBoard).size(), 1u);
    world.PassAndPulse(kHourMs);
    EXPECT_EQ(Row().next_step_ms(), 0);
    EXPECT_EQ(Row().stage(), 2u) << "once";
    EXPECT_EQ(Notices(kBoard).size(), 1u);
  }
}

/// The board of the agency that leads the case is asked before one that comes first by name; none
/// where one stands in the line, nor one that the event was withheld from.
TEST_F(Climb, ComesToTheLeadAgencysBoardFirst) {
  const auto add_board = [this](const std::string& post, const std::string& holder) {
    v1::Post board;
    board.set_post(post);
    board.add_roles(v1::POST_ROLE_STRATEGIC_BOARD);
    board.set_holder(holder);
    board.mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
    Set(board);
  };
  add_board("probation/smb", "chair-holder");
  EscalatesTo(kAccountable, kPrison);
  PublishControlled();
  world.PassAndPulse(4 * kHourMs);
  world.PassAndPulse(kHourMs);
  ASSERT_EQ(Row().told_post(), kPrison);
  world.PassAndPulse(kHourMs);
  EXPECT_EQ(Row().told_post(), "probation/smb");
  EXPECT_EQ(Row().stage(), 3u);

  add_board("ct-police/board", "intel-holder");
  EscalatesTo(kPrison, "ct-police/board");
  PublishControlled();
  world.PassAndPulse(kHourMs);  // to the end
  PublishControlled();          // and anew
  world.PassAndPulse(4 * kHourMs);
  for (int step = 0; step < 2; ++step) world.PassAndPulse(kHourMs);
  EXPECT_EQ(Row().told_post(), "ct-police/board");
  world.PassAndPulse(kHourMs);
  EXPECT_EQ(Row().told_post(), "ct-police/board") << "a board has it";
  EXPECT_EQ(Row().next_step_ms(), 0);
}

/// P6. A board that is kept out of the person is not asked either, and the next one is.
TEST_F(Climb, ComesToNoBoardThatIsKeptOutOfThePerson) {
  for (const std::uint16_t version : {static_cast<std::uint16_t>(kPassedOverFrom - 1),
                                      kPassedOverFrom}) {
    DutyWorld::world = EventWorld();
    v1::Post board;
    board.set_post("ct-police/board");
    board.add_roles(v1::POST_ROLE_STRATEGIC_BOARD);
    board.set_holder("intel-holder");
    board.mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
    Set(board);
    EscalatesTo(kAccountable, "");
    Exclude("ct-police/board");
    PublishControlled();
    world.behaviour_version = version;
    world.PassAndPulse(4 * kHourMs);
    world.PassAndPulse(kHourMs);
    EXPECT_EQ(Row().told_post(), version < kPassedOverFrom ? "ct-police/board" : kBoard);
  }
  DutyWorld::world = EventWorld();
  EscalatesTo(kAccountable, "");
  Exclude("board");
  PublishControlled();
  for (int step = 0; step < 3; ++step) world.PassAndPulse(4 * kHourMs);
  EXPECT_EQ(Row().told_post(), kAccountable) << "nobody is left";
  EXPECT_EQ(Row().next_step_ms(), 0);
}

/// P6. Nobody in the line who is kept out of the person, or in conflict with them, is told that
/// something is owed about them: the next above is; and a board that is kept out counts as none.
TEST_F(Climb, PassesOverWhoeverInTheLineIsKeptOutOfThePerson) {
  for (const std::uint16_t version :
       {static_cast<std::uint16_t>(kPassedOverFrom - 1), kPassedOverFrom}) {
    DutyWorld::world = EventWorld();
    EscalatesTo(kAccountable, kPrison);
    EscalatesTo(kPrison, kBoard);
    Exclude(kPrison);
    PublishControlled();
    world.OpenSession(kPrison);
    world.behaviour_version = version;
    world.PassAndPulse(4 * kHourMs);
    world.PassAndPulse(kHourMs);
    EXPECT_EQ(Row().told_post(), version < kPassedOverFrom ? kPrison : kBoard);
    EXPECT_EQ(Notices(kPrison).size(), version < kPassedOverFrom ? 1u : 0u);
  }
  DutyWorld::world = EventWorld();
  v1::Post board;
  board.set_post("ct-police/board");
  board.add_roles(v1::POST_ROLE_STRATEGIC_BOARD);
  board.set_holder("intel-holder");
  board.mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
  Set(board);
  EscalatesTo(kAccountable, "ct-police/board");
  Exclude("ct-police/board");
  PublishControlled();
  world.PassAndPulse(4 * kHourMs);
  world.PassAndPulse(kHourMs);
  EXPECT_EQ(Row().told_post(), kBoard) << "one stands in the line, and may not know";
}

/// P6. Whoever was told and is kept out since is passed over when something joins.
TEST_F(Climb, WhatJoinsIsNotLeftWithWhoeverIsKeptOutByNow) {
  EscalatesTo(kAccountable, kPrison);
  EscalatesTo(kPrison, kBoard);
  PublishControlled();
  world.PassAndPulse(4 * kHourMs);
  world.PassAndPulse(kHourMs);
  ASSERT_EQ(Row().told_post(), kPrison);
  Exclude(kPrison);
  PublishControlled();
  EXPECT_EQ(Row().told_post(), kBoard);
}

/// P6. A board that sits on the panel and may not be told does not hear of it this way either.
TEST_F(Climb, ComesToNoBoardThatMayNotHearOfIt) {
  EscalatesTo(kAccountable, "");
  SeatPost seat;
  seat.set_case_id(world.case_id);
  seat.mutable_seat()->set_post(kBoard);
  seat.mutable_seat()->set_kind(v1::SEAT_KIND_CHAIR);
  world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, seat);
  world.OpenSession(kBoard);
  PublishControlled();
  for (int step = 0; step < 4; ++step) world.PassAndPulse(4 * kHourMs);
  EXPECT_EQ(Row().told_post(), kAccountable);
  EXPECT_TRUE(Notices(kBoard).empty());
}

}  // namespace
}  // namespace tearline::machine
