#include "clients/cli/review_picture.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/clients/invented_review.h"

namespace tearline::cli {
namespace {

using doubles::InventedReview;
using google::protobuf::util::TimeUtil;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kPutInMs = 1'772'618'400'000;  // as InventedReview has it
constexpr std::int64_t kMinuteMs = 60'000;

TEST(ReviewPicture, HasAMarkForEachThingAndAnAlternative) {
  InventedReview invented;
  const verifier::Review review = invented.Review();
  const auto proved = verifier::CheckReview(review, invented.Log().Key());
  ASSERT_TRUE(proved.ok());
  const std::string svg = ReviewPicture(Tell(review, *proved), review.made_ms);
  EXPECT_THAT(svg, HasSubstr("role=\"img\" aria-labelledby=\"picture-name picture-says\""));
  for (const char* mark : {"\"in\"", "\"go\"", "\"ack\"", "\"read\"", "\"not\"", "\"due\""}) {
    EXPECT_THAT(svg, HasSubstr(mark));
  }
  EXPECT_THAT(svg, HasSubstr("<title>2026-03-04T10:00:00Z police-north put in intelligence"));
}

/// From when it should have come, and how long it stood: for people who look at the picture alone.
TEST(ReviewPicture, DrawsWhatWasOwedAndWhatWasLate) {
  Story story;
  story.agencies = {"health-north", "police-north"};
  StoryEvent& event = story.events.emplace_back();
  event.type = "intelligence.report";
  event.urgency = v1::URGENCY_IMMEDIATE;
  StoryTold told;
  told.post = "health-north/nurse";
  told.let_go_ms = kPutInMs;
  told.acknowledged_ms = kPutInMs + 60 * kMinuteMs;
  event.told = {told};
  StoryDuty& done = story.duties.emplace_back();
  done.type = v1::OBLIGATION_TYPE_READ;
  done.debtor = "police-north/officer";
  done.opened_ms = kPutInMs;
  done.due_ms = kPutInMs + 60 * kMinuteMs;
  done.ended_ms = kPutInMs + 120 * kMinuteMs;
  const std::int64_t now_ms = kPutInMs + 240 * kMinuteMs;
  const auto times = [](const char* svg_class, int from, int until, const std::string& says) {
    const auto at = [](int minutes) {
      return TimeUtil::ToString(TimeUtil::MillisecondsToTimestamp(kPutInMs + minutes * kMinuteMs));
    };
    return testing::ContainsRegex(std::string("<path class=.") + svg_class + ". d=.[MHmv0-9 -]*.>" +
                                  "<title>" + at(from) + " to " + at(until) + " " + says);
  };
  std::string svg = ReviewPicture(story, now_ms);
  EXPECT_THAT(svg, times("owed", 0, 120, "owed until done by police-north/officer: read"));
  EXPECT_THAT(svg, times("late", 60, 120, "late by police-north/officer: read"));
  EXPECT_THAT(svg, times("late", 15, 60, "late to acknowledge: intelligence.report, health-north"));
  EXPECT_THAT(svg, HasSubstr("m0 -7v14\"")) << "a stroke where it was done";

  story.duties[0].ended_ms = 0;
  story.events[0].told[0].acknowledged_ms = 0;
  svg = ReviewPicture(story, now_ms);
  EXPECT_THAT(svg, times("owed", 0, 240, "owed, and open, by police-north/officer: read"));
  EXPECT_THAT(svg, times("late", 60, 240, "late by"));
  EXPECT_THAT(svg, times("late", 15, 240, "late to acknowledge")) << "it never came";
  EXPECT_THAT(svg, Not(HasSubstr("m0 -7v14"))) << "it is open";
  EXPECT_THAT(svg, HasSubstr("H970\"")) << "up to the edge, which is when this was asked";

  story.duties[0].ended_ms = story.duties[0].due_ms;
  story.events[0].told[0].acknowledged_ms = kPutInMs + 15 * kMinuteMs;
  EXPECT_THAT(ReviewPicture(story, now_ms), Not(HasSubstr("\"late\""))) << "each in time";
}

TEST(LengthText, HasTwoUnitsAtMost) {
  EXPECT_EQ(LengthText(999), "under 1 s");
  EXPECT_EQ(LengthText(1000), "1 s");
  EXPECT_EQ(LengthText(60'000), "1 min");
  EXPECT_EQ(LengthText(3'599'000), "59 min 59 s");
  EXPECT_EQ(LengthText(7'500'000), "2 h 5 min");
  EXPECT_EQ(LengthText(86'400'000 + 3'600'000), "1 d 1 h");
}

}  // namespace
}  // namespace tearline::cli
