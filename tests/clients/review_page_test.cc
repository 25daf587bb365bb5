#include "clients/cli/review_page.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "clients/cli/html_text.h"
#include "clients/cli/review_picture.h"
#include "clients/cli/review_story.h"
#include "clients/verifier/base64.h"
#include "clients/verifier/tree.h"
#include "tests/clients/invented_receipt.h"
#include "tests/clients/invented_review.h"

namespace tearline::cli {
namespace {

using doubles::InventedReview;
using google::protobuf::util::TimeUtil;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kLaterMs = 1'772'704'800'000;  // 2026-03-05T10:00:00Z

std::string PageOf(InventedReview& invented) {
  const verifier::Review review = invented.Review();
  const auto proved = verifier::CheckReview(review, invented.Log().Key());
  EXPECT_TRUE(proved.ok()) << proved.status();
  return proved.ok() ? ReviewPage(review, *proved) : "";
}

TEST(ReviewPage, TellsWhoWasToldAndWhoWasNotAndWhatWasOwed) {
  InventedReview invented;
  const std::string page = PageOf(invented);
  const std::size_t summary = page.find("<h2>Summary");
  const std::size_t picture = page.find("<svg ");
  const std::size_t table = page.find("<h2>Every event");
  const std::size_t how = page.find("<h2>How to verify");
  EXPECT_LT(summary, picture);
  EXPECT_LT(picture, table);
  EXPECT_LT(table, how);
  EXPECT_NE(how, std::string::npos);
  EXPECT_THAT(page, HasSubstr("<p>Events put in: 1. Given to posts: 1. Read by a person: 1. "));
  EXPECT_THAT(page, HasSubstr("<tr><td>health-north/nurse</td><td>intelligence.report<br>"));
  EXPECT_THAT(page, HasSubstr("Occurred 2026-03-04 08:30:00, recorded 2026-03-04 10:00:00"));
  EXPECT_THAT(page, HasSubstr("2026-03-04 10:03:00<br>after 2 min 59 s"));
  EXPECT_THAT(page, HasSubstr("2026-03-04 10:20:00<br>after 19 min 59 s<br>by probation-north/"));
  EXPECT_THAT(page,
              HasSubstr("<td>2026-03-04 11:00:00</td><td>2026-03-04 13:05:00<br>(answered)</td>"
                        "<td><span class=\"bad\">2 h 5 min</span></td>"));
  EXPECT_THAT(page, HasSubstr("police-north/deputy, step 1<br>(answered)"));
  EXPECT_THAT(page, HasSubstr("<td>2026-03-04 10:03:00<br>after 2 min 59 s</td>"))
      << "a record shows the acknowledgement";
}

/// Who ended it is a record's word, and so is whom it climbed to.
TEST(ReviewPage, ShowsHowAnObligationEndedAndByWhom) {
  InventedReview invented;
  invented.AddTrail();
  const std::string page = PageOf(invented);
  EXPECT_THAT(page, HasSubstr("<td>2026-03-04 13:05:00<br>by police-north/deputy</td>"));
  EXPECT_THAT(page, HasSubstr("<td>police-north/deputy, step 1</td>"));
  EXPECT_THAT(page, HasSubstr("when this was asked by the clock of whoever asked"));
}

TEST(ReviewPage, SaysWhatIsOnlyAnswered) {
  InventedReview invented;
  verifier::Review review = invented.Review();
  review.leaves.erase(review.leaves.begin() + 2);
  review.obligations.clear();
  *review.events[0].mutable_known_to(0)->mutable_acknowledged_at() =
      review.events[0].known_to(0).read_at();
  review.cut = {"ev_00"};
  const auto proved = verifier::CheckReview(review, invented.Log().Key());
  ASSERT_TRUE(proved.ok()) << proved.status();
  const std::string page = ReviewPage(review, *proved);
  EXPECT_THAT(page, HasSubstr("(answered)"));
  EXPECT_THAT(page, HasSubstr("<td>not shown</td>"));
  EXPECT_THAT(page, HasSubstr("other people: <span class=\"id\">ev_00</span>"));
}

TEST(ReviewPage, ShowsAnEventOfWhichNoRecordIsGiven) {
  InventedReview invented;
  verifier::Review review = invented.Review();
  review.leaves.clear();
  review.obligations.clear();
  review.cut = {review.events[0].event_id()};
  const auto proved = verifier::CheckReview(review, invented.Log().Key());
  ASSERT_TRUE(proved.ok()) << proved.status();
  const std::string page = ReviewPage(review, *proved);
  EXPECT_THAT(page, HasSubstr("recorded 2026-03-04 10:00:00 (the broker's answer"));
  EXPECT_THAT(page, HasSubstr("<td>probation-north/chair</td>"));
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

constexpr std::int64_t kPutInMs = 1'772'618'400'000;  // as InventedReview has it
constexpr std::int64_t kMinuteMs = 60'000;

Story StoryOf(InventedReview& invented, const verifier::Review& review) {
  const auto proved = verifier::CheckReview(review, invented.Log().Key());
  EXPECT_TRUE(proved.ok()) << proved.status();
  return proved.ok() ? Tell(review, *proved) : Story();
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
  const std::string page = PageOf(invented);
  EXPECT_THAT(page, HasSubstr("<td>2026-03-04 15:00:00<br>after 5 h<br>full: 2026-03-04 10:00:01"
                              "</td>"));
  EXPECT_THAT(page, HasSubstr("<td>no<br>full: 2026-03-04 10:20:00<br>after 19 min 59 s<br>by "
                              "probation-north/reader</td>"));
  EXPECT_THAT(page, HasSubstr("Read by a person: 0. ")) << "of what it has";
  const std::string svg = ReviewPicture(story);
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

TEST(ReviewPage, IsTheSameEveryTime) {
  InventedReview one, two;
  EXPECT_EQ(PageOf(one), PageOf(two));
}

/// A page is verified by being written again. Whoever changes its words makes reviews that were
/// made before unverifiable, unless its form in ReviewLines is counted up and the old one can be
/// written.
TEST(ReviewPage, IsOfTheFormThatReviewsWereMadeIn) {
  InventedReview invented;
  EXPECT_EQ(verifier::Hex(verifier::Bytes(verifier::Sha256(PageOf(invented)))),
            "3a02f6be326dfdefe238842c4220b9d9420c158932c73ef7133ebd3a47968dbe");
}

TEST(ReviewPage, FetchesAndRunsNothing) {
  InventedReview invented;
  const std::string page = PageOf(invented);
  EXPECT_THAT(page, HasSubstr("default-src 'none'; style-src 'unsafe-inline'"));
  for (const char* out : {"http:", "https:", "//", "src=", "href=", "url(", "@import", "<script",
                          "<img", "<link", "<iframe", " on", "javascript"}) {
    if (std::string(out) == " on") {
      EXPECT_THAT(page, Not(testing::ContainsRegex(" on[a-z]+=")));
    } else {
      EXPECT_THAT(page, Not(HasSubstr(out)));
    }
  }
}

/// Every tag that the page has with honest text, and no other, whatever the text is.
TEST(ReviewPage, HostileTextStaysText) {
  const std::string hostile =
      "</script><script>alert(1)</script>\"' onload=x &amp; \xe2\x80\xae\x01\xe2\x80\x8b<!--";
  const auto tags = [](const std::string& page) {
    std::multiset<std::string> all;
    for (std::size_t at = page.find('<'); at != std::string::npos; at = page.find('<', at + 1)) {
      all.insert(page.substr(at, page.find_first_of(" >", at) - at));
    }
    return all;
  };
  InventedReview honest, bad(hostile);
  const std::string page = PageOf(bad);
  EXPECT_EQ(tags(page), tags(PageOf(honest)));
  EXPECT_THAT(page, HasSubstr("&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;"));
  EXPECT_THAT(page, HasSubstr("&amp;amp; [U+202E][U+0001][U+200B]&lt;!--"));
  EXPECT_THAT(page, Not(HasSubstr("\xe2\x80\xae")));
  const std::string lines = verifier::ReviewLines(bad.Review());
  EXPECT_EQ(lines.find_first_of("<>&"), std::string::npos);
  for (const char c : lines) EXPECT_TRUE(c == '\n' || (c >= ' ' && c < 0x7f));
  EXPECT_NE(InventedReview::File(bad.Review(), bad.Log().Key()), "");
}

TEST(ReviewPage, OfNothingSaysSo) {
  InventedReview invented;
  verifier::Review review = invented.Review();
  review.leaves.clear();
  review.events.clear();
  review.obligations.clear();
  review.panel.clear();
  const auto proved = verifier::CheckReview(review, invented.Log().Key());
  ASSERT_TRUE(proved.ok());
  const std::string page = ReviewPage(review, *proved);
  EXPECT_THAT(page, HasSubstr("Events put in: 0."));
  EXPECT_THAT(page, HasSubstr("there was none."));
  EXPECT_THAT(page, HasSubstr("<p>Nobody, as far as these records show.</p>"));
}

TEST(ReviewPicture, HasAMarkForEachThingAndAnAlternative) {
  InventedReview invented;
  const verifier::Review review = invented.Review();
  const auto proved = verifier::CheckReview(review, invented.Log().Key());
  ASSERT_TRUE(proved.ok());
  const std::string svg = ReviewPicture(Tell(review, *proved));
  EXPECT_THAT(svg, HasSubstr("role=\"img\" aria-labelledby=\"picture-name picture-says\""));
  for (const char* mark : {"\"in\"", "\"go\"", "\"ack\"", "\"read\"", "\"not\"", "\"due\""}) {
    EXPECT_THAT(svg, HasSubstr(mark));
  }
  EXPECT_THAT(svg, HasSubstr("<title>2026-03-04T10:00:00Z police-north put in intelligence"));
}

TEST(HtmlText, WritesWhatIsUnseenAndWhatIsBroken) {
  EXPECT_EQ(HtmlText("caf\xc3\xa9 \xf0\x9f\x99\x82"), "caf\xc3\xa9 \xf0\x9f\x99\x82");
  EXPECT_EQ(HtmlText("a\tb\nc"), "a[U+0009]b[U+000A]c");
  EXPECT_EQ(HtmlText("\xd8\x9c\xe2\x81\xa6\xef\xbb\xbf"), "[U+061C][U+2066][U+FEFF]");
  EXPECT_EQ(HtmlText("\xff\xc0\xaf\xed\xa0\x80\xe2\x80"), "[FF][C0][AF][ED][A0][80][E2][80]");
  EXPECT_EQ(HtmlText(std::string("\0", 1)), "[U+0000]");
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
