#include "broker/machine/theme.h"

#include <gtest/gtest.h>

#include <string>

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

TEST_F(Themes, AnAcknowledgementIsLateAfterFourHoursInTheUrgentLane) {
  Publish(/*withheld=*/false);
  const std::string session = world_.OpenSession(kChair);
  Publish(/*withheld=*/false);
  world_.now_ms += 4 * kHourMs;
  world_.Acknowledge(kChair, session, v1::URGENCY_URGENT, {1});
  EXPECT_EQ(Count(Theme::kLateAcknowledgement), 0u);
  world_.now_ms += 1;
  world_.Acknowledge(kChair, session, v1::URGENCY_URGENT, {2});
  EXPECT_EQ(Count(Theme::kLateAcknowledgement), 1u);
  world_.Acknowledge(kChair, session, v1::URGENCY_URGENT, {2});
  EXPECT_EQ(Count(Theme::kLateAcknowledgement), 1u) << "said again";
}

TEST_F(Themes, AMonthIsACalendarMonth) {
  EXPECT_EQ(MonthOf(0), 0u);
  EXPECT_EQ(MonthOf(31LL * 24 * kHourMs - 1), 0u);
  EXPECT_EQ(MonthOf(31LL * 24 * kHourMs), 1u);
  EXPECT_EQ(MonthOf(1'800'000'000'000), 57u * 12) << "January 2027";
}

}  // namespace
}  // namespace tearline::machine
