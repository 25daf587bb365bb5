#include "clients/cli/review_page.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "clients/cli/html_text.h"
#include "clients/verifier/base64.h"
#include "clients/verifier/tree.h"
#include "tests/clients/invented_review.h"

namespace tearline::cli {
namespace {

using doubles::InventedReview;
using google::protobuf::util::TimeUtil;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kLaterMs = 1'772'704'800'000;  // 2026-03-05T10:00:00Z

TEST(ReviewPage, TellsWhoWasToldAndWhoWasNotAndWhatWasOwed) {
  InventedReview invented;
  const std::string page = invented.Page();
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
  const std::string page = invented.Page();
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
  *review.events[0].mutable_published_at() = TimeUtil::MillisecondsToTimestamp(kLaterMs);
  const auto proved = verifier::CheckReview(review, invented.Log().Key());
  ASSERT_TRUE(proved.ok()) << proved.status();
  const std::string page = ReviewPage(review, *proved);
  EXPECT_THAT(page, HasSubstr("(answered)"));
  EXPECT_THAT(page, HasSubstr("<td>not shown</td>"));
  EXPECT_THAT(page,
              HasSubstr("08:30:00, published by its originator 2026-03-05 10:00:00 (answered), "
                        "recorded 2026-03-04 10:00:00"));
  EXPECT_THAT(page, HasSubstr("other people: <span class=\"id\">ev_00</span>"));
}

/// What is decided and waits is not withheld, and nobody's reason: the post has not had it yet.
TEST(ReviewPage, SaysThatWhatIsOwedWaits) {
  InventedReview invented;
  stored::v1::Detail guest =
      doubles::Decided(std::string(16, 'E'), "probation-north/guest", v1::LEVEL_FULL);
  guest.mutable_decision()->set_duty(v1::LEVEL_TEAR_LINE);
  invented.Log().Add({guest}, kLaterMs);
  const std::string page = invented.Page();
  EXPECT_THAT(page, testing::ContainsRegex("<td>probation-north/guest</td><td>intelligence[^\n]*"
                                           "<td>decided full, not let go yet</td>"));
  EXPECT_THAT(page, Not(testing::ContainsRegex("<td>health-north/nurse</td>[^\n]*not let go yet")))
      << "it is withheld from the nurse";
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

TEST(ReviewPage, IsTheSameEveryTime) {
  InventedReview one, two;
  EXPECT_EQ(one.Page(), two.Page());
}

/// A page is verified by being written again. Whoever changes its words makes reviews that were
/// made before unverifiable, unless its form in ReviewLines is counted up and the old one can be
/// written.
TEST(ReviewPage, IsOfTheFormThatReviewsWereMadeIn) {
  InventedReview invented;
  EXPECT_EQ(verifier::Hex(verifier::Bytes(verifier::Sha256(invented.Page()))),
            "281e52ec90a2b5bc42f6458cf947421a3a0b0a7056c78f07908aad763c9dc730");
}

TEST(ReviewPage, FetchesAndRunsNothing) {
  InventedReview invented;
  const std::string page = invented.Page();
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
  const std::string page = bad.Page();
  EXPECT_EQ(tags(page), tags(honest.Page()));
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

TEST(HtmlText, WritesWhatIsUnseenAndWhatIsBroken) {
  EXPECT_EQ(HtmlText("caf\xc3\xa9 \xf0\x9f\x99\x82"), "caf\xc3\xa9 \xf0\x9f\x99\x82");
  EXPECT_EQ(HtmlText("a\tb\nc"), "a[U+0009]b[U+000A]c");
  EXPECT_EQ(HtmlText("\xd8\x9c\xe2\x81\xa6\xef\xbb\xbf"), "[U+061C][U+2066][U+FEFF]");
  EXPECT_EQ(HtmlText("\xff\xc0\xaf\xed\xa0\x80\xe2\x80"), "[FF][C0][AF][ED][A0][80][E2][80]");
  EXPECT_EQ(HtmlText(std::string("\0", 1)), "[U+0000]");
}

}  // namespace
}  // namespace tearline::cli
