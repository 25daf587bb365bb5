#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <string>

#include "broker/machine/raise.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/wishing_world.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

/// Nothing is due in an empty world.
TEST(ApplyPulse, HasNoDeadlineWhereNothingIsOwed) {
  const World world;
  EXPECT_EQ(NextDeadlineMs(world.state), std::numeric_limits<std::int64_t>::max());
}

/// Ten obligations more than one pulse fires.
void OweMoreThanAPulse(World& world) {
  for (int i = 0; i < model::kPulseRowsMax + 10; ++i) {
    const std::string nominal = world.Register(i);
    world.OpenCase(nominal, {{"probation/chair", v1::SEAT_KIND_CHAIR}});
    stored::v1::Publish event = world.Event(nominal);
    event.mutable_label()->set_originator_controlled(true);
    world.Publish(event);
  }
}

/// At most 256 rows fire in one record; the rest are still due.
TEST(ApplyPulse, FiresTwoHundredAndFiftySixAtATime) {
  World world;
  OweMoreThanAPulse(world);
  const auto escalated = [&world] {
    int count = 0;
    for (const auto& [id, row] : world.OpenObligations()) count += row.stage() > 0;
    return count;
  };
  world.PassAndPulse(4 * 60 * 60 * 1000);
  EXPECT_EQ(escalated(), model::kPulseRowsMax);
  EXPECT_LE(NextDeadlineMs(world.state), world.now_ms);
  world.PassAndPulse(0);
  EXPECT_EQ(escalated(), model::kPulseRowsMax + 10);
  EXPECT_GT(NextDeadlineMs(world.state), world.now_ms);
}

/// A subscription is forgotten by the same pulse in which a retry of it is due.
TEST(ApplyPulse, FiresNoRetryOfAFeedThatItForgetsFirst) {
  WishingWorld world;
  const std::string nominal = world.Register(1);
  const std::string feed = world.Subscribe("prison/security", WishingWorld::About({nominal}));
  const std::string session = world.OpenSession(feed);
  world.Tell(nominal);
  Retry retry;
  retry.set_feed(feed);
  retry.set_session_id(session);
  retry.set_lane(v1::URGENCY_URGENT);
  retry.set_sequence(1);
  retry.set_delay_ms(60'000);
  ASSERT_EQ(world.Say(World::System("prison/security"), COMMAND_NUMBER_RETRY, retry).outcome,
            audit::Outcome::kApplied);
  world.Delete(feed);
  EXPECT_EQ(world.PassAndPulse(60'000).outcome, audit::Outcome::kApplied);
  EXPECT_TRUE(world.Released(feed, v1::URGENCY_URGENT).empty());
  EXPECT_EQ(NextDeadlineMs(world.state), std::numeric_limits<std::int64_t>::max());
}

/// The prison moves: all that was recorded is weighed again.
void BeginRaiseIn(World& world) {
  AdmitAgency admit;
  *admit.mutable_agency() = world.state.Find<AgencyRow>(AgencyKey("prison"))->agency();
  admit.mutable_agency()->set_area("south");
  const Applied first =
      world.Say(World::System("desk/operator"), COMMAND_NUMBER_ADMIT_AGENCY, admit);
  SecondHand second;
  second.set_pending_id(model::PendingId::Parse(first.made_id)->Bytes());
  ASSERT_EQ(world.Say(World::System("board/operator"), COMMAND_NUMBER_SECOND_HAND, second).sentence,
            "");
}

/// Where a raise goes on; nothing if it is through.
std::optional<model::Position> RaisedFromIn(const World& world) {
  const auto row = world.state.Find<RaiseRow>(state::Key(state::Table::kRaise));
  return row ? std::optional<model::Position>(row->from()) : std::nullopt;
}

/// A raise has its share however much was due before it.
TEST(ApplyPulse, GoesOnWithARaiseBehindAllThatIsDue) {
  World world;
  OweMoreThanAPulse(world);
  world.now_ms += 5 * 60 * 60 * 1000;
  BeginRaiseIn(world);
  const auto before = RaisedFromIn(world);
  ASSERT_TRUE(before.has_value());
  world.PassAndPulse(0);
  EXPECT_TRUE(!RaisedFromIn(world) || *RaisedFromIn(world) > *before);
  EXPECT_EQ(Replay(world.records).Digest().Hex(), world.state.Digest().Hex());
}

/// A ledger whose raise takes pulses of looking alone: one person with a panel of six, about whom
/// much was told, and another about whom `others` were.
class RaiseAmongOthers : public testing::Test {
 protected:
  static constexpr std::uint16_t kBefore = kRaiseGivesWayFrom - 1;
  static constexpr char kNew[] = "education/guest";

  void Tell(int others) {
    const std::string one = world_.Register(1);
    world_.OpenCase(one, {{"probation/chair", v1::SEAT_KIND_CHAIR},
                          {"probation/supervisor", v1::SEAT_KIND_MEMBER},
                          {"police/panel", v1::SEAT_KIND_MEMBER},
                          {"police/coordinator", v1::SEAT_KIND_MEMBER},
                          {"prison/security", v1::SEAT_KIND_MEMBER},
                          {"ct-police/accountable", v1::SEAT_KIND_MEMBER}});
    for (int i = 0; i < model::kReleaseRowsMax; ++i) world_.Tell(one);
    const std::string other = world_.Register(2);
    case_id_ = world_.OpenCase(other, {{"probation/chair", v1::SEAT_KIND_CHAIR}});
    for (int i = 0; i < others; ++i) world_.Tell(other);
  }
  void BeginRaise() {
    BeginRaiseIn(world_);
    ASSERT_TRUE(RaisedFrom().has_value());
    ++world_.now_ms;  // what is begun from here on is due later
  }
  void Seat(bool leave = false) {
    SeatPost seat;
    seat.set_case_id(case_id_);
    seat.mutable_seat()->set_post(kNew);
    seat.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
    seat.set_leave(leave);
    seat.set_with_history(!leave);
    ASSERT_EQ(
        world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, seat).sentence,
        "");
  }
  std::optional<model::Position> RaisedFrom() const { return RaisedFromIn(world_); }

  WishingWorld world_;
  std::string case_id_;
};

/// P3. What is begun while a raise goes on does not wait for the whole ledger to be weighed.
TEST_F(RaiseAmongOthers, ARaiseKeepsNobodyWaiting) {
  for (const std::uint16_t version : {kBefore, kRaiseGivesWayFrom}) {
    world_ = WishingWorld();
    Tell(/*others=*/10);
    BeginRaise();
    Seat();
    world_.behaviour_version = version;
    world_.PassAndPulse(0);
    EXPECT_TRUE(RaisedFrom().has_value()) << "one pulse is too little for it";
    EXPECT_EQ(world_.Waiting(kNew, v1::URGENCY_URGENT), version == kBefore ? 0u : 10u);
    for (int i = 0; i < 10 && RaisedFrom(); ++i) world_.PassAndPulse(0);
    EXPECT_FALSE(RaisedFrom().has_value());
    EXPECT_EQ(world_.Waiting(kNew, v1::URGENCY_URGENT), 10u);
    EXPECT_EQ(Replay(world_.records).Digest().Hex(), world_.state.Digest().Hex());
  }
}

/// The other way round: where something else is due always, and takes all it may, the raise comes
/// to its end all the same.
TEST_F(RaiseAmongOthers, NobodyKeepsARaiseWaiting) {
  Tell(/*others=*/model::kReleaseRowsMax);
  BeginRaise();
  model::Position before = 0;
  int pulses = 0;
  for (; RaisedFrom() && pulses < 100; ++pulses) {
    EXPECT_GT(*RaisedFrom(), before) << "it goes on with each pulse";
    before = *RaisedFrom();
    if (pulses > 0) Seat(/*leave=*/true);
    Seat();
    world_.PassAndPulse(0);
    EXPECT_LE(NextDeadlineMs(world_.state), world_.now_ms) << "the seat's past is still due";
  }
  EXPECT_GT(pulses, 1);
  EXPECT_FALSE(RaisedFrom().has_value());
}

/// However much of both is left, no record judges more for others than their part.
TEST_F(RaiseAmongOthers, OthersLeaveARaiseItsShare) {
  Tell(/*others=*/model::kReleaseRowsMax);
  BeginRaise();
  Seat();
  world_.PassAndPulse(0);
  EXPECT_EQ(world_.Waiting(kNew, v1::URGENCY_URGENT),
            static_cast<std::size_t>(model::kReleaseRowsMax - kRaiseRowsShare));
  EXPECT_GT(kRaiseLooksShare, 0);
}

TEST(ApplyPulse, RemembersRefusalsAsTheDoorCountedThem) {
  World world;
  NoteRefusals command;
  Refusal& refusal = *command.add_refusals();
  refusal.set_agency("prison");
  refusal.set_reason(v1::ERROR_REASON_WRONG_AUTHORITY);
  refusal.set_count(17);
  world.Say(World::Broker(), COMMAND_NUMBER_NOTE_REFUSALS, command);
  ASSERT_EQ(world.Details().size(), 2u);
  EXPECT_EQ(world.Details()[1].refusals().count(), 17u);
}

}  // namespace
}  // namespace tearline::machine
