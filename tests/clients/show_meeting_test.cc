#include "clients/cli/show_meeting.h"

#include <gtest/gtest.h>

namespace tearline::cli {
namespace {

constexpr std::int64_t kNow = 1'728'000'000;  // 2024-10-04, in seconds

v1::Meeting Planned(std::int64_t at) {
  v1::Meeting meeting;
  meeting.set_meeting_id("meet_1");
  meeting.set_kind(v1::MEETING_KIND_REVIEW);
  meeting.mutable_planned_for()->set_seconds(at);
  return meeting;
}

v1::Meeting Held(std::int64_t minutes_due) {
  v1::Meeting meeting = Planned(kNow - 86'400);
  meeting.set_outcome(v1::MEETING_OUTCOME_HELD);
  meeting.mutable_minutes_due_at()->set_seconds(minutes_due);
  return meeting;
}

void AddDocument(v1::Meeting& meeting, v1::DocumentKind kind, unsigned version) {
  v1::MeetingDocument& document = *meeting.add_documents();
  document.set_kind(kind);
  document.set_version(version);
  document.set_kept_by("probation/chair");
}

TEST(ShowMeeting, SaysWhereTheMinutesAre) {
  EXPECT_EQ(MinutesText(Planned(kNow)), "");
  v1::Meeting held = Held(kNow);
  EXPECT_EQ(MinutesText(held), "none, due 2024-10-04T00:00:00Z");
  AddDocument(held, v1::DOCUMENT_KIND_EXECUTIVE_SUMMARY, 1);
  EXPECT_EQ(MinutesText(held), "none, due 2024-10-04T00:00:00Z");
  AddDocument(held, v1::DOCUMENT_KIND_MINUTES, 1);
  AddDocument(held, v1::DOCUMENT_KIND_MINUTES, 2);
  EXPECT_EQ(MinutesText(held), "version 2, kept by probation/chair");
  EXPECT_EQ(MeetingStateText(held), "held");
  EXPECT_EQ(MeetingStateText(Planned(kNow)), "planned");
}

}  // namespace
}  // namespace tearline::cli
