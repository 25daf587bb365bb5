#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>

#include "clients/cli/pack_sections.h"

namespace tearline::cli {
namespace {

using testing::ElementsAre;

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

/// The next one, whichever way they are listed; what was planned and not told of; what has no
/// minutes.
TEST(PackMeetings, SaysWhichIsNextAndWhatIsMissing) {
  v1::Meeting with_minutes = Held(kNow + 1);
  with_minutes.add_documents()->set_kind(v1::DOCUMENT_KIND_MINUTES);
  v1::Meeting cancelled = Planned(kNow + 10);
  cancelled.set_outcome(v1::MEETING_OUTCOME_CANCELLED);
  CasePack pack;
  pack.now_ms = kNow * 1000;
  pack.meetings = {Planned(kNow + 7200), Planned(kNow + 3600), Planned(kNow - 3600), Held(kNow),
                   Held(kNow + 3600),    with_minutes,         cancelled};
  const PackSection section = MeetingsSection(pack);
  ASSERT_EQ(section.rows.size(), 4U);
  EXPECT_THAT(section.rows[0].cells,
              ElementsAre("2024-10-04T01:00:00Z", "review", "the next", "meet_1"));
  EXPECT_FALSE(section.rows[0].pressing);
  EXPECT_THAT(section.rows[1].cells,
              ElementsAre("2024-10-03T23:00:00Z", "review", "was it held?", "meet_1"));
  EXPECT_TRUE(section.rows[1].pressing);
  EXPECT_EQ(section.rows[2].cells[2], "without minutes, due 2024-10-04T00:00:00Z");
  EXPECT_TRUE(section.rows[2].pressing);
  EXPECT_EQ(section.rows[3].cells[2], "without minutes, due 2024-10-04T01:00:00Z");
  EXPECT_FALSE(section.rows[3].pressing);
}

TEST(PackMeetings, NoneIsNone) { EXPECT_TRUE(MeetingsSection({}).rows.empty()); }

}  // namespace
}  // namespace tearline::cli
