#include "broker/machine/asked.h"

#include <gtest/gtest.h>

#include <string>

#include "broker/machine/silence.h"
#include "tests/machine/duty_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

class AskedTest : public DutyWorld {
 protected:
  std::optional<Asked> Of(const std::string& post) const {
    return AskedOf(Owed(), Row(), post, world.state);
  }
  /// What was let go to a post, whatever became of the obligation.
  std::size_t Notices() const { return world.Released(kPrison, v1::URGENCY_URGENT).size(); }
};

/// P3. A prison's item joins what a force's opened: the prison alone can write what may be told.
TEST_F(AskedTest, WhoeverAnswersForAnEventThatJoinsIsAsked) {
  for (const std::uint16_t version : {kBefore, kDutiesKeptFrom}) {
    DutyWorld::world = EventWorld();
    world.behaviour_version = version;
    world.OpenSession(kPrison);
    world.OpenSession(kIntel);
    PublishControlled();
    world.now_ms += kHourMs;
    PublishControlled(kPrison);
    ASSERT_EQ(Row().count(), 2u);
    EXPECT_EQ(DutyWorld::Notices(kIntel).size(), 1u);
    const bool asked = version == kDutiesKeptFrom;
    ASSERT_EQ(DutyWorld::Notices(kPrison).size(), asked ? 1u : 0u);
    EXPECT_EQ(Of(kPrison).has_value(), asked);
    EXPECT_EQ(Of(kIntel).has_value(), asked);
  }
}

/// P6. It learns of its own event, and nothing of what the obligation counts besides.
TEST_F(AskedTest, EachLearnsOfItsOwnAlone) {
  world.OpenSession(kPrison);
  PublishControlled();
  world.PassAndPulse(4 * kHourMs);
  world.PassAndPulse(kHourMs);
  PublishControlled(kPrison);
  const std::int64_t own_ms = world.now_ms;
  ASSERT_EQ(Row().stage(), 2u);
  ASSERT_LT(Row().due_ms(), own_ms);
  ASSERT_EQ(DutyWorld::Notices(kPrison).size(), 1u);
  const ItemRow notice = DutyWorld::Notices(kPrison)[0];
  EXPECT_EQ(notice.obligation_events(), 1u);
  EXPECT_EQ(notice.obligation_due_ms(), own_ms + 4 * kHourMs);
  EXPECT_EQ(notice.stage(), 0u);
  world.now_ms += kHourMs;
  PublishControlled(kPrison);
  ASSERT_EQ(Row().count(), 3u);
  ASSERT_TRUE(Of(kPrison).has_value());
  EXPECT_EQ(Of(kPrison)->events, 2u);
  EXPECT_EQ(Of(kPrison)->first_ms, own_ms);
  EXPECT_EQ(Of(kPrison)->due_ms, own_ms + 4 * kHourMs);
  EXPECT_FALSE(Of("board/board").has_value());
  EXPECT_FALSE(Of("").has_value());
}

/// The force's event is withheld from the prison, which must not hear of the obligation: of its own
/// event it is asked all the same, and has no say in the rest.
TEST_F(AskedTest, AlsoWhoMayNotHearOfTheRest) {
  SeatPost seat;
  seat.set_case_id(world.case_id);
  seat.mutable_seat()->set_post(kPrison);
  seat.mutable_seat()->set_kind(v1::SEAT_KIND_CHAIR);
  world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, seat);
  world.OpenSession(kPrison);
  PublishControlled();
  ASSERT_EQ(Notices(), 0u);
  PublishControlled(kPrison);
  ASSERT_FALSE(MayHearOf(Owed(), Row(), kPrison, world.state));
  EXPECT_EQ(DutyWorld::Notices(kPrison).size(), 1u);
  EXPECT_EQ(Of(kPrison)->events, 1u);
  EXPECT_EQ(world.Discharge(Owed(), DISCHARGE_METHOD_TOLD_OTHERWISE, kPrison).reason,
            v1::ERROR_REASON_NOT_FOUND);
}

/// What was settled before the notice went out is asked of nobody.
TEST_F(AskedTest, NotOfWhatIsOwedNoMore) {
  PublishControlled();
  const std::string event = PublishControlled(kPrison);
  ASSERT_EQ(world.Waiting(kPrison, v1::URGENCY_URGENT), 1u);
  ASSERT_TRUE(Of(kPrison).has_value());
  world.Withdraw(event, v1::WITHDRAWAL_REASON_INACCURATE, kPrison);
  ASSERT_EQ(Row().count(), 1u);
  EXPECT_FALSE(Of(kPrison).has_value());
  world.OpenSession(kPrison);
  EXPECT_EQ(Notices(), 0u);
  EXPECT_EQ(world.Waiting(kPrison, v1::URGENCY_URGENT), 0u);
}

/// Asked as it is handed to another debtor, too.
TEST_F(AskedTest, WhenAnotherMustSeeToIt) {
  PublishControlled(kIntel, v1::URGENCY_ROUTINE);
  NameAccountable other;
  other.set_case_id(world.case_id);
  other.set_post(kPrison);
  ASSERT_EQ(world
                .Say(World::System("probation/coordinator"), COMMAND_NUMBER_NAME_ACCOUNTABLE, other)
                .sentence,
            "");
  world.OpenSession(kAccountable);
  ASSERT_EQ(Row().debtor_post(), kPrison);
  EXPECT_EQ(Of(kIntel)->events, 1u);
}

}  // namespace
}  // namespace tearline::machine
