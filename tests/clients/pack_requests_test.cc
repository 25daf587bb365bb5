#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

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
}

}  // namespace
}  // namespace tearline::cli
