#include "broker/rpc/count_themes.h"

#include <gtest/gtest.h>

#include <chrono>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "broker/machine/feed_name.h"
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

/// What is never acknowledged is never late by a record of its own: it counts in the month in which
/// it was due, for ever, and once it is acknowledged among what was late, too.
TEST_F(CountThemesTest, WhatIsNeverAcknowledgedIsCounted) {
  const std::string session = world.OpenSession(kChair);
  for (int i = 0; i < 7; ++i) Publish();
  const std::int64_t in_time = std::chrono::milliseconds(model::kUrgentInTime).count();
  world.now_ms += in_time;
  EXPECT_EQ(Ask("2026-12", "2026-12").rows_size(), 0) << "their time is not over, nor that month";
  world.now_ms += 31 * kDayMs;
  const v1::CountThemesResponse before = Ask("2027-01", "2027-01");
  ASSERT_EQ(before.rows_size(), 2);
  EXPECT_EQ(before.rows(0).area(), "north");
  EXPECT_EQ(before.rows(0).month(), "2027-01");
  EXPECT_EQ(before.rows(0).never_acknowledged().count(), 7u);
  EXPECT_EQ(before.rows(0).late_acknowledgements().count(), 0u);
  EXPECT_EQ(before.rows(1).never_acknowledged().count(), 7u);
  EXPECT_FALSE(before.cut());
  EXPECT_EQ(Ask("2027-01", "2027-01", "", kSouthern).rows_size(), 0) << "another's area";
  EXPECT_EQ(Ask("2026-11", "2026-12").rows_size(), 0) << "other months";

  world.Acknowledge(kChair, session, v1::URGENCY_URGENT, {1, 2, 3, 4, 5});
  world.now_ms += 31 * kDayMs;
  const v1::CountThemesResponse after = Ask("2027-02", "2027-02");
  ASSERT_EQ(after.rows_size(), 2) << "acknowledged late, in the month in which they were";
  EXPECT_EQ(after.rows(0).late_acknowledgements().count(), 5u);
}

/// Asked again and again while one after another is acknowledged, a count that shrank would tell
/// each number on its way down.
TEST_F(CountThemesTest, AMonthThatIsOverIsCountedAlikeWheneverItIsAskedFor) {
  const std::string session = world.OpenSession(kChair);
  for (int i = 0; i < 6; ++i) Publish();
  Withhold(1);
  world.now_ms += 31 * kDayMs;
  const std::string first = Ask("2027-01", "2027-01").SerializeAsString();
  for (std::uint64_t number = 1; number <= 6; ++number) {
    world.Acknowledge(kChair, session, v1::URGENCY_URGENT, {number});
    EXPECT_EQ(Ask("2027-01", "2027-01").SerializeAsString(), first) << number;
  }
  world.now_ms += 31 * kDayMs;
  EXPECT_EQ(Ask("2027-01", "2027-01").SerializeAsString(), first);
}

/// Duties are due in inboxes: what a subscription wished for is nobody's lateness.
TEST_F(CountThemesTest, WhatASubscriptionHasNotAcknowledgedIsNotCounted) {
  state::Batch batch(world.state);
  stored::v1::ItemRow item;
  item.set_kind(stored::v1::ITEM_KIND_EVENT);
  item.set_event_id(world.NextEventId());
  item.set_released_ms(world.now_ms);
  Publish();
  const auto put = [&](const std::string& feed, std::uint64_t sequences) {
    for (std::uint64_t i = 1; i <= sequences; ++i) {
      batch.PutRow(machine::LaneItem(state::Table::kReleased, feed, v1::URGENCY_URGENT, 1000 + i),
                   item);
    }
  };
  put(machine::SubscriptionFeed(kChair, std::string(16, 's')), 6);
  put(kChair, 5);
  world.state.Commit(batch);
  world.now_ms += 31 * kDayMs;
  EXPECT_EQ(Ask("2027-01", "2027-01").rows(0).never_acknowledged().count(), 5u);
}

/// Within the time that the lane allows nothing is late, at its last millisecond neither.
TEST_F(CountThemesTest, WhatIsOutCountsInTheMonthInWhichItsTimeIsOver) {
  world.now_ms = kFebruaryMs - std::chrono::milliseconds(model::kUrgentInTime).count() - 1;
  world.OpenSession(kChair);
  for (int i = 0; i < 5; ++i) Publish();  // to be acknowledged by the last millisecond of January
  world.now_ms += 1;
  for (int i = 0; i < 6; ++i) Publish();  // by February's first
  world.now_ms = kFebruaryMs - 1;
  Ask("2027-01", "2027-01");
  EXPECT_EQ(reason_, v1::ERROR_REASON_FIELD_INVALID) << "the month is not over";
  world.now_ms = kFebruaryMs;
  EXPECT_EQ(Ask("2027-01", "2027-01").rows(0).never_acknowledged().count(), 5u);
  world.now_ms += 28 * kDayMs;
  EXPECT_EQ(Ask("2027-02", "2027-02").rows(0).never_acknowledged().count(), 6u);
}

/// The counts of a theme in a row.
std::vector<v1::ThemeCount> CountsOf(const v1::ThemeRow& row) {
  return {row.unmet_duties(), row.late_acknowledgements(), row.past_review(), row.unread_urgent(),
          row.never_acknowledged()};
}

/// Whatever the numbers are, and however periods and areas are put together: of a number that is
/// few no answer says more than that, and every sum that is shown is one of numbers that are shown.
/// So nothing that is subtracted from anything tells it.
TEST_F(CountThemesTest, NoTwoQuestionsTogetherTellANumberThatIsFew) {
  constexpr std::uint32_t kFirst = 57 * 12, kMonths = 5;  // from January 2027 on
  constexpr std::uint64_t kNumbers[] = {0, 1, 4, 5, 6, 3, 0, 12, 2, 5, 0, 5, 9};
  const std::map<std::string, std::uint32_t> areas = {{"east", 3}, {"north", 1}, {"west", 2}};
  state::Batch batch(world.state);
  const auto number = [&](std::uint32_t step, std::uint32_t month, std::uint8_t theme) {
    return kNumbers[(step * month + theme * 3) % std::size(kNumbers)];
  };
  for (const auto& [area, step] : areas) {
    batch.Put(machine::AreasWithThemes().Name(area), "");
    for (std::uint32_t month = 0; month < kMonths; ++month) {
      for (std::uint8_t theme = 1; theme <= 5; ++theme) {
        std::string bytes(8, '\0');
        bytes.back() = static_cast<char>(number(step, month, theme));
        batch.Put(machine::ThemesOfArea(area).U32(kFirst + month).U8(theme), bytes);
      }
    }
  }
  world.state.Commit(batch);
  world.now_ms += 200 * kDayMs;
  for (std::uint32_t first = 0; first < kMonths; ++first) {
    for (std::uint32_t last = first; last < kMonths; ++last) {
      const auto text = [](std::uint32_t month) { return "2027-0" + std::to_string(month + 1); };
      std::map<std::string, std::vector<std::vector<v1::ThemeCount>>> months;
      const v1::CountThemesResponse response = Ask(text(first), text(last));
      for (const v1::ThemeRow& row : response.rows()) {
        const std::vector<v1::ThemeCount> counts = CountsOf(row);
        for (std::size_t theme = 0; theme < counts.size(); ++theme) {
          const v1::ThemeCount& count = counts[theme];
          EXPECT_TRUE(count.count() == 0 || count.count() >= 5) << row.DebugString();
          EXPECT_TRUE(count.count() == 0 || !(count.few() || count.hidden()));
          if (!row.month().empty()) continue;
          bool any_few = false;
          std::uint64_t sum = 0;
          for (const auto& month : months[row.area()]) {
            any_few = any_few || month[theme].few();
            sum += month[theme].count();
          }
          EXPECT_EQ(count.hidden(), any_few) << row.DebugString();
          EXPECT_EQ(count.count(), any_few ? 0 : sum) << row.DebugString();
        }
        if (row.month().empty()) continue;
        EXPECT_TRUE(areas.contains(row.area())) << "a total over areas would tell one of them";
        months[row.area()].push_back(counts);
      }
      EXPECT_EQ(months.size(), areas.size());
    }
  }
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
