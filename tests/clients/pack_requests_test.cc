#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include "clients/cli/pack_sections.h"

namespace tearline::cli {
namespace {

using testing::ElementsAre;

constexpr std::int64_t kNow = 1'728'000'000;  // 2024-10-04, in seconds

v1::InformationRequest Request(std::int64_t answer_by) {
  v1::InformationRequest request;
  request.set_information_request_id("info_1");
  request.set_kind(v1::INFORMATION_REQUEST_KIND_DOMESTIC_ABUSE_CHECK);
  request.set_asked_by("probation/chair");
  request.mutable_answer_by()->set_seconds(answer_by);
  return request;
}

v1::AskedForInformation& Ask(v1::InformationRequest& request, const std::string& post) {
  v1::AskedForInformation& asked = *request.add_asked();
  asked.set_post(post);
  return asked;
}

/// Who has not answered, and since when it is late; nothing of what is answered, whatever was said:
/// that is not shown to everybody. The next due first.
TEST(PackRequests, ListsWhatIsOpen) {
  v1::InformationRequest late = Request(kNow);
  Ask(late, "police/checks").set_overdue(true);
  Ask(late, "health/desk").mutable_answered_at()->set_seconds(kNow - 1);
  Ask(late, "housing/homes");
  v1::InformationRequest answered = Request(kNow);
  Ask(answered, "police/checks").mutable_answered_at()->set_seconds(kNow - 1);
  v1::InformationRequest later = Request(kNow + 3600);
  Ask(later, "housing/homes");
  CasePack pack;
  pack.now_ms = kNow * 1000;
  pack.requests = {later, answered, late};
  const PackSection section = RequestsSection(pack);
  ASSERT_EQ(section.rows.size(), 2U);
  EXPECT_THAT(section.rows[0].cells,
              ElementsAre("2024-10-04T00:00:00Z", "domestic-abuse-check", "probation/chair",
                          "police/checks (overdue), housing/homes", "info_1"));
  EXPECT_TRUE(section.rows[0].pressing);
  EXPECT_EQ(section.rows[1].cells[0], "2024-10-04T01:00:00Z");
  EXPECT_FALSE(section.rows[1].pressing);

  // On the first page, too: who is late first.
  const PackSection first = UnansweredSection(pack);
  ASSERT_TRUE(first.first_page);
  ASSERT_EQ(first.rows.size(), 2U);
  EXPECT_THAT(first.rows[0].cells,
              ElementsAre("domestic-abuse-check, asked by probation/chair, by 2024-10-04T00:00:00Z",
                          "police/checks (overdue), housing/homes"));
  EXPECT_TRUE(first.rows[0].pressing);
}

/// How the case came to be managed stands among what changed: what it became, and what it had been;
/// where who led was not kept, nothing is said of it. So do meetings.
TEST(PackChanged, TellsHowTheCaseCameToBeManaged) {
  CasePack pack;
  pack.now_ms = kNow * 1000;
  pack.since_ms = (kNow - 100) * 1000;
  pack.about.set_category(v1::MAPPA_CATEGORY_2);
  pack.about.set_level(v1::MAPPA_LEVEL_1);
  pack.about.set_lead_agency("probation");
  pack.about.set_area("north");
  const auto before = [&pack](v1::MappaLevel level, std::int64_t until) {
    v1::CaseManagement& each = pack.managed_before.emplace_back();
    each.set_category(v1::MAPPA_CATEGORY_2);
    each.set_level(level);
    each.mutable_until()->set_seconds(until);
    each.set_changed_by("probation/chair");
    return &each;
  };
  before(v1::MAPPA_LEVEL_2, kNow - 10);
  before(v1::MAPPA_LEVEL_3, kNow - 200);  // of before the last pack
  before(v1::MAPPA_LEVEL_3, kNow - 50);
  pack.managed_before.back().set_lead_agency("police");
  v1::Meeting& meeting = pack.meetings.emplace_back();
  meeting.set_planned_by("probation/chair");
  meeting.mutable_planned_at()->set_seconds(kNow - 400);
  meeting.mutable_planned_for()->set_seconds(kNow - 20);
  meeting.mutable_held_at()->set_seconds(kNow - 20);
  std::vector<std::string> told;
  for (const PackRow& row : ChangedSection(pack).rows) told.push_back(row.cells[1]);
  EXPECT_THAT(told,
              ElementsAre("managed at category 2, level 1; it was category 2, level 2; by "
                          "probation/chair",
                          "a meeting was held",
                          "managed at category 2, level 2; it was category 2, level 3, led by "
                          "police; by probation/chair"));
}

/// What did not change is not said again, and what was not kept is not told from what is now.
TEST(PackChanged, SaysOfWhoLeadsAndSupervisesOnlyWhatChanged) {
  struct Row {
    const char* before;  // lead, area, supervising post
    const char* now;
    const char* told;
  };
  constexpr Row kRows[] = {
      {"", "probation north p/s", "managed at category 2, level 1; it was category 2, level 2"},
      {"probation north p/s", "probation north p/s",
       "managed at category 2, level 1; it was category 2, level 2"},
      {"probation north p/s", "probation south p/s",
       "managed at category 2, level 1, in south; it was category 2, level 2, in north"},
      {"police north p/s", "probation north p/s",
       "managed at category 2, level 1, led by probation; it was category 2, level 2, led by "
       "police"},
      {"probation north p/s", "probation north",
       "managed at category 2, level 1, under nobody; it was category 2, level 2, under p/s"},
      {"probation north", "probation north p/s",
       "managed at category 2, level 1, under p/s; it was category 2, level 2, under nobody"},
  };
  for (const Row& row : kRows) {
    CasePack pack;
    pack.now_ms = kNow * 1000;
    v1::CaseManagement& before = pack.managed_before.emplace_back();
    const auto fill = [](const char* words, auto& each, v1::MappaLevel level) {
      std::istringstream text(words);
      text >> *each.mutable_lead_agency() >> *each.mutable_area() >>
          *each.mutable_supervising_post();
      each.set_category(v1::MAPPA_CATEGORY_2);
      each.set_level(level);
    };
    fill(row.before, before, v1::MAPPA_LEVEL_2);
    before.mutable_until()->set_seconds(kNow - 10);
    before.set_changed_by("p/c");
    fill(row.now, pack.about, v1::MAPPA_LEVEL_1);
    const PackSection section = ChangedSection(pack);
    ASSERT_EQ(section.rows.size(), 1u);
    EXPECT_EQ(section.rows[0].cells[1], std::string(row.told) + "; by p/c") << row.before;
  }
}

}  // namespace
}  // namespace tearline::cli
