#include "broker/machine/theme.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "broker/model/limits.h"
#include "tests/machine/world.h"

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
