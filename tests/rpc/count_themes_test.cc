#include "broker/rpc/count_themes.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "broker/machine/theme.h"
#include "broker/model/limits.h"
#include "tests/rpc/inquiry.h"

namespace tearline::rpc {
namespace {

constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;
constexpr std::int64_t kFebruaryMs = 1'801'440'000'000;  // 2027-02-01

class CountThemesTest : public testing::Test, public Inquiry {
 protected:
  /// Obligations are counted when they open: each of these is about a nominal of its own.
  void Withhold(int times) {
    for (int i = 0; i < times; ++i) {
      const std::string another = world.Register(100 + ++registered_);
      world.OpenCase(another, {{kChair, v1::SEAT_KIND_CHAIR}}, "ct-police/accountable");
      stored::v1::Publish event = world.Event(another);
      event.mutable_label()->set_originator_controlled(true);
      world.Publish(event);
    }
  }
  v1::CountThemesResponse Ask(const std::string& from, const std::string& to,
                              const std::string& area = "", const std::string& as = kAuditor) {
    v1::CountThemesRequest request;
    request.set_from_month(from);
    request.set_to_month(to);
    request.set_area(area);
    v1::CountThemesResponse response;
    reason_ = ReasonOf(CountThemes(request, As(as), world.state, world.now_ms, response).status());
    return response;
  }

  int registered_ = 0;
  v1::ErrorReason reason_ = v1::ERROR_REASON_UNSPECIFIED;
};

/// The world begins 2027-01-15.
TEST_F(CountThemesTest, SmallNumbersAreNotShownNorLeftForATotalToTell) {
  Withhold(7);
  world.now_ms += 31 * kDayMs;  // 2027-02-15
  Withhold(4);
  world.now_ms += 28 * kDayMs;  // 2027-03-15
  Withhold(5);
  world.now_ms += 31 * kDayMs;  // 2027-04-15
  const v1::CountThemesResponse all = Ask("2027-01", "2027-03");
  ASSERT_EQ(all.rows_size(), 4);
  EXPECT_EQ(all.rows(0).area(), "north");
  EXPECT_EQ(all.rows(0).month(), "2027-01");
  EXPECT_EQ(all.rows(0).unmet_duties().count(), 7u);
  EXPECT_TRUE(all.rows(1).unmet_duties().few());
  EXPECT_EQ(all.rows(1).unmet_duties().count(), 0u);
  EXPECT_EQ(all.rows(2).unmet_duties().count(), 5u);
  EXPECT_EQ(all.rows(3).month(), "");
  EXPECT_TRUE(all.rows(3).unmet_duties().hidden()) << "16 - 7 - 5 would tell the 4";
  EXPECT_EQ(all.rows(3).unmet_duties().count(), 0u);

  const v1::CountThemesResponse one = Ask("2027-01", "2027-01");
  ASSERT_EQ(one.rows_size(), 2);
  EXPECT_EQ(one.rows(1).unmet_duties().count(), 7u);
}

/// Two questions that differ by days would tell what lies between: months are whole and over.
TEST_F(CountThemesTest, AMonthThatIsNotOverIsNotCounted) {
  Withhold(5);
  Ask("2027-01", "2027-01");
  EXPECT_EQ(reason_, v1::ERROR_REASON_FIELD_INVALID);
  world.now_ms += 31 * kDayMs;
  EXPECT_EQ(Ask("2027-01", "2027-01").rows_size(), 2);
}

/// What is never acknowledged is never late by a record of its own: it counts for as long as it is
/// out past its time, and then among what was acknowledged late.
TEST_F(CountThemesTest, WhatIsNeverAcknowledgedIsCounted) {
  const std::string session = world.OpenSession(kChair);
  for (int i = 0; i < 7; ++i) Publish();
  const std::int64_t in_time = std::chrono::milliseconds(model::kUrgentInTime).count();
  world.now_ms += in_time;
  EXPECT_EQ(Ask("2026-12", "2026-12").rows_size(), 0) << "their time is not over, nor that month";
  world.now_ms += 31 * kDayMs;
  v1::CountThemesResponse all = Ask("2027-01", "2027-01");
  ASSERT_EQ(all.rows_size(), 2);
  EXPECT_EQ(all.rows(0).area(), "north");
  EXPECT_EQ(all.rows(0).month(), "2027-01");
  EXPECT_EQ(all.rows(0).never_acknowledged().count(), 7u);
  EXPECT_EQ(all.rows(0).late_acknowledgements().count(), 0u);
  EXPECT_EQ(all.rows(1).never_acknowledged().count(), 7u);
  EXPECT_FALSE(all.cut());
  EXPECT_EQ(Ask("2027-01", "2027-01", "", kSouthern).rows_size(), 0) << "another's area";
  EXPECT_EQ(Ask("2026-11", "2026-12").rows_size(), 0) << "other months";

  world.Acknowledge(kChair, session, v1::URGENCY_URGENT, {1, 2});
  EXPECT_EQ(Ask("2027-01", "2027-01").rows(0).never_acknowledged().count(), 5u);
  world.Acknowledge(kChair, session, v1::URGENCY_URGENT, {3, 4, 5});
  all = Ask("2027-01", "2027-01");
  EXPECT_TRUE(all.rows(0).never_acknowledged().few());
  EXPECT_TRUE(all.rows(1).never_acknowledged().hidden());
  world.now_ms += 31 * kDayMs;
  all = Ask("2027-02", "2027-02");
  ASSERT_EQ(all.rows_size(), 2) << "acknowledged late, in the month in which they were";
  EXPECT_EQ(all.rows(0).late_acknowledgements().count(), 5u);
}

/// Within the time that the lane allows nothing is late, at its last millisecond neither.
TEST_F(CountThemesTest, WhatIsOutCountsOnceItsTimeIsOver) {
  world.now_ms = kFebruaryMs - std::chrono::milliseconds(model::kUrgentInTime).count() - 1;
  world.OpenSession(kChair);
  for (int i = 0; i < 5; ++i) Publish();  // to be acknowledged by the last millisecond of January
  world.now_ms = kFebruaryMs - 1;
  Ask("2027-01", "2027-01");
  EXPECT_EQ(reason_, v1::ERROR_REASON_FIELD_INVALID) << "the month is not over";
  world.now_ms = kFebruaryMs;
  EXPECT_EQ(Ask("2027-01", "2027-01").rows(0).never_acknowledged().count(), 5u);
}

TEST_F(CountThemesTest, AnAuditorSeesItsAreas) {
  Withhold(5);
  world.now_ms += 31 * kDayMs;
  EXPECT_EQ(Ask("2027-01", "2027-01", "north").rows_size(), 2);
  EXPECT_EQ(Ask("2027-01", "2027-01", "north", kSouthern).rows_size(), 0);
  EXPECT_EQ(reason_, v1::ERROR_REASON_UNSPECIFIED) << "like an area in which nothing went wrong";
  EXPECT_EQ(Ask("2027-01", "2027-01", "", kSouthern).rows_size(), 0);
  Ask("2027-01", "2027-01", "", kChair);
  EXPECT_EQ(reason_, v1::ERROR_REASON_NOT_PERMITTED);
}

TEST_F(CountThemesTest, MonthsHaveTheirForm) {
  world.now_ms += 400 * kDayMs;
  for (const char* month : {"", "2027", "2027-13", "2027-1", "1969-12", "2027-01-01", "2027_01"}) {
    Ask(month, "2027-02");
    EXPECT_EQ(reason_, v1::ERROR_REASON_FIELD_INVALID) << month;
  }
  Ask("2027-03", "2027-02");
  EXPECT_EQ(reason_, v1::ERROR_REASON_FIELD_INVALID);
  Ask("2000-01", "2027-02");
  EXPECT_EQ(reason_, v1::ERROR_REASON_LIMIT_PASSED);
}

}  // namespace
}  // namespace tearline::rpc
