#include "clients/cli/review_story.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <string>

#include "clients/cli/review_page.h"
#include "clients/cli/review_picture.h"
#include "tests/clients/invented_receipt.h"
#include "tests/clients/invented_review.h"

namespace tearline::cli {
namespace {

using doubles::InventedReview;
using google::protobuf::util::TimeUtil;
using testing::HasSubstr;

constexpr std::int64_t kLaterMs = 1'772'704'800'000;  // 2026-03-05T10:00:00Z

constexpr std::int64_t kPutInMs = 1'772'618'400'000;  // as InventedReview has it
constexpr std::int64_t kMinuteMs = 60'000;

bool IsAcknowledgedLate(const StoryTold& told, v1::Urgency urgency, std::int64_t now_ms) {
  return !LateAcknowledgements(told, urgency, now_ms).empty();
}

Story StoryOf(InventedReview& invented, const verifier::Review& review) {
  const auto proved = verifier::CheckReview(review, invented.Log().Key());
  EXPECT_TRUE(proved.ok()) << proved.status();
  return proved.ok() ? Tell(review, *proved) : Story();
}

/// However much is answered beside it: of an event whose record is left out, and so may be said to
/// be cut.
TEST(ReviewStory, WhatIsProvedStands) {
  InventedReview invented;
  const std::string event(16, 'E');
  invented.Log().Add({doubles::Decided(event, "probation-north/chair", v1::LEVEL_POINTER)},
                     kLaterMs);
  verifier::Review review = invented.Review();
  review.leaves.erase(review.leaves.begin());
  review.obligations.clear();
  review.cut = {review.events[0].event_id()};
  v1::KnownTo& chair = *review.events[0].mutable_known_to(0);
  chair.set_decided(v1::LEVEL_FULL);
  *chair.mutable_decided_at() = TimeUtil::MillisecondsToTimestamp(kLaterMs - 1);
  chair.set_level(v1::LEVEL_TEAR_LINE);
  *chair.mutable_released_at() = TimeUtil::MillisecondsToTimestamp(1);
  *chair.mutable_read_at() = TimeUtil::MillisecondsToTimestamp(2);
  *chair.mutable_acknowledged_at() = TimeUtil::MillisecondsToTimestamp(3);
  v1::KnownTo& nurse = *review.events[0].add_known_to();
  nurse.set_post("health-north/nurse");
  nurse.set_decided(v1::LEVEL_WITHHELD);
  nurse.set_duty(v1::LEVEL_FULL);
  *nurse.mutable_decided_at() = TimeUtil::MillisecondsToTimestamp(kLaterMs);
  const auto proved = verifier::CheckReview(review, invented.Log().Key());
  ASSERT_TRUE(proved.ok()) << proved.status();
  const Story story = Tell(review, *proved);
  ASSERT_EQ(story.events.size(), 1u);
  EXPECT_TRUE(story.events[0].answered);
  ASSERT_EQ(story.events[0].told.size(), 2u);
  const StoryTold& told = story.events[0].told[1];
  EXPECT_EQ(told.decided, v1::LEVEL_POINTER);
  EXPECT_EQ(told.decided_ms, kLaterMs);
  EXPECT_EQ(told.given, v1::LEVEL_FULL);
  EXPECT_GT(told.let_go_ms, 1);
  EXPECT_GT(told.read_ms, 2);
  EXPECT_GT(told.acknowledged_ms, 3);
  EXPECT_TRUE(told.decision_proved && told.letting_go_proved && told.reading_proved &&
              told.acknowledgement_proved);
  EXPECT_FALSE(story.events[0].told[0].decision_proved);
  const std::string page = ReviewPage(review, *proved);
  EXPECT_THAT(page, HasSubstr("<td>no</td><td>(answered)</td></tr>")) << "record 0 is another";
  EXPECT_THAT(page, HasSubstr("(the broker's answer: no record here says so)"));
}

TEST(ReviewStory, ADutyIsDueAsProvedAndAnsweredBeside) {
  InventedReview invented;
  verifier::Review review = invented.Review();
  const auto proved = verifier::CheckReview(review, invented.Log().Key());
  ASSERT_TRUE(proved.ok());
  const Story before = Tell(review, *proved);
  EXPECT_EQ(before.duties[0].answered_due_ms, 0);
  EXPECT_FALSE(before.duties[0].ending_proved);
  EXPECT_FALSE(before.duties[0].climbing_proved);
  *review.obligations[0].mutable_due_at() = TimeUtil::MillisecondsToTimestamp(kLaterMs);
  const Story story = Tell(review, *proved);
  EXPECT_EQ(story.duties[0].due_ms, before.duties[0].due_ms);
  EXPECT_EQ(story.duties[0].answered_due_ms, kLaterMs);
  EXPECT_EQ(LatestDueMs(story.duties[0]), kLaterMs);
  EXPECT_THAT(ReviewPage(review, *proved),
              HasSubstr("<td>2026-03-04 11:00:00<br>2026-03-05 10:00:00<br>(answered)</td>"));
}

TEST(ReviewStory, SaysWhereARecordNamesAnotherId) {
  InventedReview invented;
  verifier::Review review = invented.Review();
  const auto proved = verifier::CheckReview(review, invented.Log().Key());
  ASSERT_TRUE(proved.ok());
  EXPECT_FALSE(Tell(review, *proved).events[0].of_another_id);
  review.nominal_id = "nom_" + std::string(32, '0');
  EXPECT_TRUE(Tell(review, *proved).events[0].of_another_id);
  EXPECT_THAT(ReviewPage(review, *proved), HasSubstr("the record names another nominal"));
}

/// Both lettings-go were acknowledged in time; the second was not read, whoever read the first.
TEST(ReviewStory, WhatIsLetGoAnewIsAcknowledgedAndReadAnew) {
  InventedReview invented;
  invented.LetGoAnew();
  const verifier::Review review = invented.Review();
  const Story story = StoryOf(invented, review);
  const StoryTold& told = story.events.at(0).told.at(1);
  ASSERT_EQ(told.before.size(), 1u);
  EXPECT_EQ(told.before[0].let_go_ms, kPutInMs + 1000);
  EXPECT_EQ(told.before[0].acknowledged_ms, kPutInMs + 3 * kMinuteMs);
  EXPECT_EQ(told.before[0].read_ms, kPutInMs + 20 * kMinuteMs);
  EXPECT_EQ(told.before[0].over_ms, kPutInMs + 300 * kMinuteMs);
  EXPECT_EQ(told.let_go_ms, kPutInMs + 300 * kMinuteMs);
  EXPECT_EQ(told.acknowledged_ms, kPutInMs + 303 * kMinuteMs);
  EXPECT_TRUE(told.acknowledgement_proved);
  EXPECT_EQ(told.read_ms, 0);
  EXPECT_EQ(told.reader, "");
  EXPECT_FALSE(IsAcknowledgedLate(told, v1::URGENCY_URGENT, review.made_ms));
  const std::string page = invented.Page();
  EXPECT_THAT(page, HasSubstr("<td>2026-03-04 15:00:00<br>after 5 h<br>full: 2026-03-04 10:00:01"
                              "</td>"));
  EXPECT_THAT(page, HasSubstr("<td>no<br>full: 2026-03-04 10:20:00<br>after 19 min 59 s<br>by "
                              "probation-north/reader</td>"));
  EXPECT_THAT(page, HasSubstr("Read by a person: 0. ")) << "of what it has";
  const std::string svg = ReviewPicture(story, review.made_ms);
  EXPECT_THAT(svg, HasSubstr("<title>2026-03-04T10:20:00Z read: "));
  EXPECT_THAT(svg, HasSubstr("<title>2026-03-04T15:00:00Z let go at full: "));
}

/// So it is where it had been taken back, and comes at the level that it had.
TEST(ReviewStory, WhatComesAgainAfterItWasTakenBackIsReadAnew) {
  InventedReview invented;
  invented.LetGoAnew(/*taken_back=*/true);
  const Story story = StoryOf(invented, invented.Review());
  const StoryTold& told = story.events.at(0).told.at(1);
  ASSERT_EQ(told.before.size(), 1u);
  EXPECT_EQ(told.before[0].over_ms, kPutInMs + 200 * kMinuteMs);
  EXPECT_EQ(told.before[0].read_ms, kPutInMs + 20 * kMinuteMs);
  EXPECT_EQ(told.let_go_ms, kPutInMs + 300 * kMinuteMs);
  EXPECT_EQ(told.acknowledged_ms, kPutInMs + 303 * kMinuteMs);
  EXPECT_EQ(told.read_ms, 0);
  EXPECT_EQ(told.taken_back_ms, 0);
}

/// The same where no record shows it, from the answer.
TEST(ReviewStory, WhatIsLetGoAnewIsHeardToo) {
  InventedReview invented;
  invented.LetGoAnew();
  verifier::Review review = invented.Review();
  review.leaves.clear();
  review.obligations.clear();
  review.cut = {review.events[0].event_id()};
  const Story story = StoryOf(invented, review);
  const StoryTold& told = story.events.at(0).told.at(0);
  ASSERT_EQ(told.before.size(), 1u);
  EXPECT_EQ(told.before[0].let_go_ms, kPutInMs + 1000);
  EXPECT_EQ(told.before[0].read_ms, kPutInMs + 20 * kMinuteMs);
  EXPECT_EQ(told.let_go_ms, kPutInMs + 300 * kMinuteMs);
  EXPECT_EQ(told.read_ms, 0);
}

TEST(ReviewStory, EachLettingGoIsLateByItself) {
  StoryTold told;
  told.let_go_ms = 1'000'000;
  told.acknowledged_ms = 1'000'001;
  const auto late = [&told] { return IsAcknowledgedLate(told, v1::URGENCY_IMMEDIATE, 5'000'000); };
  EXPECT_FALSE(late());
  told.before.push_back(
      {.given = v1::LEVEL_POINTER, .let_go_ms = 1, .acknowledged_ms = 900'001, .over_ms = 950'000});
  EXPECT_FALSE(late());
  told.before[0].acknowledged_ms = 900'002;
  EXPECT_TRUE(late());
  told.before[0].acknowledged_ms = 0;
  EXPECT_TRUE(late()) << "never, and it stood for longer";
  told.before[0].over_ms = 900'001;
  EXPECT_FALSE(late()) << "it was over in time";
  told.before[0] = {.let_go_ms = 1, .over_ms = 999'999};
  EXPECT_FALSE(late()) << "it was only answered, and nothing tells";
  told.acknowledged_ms = 0;
  EXPECT_TRUE(late());
  told.taken_back_ms = 1'900'000;
  EXPECT_FALSE(late()) << "it was taken back in time";
}

TEST(ReviewStory, WhatWasTakenBackIsOwedAgain) {
  StoryTold told;
  told.duty = v1::LEVEL_TEAR_LINE;
  told.given = v1::LEVEL_FULL;
  EXPECT_FALSE(GotTooLittle(told));
  told.taken_back_ms = 1;
  EXPECT_TRUE(GotTooLittle(told));
  told.duty = v1::LEVEL_UNSPECIFIED;
  EXPECT_FALSE(GotTooLittle(told)) << "nothing is owed any more";
}

TEST(ReviewStory, AnAcknowledgementIsLateByItsLane) {
  StoryTold told;
  EXPECT_FALSE(IsAcknowledgedLate(told, v1::URGENCY_IMMEDIATE, 1'000'000'000)) << "not let go";
  told.let_go_ms = 1;
  const auto at = [&told](v1::Urgency urgency, std::int64_t ms) {
    told.acknowledged_ms = 1 + ms;
    return IsAcknowledgedLate(told, urgency, 0);
  };
  EXPECT_FALSE(at(v1::URGENCY_IMMEDIATE, 900'000));
  EXPECT_TRUE(at(v1::URGENCY_IMMEDIATE, 900'001));
  EXPECT_FALSE(at(v1::URGENCY_URGENT, 14'400'000));
  EXPECT_TRUE(at(v1::URGENCY_URGENT, 14'400'001));
  EXPECT_FALSE(at(v1::URGENCY_ROUTINE, 259'200'000));
  EXPECT_TRUE(at(v1::URGENCY_ROUTINE, 259'200'001));
  told.acknowledged_ms = 0;
  EXPECT_TRUE(IsAcknowledgedLate(told, v1::URGENCY_ROUTINE, 259'200'002)) << "not yet, and late";
}

}  // namespace
}  // namespace tearline::cli
