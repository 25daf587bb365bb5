#include "clients/cli/shown_entries.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tearline::cli {
namespace {

v1::CaseFeedEntry Entry(const std::string& event_id, std::int64_t go_on_from,
                        std::int64_t changed_at) {
  v1::CaseFeedEntry entry;
  entry.mutable_event()->set_event_id(event_id);
  entry.mutable_go_on_from()->set_seconds(go_on_from);
  entry.mutable_changed_at()->set_seconds(changed_at);
  return entry;
}

v1::FollowCaseResponse Frame(const std::vector<v1::CaseFeedEntry>& entries) {
  v1::FollowCaseResponse frame;
  for (const v1::CaseFeedEntry& entry : entries) *frame.add_entries() = entry;
  return frame;
}

/// The first of two changed again after the second: from there the second would be left out.
TEST(ShownEntries, GoesOnFromWhereNothingIsLeftOut) {
  ShownEntries shown;
  EXPECT_EQ(shown.GoOnFrom().seconds(), 0);
  v1::FollowCaseResponse frame = Frame({Entry("ev_1", 10, 90)});
  shown.LeaveOutAgain(frame);
  EXPECT_EQ(frame.entries_size(), 1);
  EXPECT_EQ(shown.GoOnFrom().seconds(), 10);
  frame = Frame({Entry("ev_2", 20, 20), Entry("ev_3", 15, 80)});
  shown.LeaveOutAgain(frame);
  EXPECT_EQ(shown.GoOnFrom().seconds(), 20) << "the newest";
  v1::FollowCaseResponse time;
  shown.LeaveOutAgain(time);
  EXPECT_EQ(shown.GoOnFrom().seconds(), 20);
}

TEST(ShownEntries, LeavesOutWhatComesAgainAsItWas) {
  ShownEntries shown;
  v1::FollowCaseResponse frame = Frame({Entry("ev_1", 10, 90), Entry("ev_2", 20, 20)});
  shown.LeaveOutAgain(frame);
  EXPECT_EQ(frame.entries_size(), 2);
  frame = Frame({Entry("ev_2", 20, 20), Entry("ev_1", 90, 90), Entry("ev_3", 30, 30)});
  shown.LeaveOutAgain(frame);
  ASSERT_EQ(frame.entries_size(), 1) << "only for where to go on the first is another";
  EXPECT_EQ(frame.entries(0).event().event_id(), "ev_3");
  frame = Frame({Entry("ev_2", 95, 95)});
  shown.LeaveOutAgain(frame);
  EXPECT_EQ(frame.entries_size(), 1) << "it changed";
}

}  // namespace
}  // namespace tearline::cli
