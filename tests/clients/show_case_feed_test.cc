#include "clients/cli/show_case_feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace tearline::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kNow = 1'772'618'400;  // 2026-03-04T10:00:00Z

v1::CaseFeedEntry Entry() {
  v1::CaseFeedEntry entry;
  v1::DeliveredEvent& event = *entry.mutable_event();
  event.set_event_id("ev_1");
  event.set_level(v1::LEVEL_FULL);
  event.set_event_type("custody.recall.ordered");
  event.set_originating_agency("prison");
  event.set_originating_post("prison/security");
  event.mutable_occurred_at()->set_seconds(kNow - 3600);
  event.mutable_accepted_at()->set_seconds(kNow - 60);
  event.mutable_marking()->set_tier(v1::TIER_OFFICIAL);
  event.mutable_marking()->set_sensitive(true);
  entry.set_urgency(v1::URGENCY_IMMEDIATE);
  entry.mutable_published_at()->set_seconds(kNow - 120);
  entry.mutable_released_at()->set_seconds(kNow);
  return entry;
}

void AddWord(const std::string& post, bool acknowledged, bool read, v1::CaseFeedEntry& entry) {
  v1::PanelWord& word = *entry.add_panel();
  word.set_post(post);
  if (acknowledged) word.mutable_acknowledged_at()->set_seconds(kNow);
  if (read) word.mutable_read_at()->set_seconds(kNow);
}

TEST(ShowCaseFeed, PutsAnEventOnOneLine) {
  v1::CaseFeedEntry entry = Entry();
  AddWord("ct-police/accountable", false, true, entry);
  AddWord("police/panel", true, false, entry);
  EXPECT_EQ(
      EntryLine(entry, /*colours=*/false),
      "2026-03-04T10:00:00Z  full       IMMEDIATE  official-sensitive  custody.recall.ordered  "
      "from prison/security  occurred 2026-03-04T09:00:00Z, sent 2026-03-04T09:58:00Z, "
      "recorded 2026-03-04T09:59:00Z  not received  panel: received by 1, read by 1: "
      "ct-police/accountable  ev_1");
  entry.mutable_acknowledged_at()->set_seconds(kNow);
  EXPECT_THAT(EntryLine(entry, false), HasSubstr("  received 2026-03-04T10:00:00Z  "));
}

TEST(ShowCaseFeed, SaysOfAPointerWhomToAsk) {
  v1::CaseFeedEntry entry;
  entry.mutable_event()->set_event_id("ev_1");
  entry.mutable_event()->set_level(v1::LEVEL_POINTER);
  entry.mutable_event()->set_ask_post("ct-police/intel");
  entry.mutable_released_at()->set_seconds(kNow);
  EXPECT_EQ(
      EntryLine(entry, false),
      "2026-03-04T10:00:00Z  pointer    something is held, ask ct-police/intel  not received  "
      "ev_1");
}

TEST(ShowCaseFeed, SaysWhatWasTakenBack) {
  v1::CaseFeedEntry entry;
  entry.mutable_event()->set_event_id("ev_1");
  entry.mutable_taken_back_at()->set_seconds(kNow);
  EXPECT_EQ(EntryLine(entry, false),
            "2026-03-04T10:00:00Z  taken back  to be taken out of use  ev_1");
}

/// Colours are for whoever looks at them, and change no letter.
TEST(ShowCaseFeed, ColoursChangeNoLetter) {
  const std::string coloured = EntryLine(Entry(), /*colours=*/true);
  EXPECT_THAT(coloured, HasSubstr("\x1b[32mfull\x1b[0m"));
  std::string plain;
  for (std::size_t i = 0; i < coloured.size(); ++i) {
    if (coloured[i] == '\x1b') {
      i = coloured.find('m', i);
    } else {
      plain += coloured[i];
    }
  }
  EXPECT_EQ(plain, EntryLine(Entry(), false));
}

/// What the broker sent does not steer a terminal.
TEST(ShowCaseFeed, ShowsNoControlCharacters) {
  v1::CaseFeedEntry entry = Entry();
  entry.mutable_event()->set_event_type(
      "a\x1b[2J\nb\xc2\x9b"
      "c");
  const std::string line = EntryLine(entry, false);
  EXPECT_THAT(line, HasSubstr("a [2J b  c"));
  EXPECT_THAT(line, Not(HasSubstr("\x1b")));
}

TEST(ShowCaseFeed, WritesGradesAsTheFieldDoes) {
  v1::Grading grading;
  EXPECT_EQ(GradeText(grading), "");
  grading.set_source(v1::SOURCE_GRADE_UNTESTED);
  grading.set_information(v1::INFORMATION_GRADE_KNOWN_INDIRECTLY);
  grading.set_handling(v1::HANDLING_CODE_CONDITIONS);
  grading.set_action(v1::ACTION_CODE_A1);
  grading.set_sanitisation(v1::SANITISATION_CODE_S2);
  EXPECT_EQ(GradeText(grading), "2CC A1 S2");
  grading.set_handling(v1::HANDLING_CODE_PERMITTED);
  grading.clear_action();
  grading.clear_sanitisation();
  EXPECT_EQ(GradeText(grading), "2CP");
  v1::Grading old;
  old.mutable_five_by_five()->set_source(v1::FIVE_BY_FIVE_SOURCE_MOSTLY_RELIABLE);
  old.mutable_five_by_five()->set_information(v1::FIVE_BY_FIVE_INFORMATION_KNOWN_TO_SOURCE);
  old.mutable_five_by_five()->set_handling(v1::FIVE_BY_FIVE_HANDLING_FOREIGN);
  EXPECT_EQ(GradeText(old), "5x5x5 B2 3");
}

TEST(ShowCaseFeed, SaysHowFarBehindItWas) {
  v1::CaseFeedEntry entry = Entry();
  EXPECT_EQ(LatenessText(entry), "") << "59 minutes";
  entry.mutable_event()->mutable_occurred_at()->set_seconds(kNow - 60 - 3600);
  EXPECT_EQ(LatenessText(entry), "recorded 1 hour after it occurred");
  entry.mutable_event()->set_late(true);
  entry.mutable_released_at()->set_seconds(kNow - 60 + 3 * 86'400);
  EXPECT_EQ(LatenessText(entry),
            "recorded 1 hour after it occurred; came late, 3 days after it was recorded");
}

}  // namespace
}  // namespace tearline::cli
