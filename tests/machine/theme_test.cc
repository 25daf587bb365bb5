#include "broker/machine/theme.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "broker/model/limits.h"
#include "tests/machine/wishing_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr std::int64_t kHourMs = 60 * 60 * 1000;
constexpr char kChair[] = "probation/chair";

class Themes : public testing::Test {
 protected:
  void Publish(bool withheld) {
    stored::v1::Publish event = world_.Event(nominal_);
    event.mutable_label()->set_originator_controlled(withheld);
    world_.Publish(event);
  }
  std::uint64_t Count(Theme theme) const {
    return CountOf("north", MonthOf(world_.now_ms), theme, world_.state);
  }

  World world_;
  std::string nominal_ = world_.Register(1);
  std::string case_ =
      world_.OpenCase(nominal_, {{kChair, v1::SEAT_KIND_CHAIR}}, "ct-police/accountable");
};

TEST_F(Themes, AnUnmetDutyIsCountedWhenItsObligationOpens) {
  Publish(/*withheld=*/false);
  EXPECT_EQ(Count(Theme::kUnmetDuty), 0u);
  Publish(/*withheld=*/true);
  EXPECT_EQ(Count(Theme::kUnmetDuty), 1u);
  Publish(/*withheld=*/true);
  EXPECT_EQ(Count(Theme::kUnmetDuty), 1u) << "it joins the open one";
}

/// Once for a deadline, however far it climbs.
TEST_F(Themes, AReviewIsCountedOnceWhenItsTimeHasPassed) {
  Publish(/*withheld=*/true);
  EXPECT_EQ(Count(Theme::kPastReview), 0u);
  world_.PassAndPulse(5 * kHourMs);
  EXPECT_EQ(Count(Theme::kPastReview), 1u);
  for (int i = 0; i < 5; ++i) world_.PassAndPulse(30 * kHourMs);
  EXPECT_EQ(Count(Theme::kPastReview), 1u);
}

/// On each side of what its lane allows, and once.
TEST_F(Themes, AnAcknowledgementIsLateByItsLane) {
  const struct {
    v1::Urgency lane;
    std::chrono::milliseconds in_time;
  } kRows[] = {
      {v1::URGENCY_IMMEDIATE, model::kImmediateInTime},
      {v1::URGENCY_URGENT, model::kUrgentInTime},
      {v1::URGENCY_ROUTINE, model::kRoutineInTime},
  };
  const std::string session = world_.OpenSession(kChair);
  std::uint64_t late = 0;
  for (const auto& row : kRows) {
    for (int i = 0; i < 2; ++i) {
      stored::v1::Publish event = world_.Event(nominal_);
      event.set_urgency(row.lane);
      world_.Publish(event);
    }
    ASSERT_EQ(world_.Released(kChair, row.lane).size(), 2u);
    world_.now_ms += row.in_time.count();
    world_.Acknowledge(kChair, session, row.lane, {1});
    EXPECT_EQ(Count(Theme::kLateAcknowledgement), late);
    world_.now_ms += 1;
    world_.Acknowledge(kChair, session, row.lane, {2});
    EXPECT_EQ(Count(Theme::kLateAcknowledgement), ++late);
    world_.Acknowledge(kChair, session, row.lane, {2});
    EXPECT_EQ(Count(Theme::kLateAcknowledgement), late) << "said again";
  }
}

constexpr std::int64_t kFebruaryMs =
    1'801'440'000'000;  // 2027-02-01, as the world begins in January
constexpr std::int64_t kUrgentInTimeMs = std::chrono::milliseconds(model::kUrgentInTime).count();

/// However it is out no more: the month in which it was due keeps it, and nothing is counted twice.
TEST_F(Themes, WhatWasOutWhenItsMonthEndedIsCountedInThatMonth) {
  const std::string session = world_.OpenSession(kChair);
  const std::string withdrawn = world_.NextEventId();
  for (int i = 0; i < 3; ++i) Publish(/*withheld=*/false);
  const std::uint32_t january = MonthOf(world_.now_ms);
  const auto out = [&] { return CountOf("north", january, Theme::kOutAtMonthsEnd, world_.state); };
  world_.now_ms = kFebruaryMs;
  EXPECT_EQ(out(), 0u) << "they are out still";
  WithdrawEvent withdraw;
  withdraw.set_event_id(withdrawn);
  withdraw.set_reason(v1::WITHDRAWAL_REASON_INACCURATE);
  Actor originator = World::System("ct-police/intel");
  originator.set_purpose("correction");
  ASSERT_EQ(world_.Say(originator, COMMAND_NUMBER_WITHDRAW_EVENT, withdraw).outcome,
            audit::Outcome::kApplied);
  EXPECT_EQ(out(), 1u);
  Park park;
  park.set_feed(kChair);
  park.set_session_id(session);
  park.set_lane(v1::URGENCY_URGENT);
  park.set_sequence(2);
  world_.Say(World::System(kChair), COMMAND_NUMBER_PARK, park);
  EXPECT_EQ(out(), 2u);
  world_.Acknowledge(kChair, session, v1::URGENCY_URGENT, {1, 2, 3});
  EXPECT_EQ(out(), 3u) << "what is taken back or set aside is acknowledged no more";
  world_.Acknowledge(kChair, session, v1::URGENCY_URGENT, {3});
  EXPECT_EQ(out(), 3u) << "said again";
  EXPECT_EQ(Count(Theme::kOutAtMonthsEnd), 0u) << "none in the month in which it is said";
  EXPECT_EQ(Count(Theme::kLateAcknowledgement), 1u);
}

/// On each side of the month's end, and of the time that the lane allows.
TEST_F(Themes, WhatWasSettledBeforeItsMonthEndedWasNotOut) {
  const std::string session = world_.OpenSession(kChair);
  const std::uint32_t january = MonthOf(world_.now_ms);
  const std::uint32_t february = MonthOf(kFebruaryMs);
  world_.now_ms = kFebruaryMs - kUrgentInTimeMs - 1;
  Publish(/*withheld=*/false);  // due at January's last millisecond, as the next
  Publish(/*withheld=*/false);
  world_.now_ms += 1;
  Publish(/*withheld=*/false);  // due at February's first
  const auto out = [&](std::uint32_t month) {
    return CountOf("north", month, Theme::kOutAtMonthsEnd, world_.state);
  };
  world_.now_ms = kFebruaryMs - 1;
  world_.Acknowledge(kChair, session, v1::URGENCY_URGENT, {1});
  EXPECT_EQ(out(january), 0u);
  world_.now_ms = kFebruaryMs;
  world_.Acknowledge(kChair, session, v1::URGENCY_URGENT, {2, 3});
  EXPECT_EQ(out(january), 1u);
  EXPECT_EQ(out(february), 0u) << "it is not over";
}

/// A wish is no duty: its acknowledgements are not counted as late, nor as missing.
TEST(ThemesOfSubscriptions, WhatAWishBroughtIsNotCounted) {
  constexpr char kPrison[] = "prison/security";
  WishingWorld world;
  const std::string nominal = world.Register(1);
  world.OpenCase(nominal, {});
  const std::string feed = world.Subscribe(kPrison, WishingWorld::About({nominal}));
  const std::string session = world.OpenSession(feed);
  world.Tell(nominal);
  ASSERT_EQ(world.Out(feed).size(), 1u);
  const std::uint32_t january = MonthOf(world.now_ms);
  world.now_ms = kFebruaryMs;
  world.Acknowledge(feed, session, v1::URGENCY_URGENT, {1});
  ASSERT_TRUE(world.Out(feed).empty());
  EXPECT_EQ(CountOf("north", january, Theme::kOutAtMonthsEnd, world.state), 0u);
  EXPECT_EQ(CountOf("north", MonthOf(kFebruaryMs), Theme::kLateAcknowledgement, world.state), 0u);
}

/// The accountable officer must read within four hours.
TEST_F(Themes, WhatNobodyReadInTimeIsCountedIfItIsUrgent) {
  Publish(/*withheld=*/false);
  EXPECT_EQ(Count(Theme::kUnreadUrgent), 0u);
  world_.PassAndPulse(5 * kHourMs);
  EXPECT_EQ(Count(Theme::kUnreadUrgent), 1u);
  EXPECT_EQ(Count(Theme::kPastReview), 0u);

  stored::v1::Publish routine = world_.Event(nominal_);
  routine.set_urgency(v1::URGENCY_ROUTINE);
  world_.Publish(routine);
  world_.PassAndPulse(5 * kHourMs);
  EXPECT_EQ(Count(Theme::kUnreadUrgent), 1u);
}

TEST_F(Themes, AMonthIsACalendarMonth) {
  EXPECT_EQ(MonthOf(0), 0u);
  EXPECT_EQ(MonthOf(31LL * 24 * kHourMs - 1), 0u);
  EXPECT_EQ(MonthOf(31LL * 24 * kHourMs), 1u);
  EXPECT_EQ(MonthOf(1'800'000'000'000), 57u * 12) << "January 2027";
}

}  // namespace
}  // namespace tearline::machine
