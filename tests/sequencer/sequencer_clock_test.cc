#include <gtest/gtest.h>

#include <chrono>
#include <utility>

#include "broker/model/limits.h"
#include "broker/sequencer/genesis.h"
#include "broker/sequencer/make_proposal.h"
#include "broker/sequencer/sequencer.h"
#include "tests/sequencer/station.h"

namespace tearline::sequencer {
namespace {

Result<machine::Applied> Confirm(Station& station) {
  return RecordClockConfirmed(*station.ledger, *station.database, station.clock,
                              {.by = "A. Operator", .because = "the radio clock agrees"});
}

TEST(SequencerClock, AStampNeverGoesBackwards) {
  Station station;
  station.Start();
  station.clock.Pass(50'000);
  station.Say(Station::Harmless("police/panel"));
  station.clock.SetWallMs(Station::kStartMs + 10'000);  // set back by 40 s: still believed
  const machine::Applied after = station.Say(Station::Harmless("police/panel"));
  EXPECT_EQ(after.stamp_ms, Station::kStartMs + 50'000);
  EXPECT_EQ(station.HeaderAt(3).stamp_ms, Station::kStartMs + 50'000);
}

/// S4. A clock that jumped is written down only after somebody looked.
TEST(SequencerClock, AClockThatPartedStopsAllButItsConfirmation) {
  Station station;
  Sequencer& sequencer = station.Start();
  station.clock.SetWallMs(Station::kStartMs + 61'000);
  EXPECT_EQ(ReasonOf(ProposeAndWait(sequencer, Station::Harmless("police/panel")).status()),
            v1::ERROR_REASON_CLOCK_PARTED);
  EXPECT_TRUE(sequencer.ClockParted());
  EXPECT_EQ(station.ledger->Tip(), 1u);

  stored::v1::ConfirmClock confirm;
  confirm.set_wall_ms(Station::kStartMs);
  EXPECT_EQ(ReasonOf(ProposeAndWait(sequencer,
                                    MakeProposal(BrokerActor(),
                                                 stored::v1::COMMAND_NUMBER_CONFIRM_CLOCK, confirm))
                         .status()),
            v1::ERROR_REASON_TIME_INVALID);
  confirm.set_wall_ms(Station::kStartMs + 61'000);
  EXPECT_TRUE(
      ProposeAndWait(sequencer,
                     MakeProposal(BrokerActor(), stored::v1::COMMAND_NUMBER_CONFIRM_CLOCK, confirm))
          .ok());
  EXPECT_FALSE(sequencer.ClockParted());
  EXPECT_EQ(station.Say(Station::Harmless("police/panel")).stamp_ms, Station::kStartMs + 61'000);
}

TEST(SequencerClock, AStartLongAfterTheLastRecordWaitsForConfirmation) {
  Station station;
  const std::int64_t day_ms = std::chrono::milliseconds(model::kClockGapMax).count();
  station.clock.Pass(day_ms);
  EXPECT_FALSE(station.Start().ClockParted());
  station.sequencer.reset();
  station.clock.Pass(1);
  EXPECT_TRUE(station.Start().ClockParted());
  station.sequencer.reset();
  ASSERT_TRUE(Confirm(station).ok());
  EXPECT_FALSE(station.Start().ClockParted());
}

/// S4. A clock that ran ahead once does not stop the broker for as long as it ran ahead.
TEST(SequencerClock, GoesOnBehindAStampInTheFutureOnceTheClockIsConfirmed) {
  constexpr std::int64_t kYear = 365ll * 24 * 3'600'000;
  Station station;
  station.clock.Pass(kYear);  // ran ahead, and was believed
  ASSERT_TRUE(Confirm(station).ok());
  station.Start();
  station.Say(Station::Harmless("police/panel"));
  station.sequencer.reset();

  station.clock.SetWallMs(Station::kStartMs + 1000);  // set right
  EXPECT_TRUE(station.Start().ClockParted());
  station.sequencer.reset();
  const auto confirmed = Confirm(station);
  ASSERT_TRUE(confirmed.ok());
  EXPECT_EQ(confirmed->stamp_ms, Station::kStartMs + kYear);
  constexpr std::int64_t kTwoDays = 2ll * 24 * 3'600'000;  // longer than a start may find
  for (int restart = 0; restart < 2; ++restart) {
    EXPECT_FALSE(station.Start().ClockParted()) << restart;
    EXPECT_EQ(station.Say(Station::Harmless("police/panel")).stamp_ms,
              Station::kStartMs + kYear + restart * kTwoDays / 2)
        << "half as fast";
    station.clock.Pass(kTwoDays);
    station.Reopen();
  }
  station.clock.SetWallMs(Station::kStartMs - 3'600'000);  // back behind what was confirmed
  EXPECT_TRUE(station.Start().ClockParted());
}

TEST(SequencerClock, TheTwoClocksAreOneAgainAfterTwiceTheTime) {
  constexpr std::int64_t kHour = 3'600'000;
  Station station;
  station.clock.Pass(10 * kHour);
  ASSERT_TRUE(Confirm(station).ok());
  station.clock.SetWallMs(Station::kStartMs);
  ASSERT_TRUE(Confirm(station).ok());
  station.Start();
  for (const auto& [passed, shown] :
       {std::pair{2, 11}, std::pair{10, 15}, std::pair{20, 20}, std::pair{21, 21}}) {
    station.clock.Pass(Station::kStartMs + passed * kHour - station.clock.WallMs());
    EXPECT_EQ(station.Say(Station::Harmless("police/panel")).stamp_ms,
              Station::kStartMs + shown * kHour);
  }
}

/// Whoever must act is chased behind a stamp in the future, too: a deadline takes up to twice its
/// time, not as long as the clock ran ahead.
TEST(SequencerClock, DeadlinesFallDueBehindAStampInTheFuture) {
  constexpr std::int64_t kHour = 3'600'000;
  constexpr std::int64_t kYear = 365ll * 24 * kHour;
  Station station;
  station.clock.Pass(kYear);
  ASSERT_TRUE(Confirm(station).ok());
  station.clock.SetWallMs(Station::kStartMs);
  ASSERT_TRUE(Confirm(station).ok());
  const model::Position asked = [&station] {
    station.Start();
    stored::v1::SetPost post;  // an operator's post waits for its second hand, 14 days
    post.mutable_post()->set_post("desk/second");
    post.mutable_post()->add_roles(v1::POST_ROLE_OPERATOR);
    post.mutable_post()->mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
    const auto kept = ProposeAndWait(
        *station.sequencer,
        MakeProposal(Station::System("desk/operator"), stored::v1::COMMAND_NUMBER_SET_POST, post));
    EXPECT_EQ(kept->outcome, audit::Outcome::kAwaitsSecondHand) << kept->sentence;
    return kept->position;
  }();
  const std::int64_t lifetime_ms = std::chrono::milliseconds(model::kPendingLifetime).count();
  station.clock.Pass(2 * lifetime_ms - 2);
  station.Say(Station::Harmless("police/panel"));
  EXPECT_EQ(station.ledger->Tip(), asked + 1) << "no pulse yet";
  station.clock.Pass(2);
  station.Say(Station::Harmless("police/panel"));
  EXPECT_EQ(station.HeaderAt(asked + 2).command,
            static_cast<std::uint16_t>(stored::v1::COMMAND_NUMBER_PULSE));
}

TEST(SequencerClock, AClockSetBackAnHourIsNoticedWhileServingAndAcrossARestart) {
  constexpr std::int64_t kHour = 3'600'000;
  Station station;
  Sequencer& sequencer = station.Start();
  station.clock.Pass(2 * kHour);
  station.Say(Station::Harmless("police/panel"));
  station.clock.SetWallMs(Station::kStartMs + kHour);
  EXPECT_EQ(ReasonOf(ProposeAndWait(sequencer, Station::Harmless("police/panel")).status()),
            v1::ERROR_REASON_CLOCK_PARTED);
  station.Reopen();
  EXPECT_TRUE(station.Start().ClockParted());
  station.sequencer.reset();
  ASSERT_TRUE(Confirm(station).ok());
  station.Start();
  EXPECT_EQ(station.Say(Station::Harmless("police/panel")).stamp_ms, Station::kStartMs + 2 * kHour);
  station.clock.Pass(2 * kHour);
  EXPECT_EQ(station.Say(Station::Harmless("police/panel")).stamp_ms, Station::kStartMs + 3 * kHour);
}

}  // namespace
}  // namespace tearline::sequencer
