#include "broker/rpc/look_at_glass.h"

#include <gtest/gtest.h>

#include <string>

#include "broker/machine/rows.h"
#include "tests/rpc/directory_rows.h"

namespace tearline::rpc {
namespace {

class LookAtGlassTest : public testing::Test {
 protected:
  LookAtGlassTest() {
    rows_.SetPost("inspectorate/auditor", "auditor", {v1::POST_ROLE_AUDITOR});
    rows_.SetPost("desk/governance", "governance", {v1::POST_ROLE_INFORMATION_GOVERNANCE});
    rows_.SetPost("police/panel", "panel", {v1::POST_ROLE_POLICE_OFFENDER_MANAGEMENT});
  }

  void Put(const std::string& id, bool reviewed) {
    stored::v1::GlassRow row;
    row.set_nominal_id(std::string(16, 'n'));
    row.mutable_author()->set_post("prison/security");
    row.mutable_author()->set_member("security-system");
    row.mutable_author()->set_on_behalf_of_user("night-duty");
    row.set_because("log 12");
    if (reviewed) {
      row.set_reviewed_ms(1);
      row.set_finding(v1::BREAK_GLASS_FINDING_JUSTIFIED);
    }
    rows_.Change([&](state::Batch& batch) { batch.PutRow(machine::GlassKey(id), row); });
  }
  Result<Looked> Look(const std::string& post, const v1::ListBreakGlassRequest& request = {}) {
    stored::v1::Actor actor;
    actor.set_post(post);
    response_.Clear();
    return LookAtGlass(request, actor, *rows_.View(), response_);
  }

  DirectoryRows rows_;
  v1::ListBreakGlassResponse response_;
};

TEST_F(LookAtGlassTest, ShowsAuditorsAndGovernanceWhatNobodyHasReviewed) {
  Put(std::string(16, 'a'), /*reviewed=*/false);
  Put(std::string(16, 'b'), /*reviewed=*/true);
  for (const char* post : {"inspectorate/auditor", "desk/governance"}) {
    const auto looked = Look(post);
    ASSERT_TRUE(looked.ok());
    EXPECT_EQ(looked->consulted.kind(), stored::v1::CONSULTATION_KIND_BREAK_GLASS);
    ASSERT_EQ(response_.uses_size(), 1);
    EXPECT_EQ(response_.uses(0).person(), "night-duty");
    EXPECT_FALSE(response_.uses(0).has_reviewed_at());
  }
  v1::ListBreakGlassRequest all;
  all.set_reviewed_too(true);
  ASSERT_TRUE(Look("desk/governance", all).ok());
  ASSERT_EQ(response_.uses_size(), 2);
  EXPECT_TRUE(response_.uses(1).has_reviewed_at());
}

TEST_F(LookAtGlassTest, ShowsNobodyElse) {
  Put(std::string(16, 'a'), false);
  EXPECT_EQ(ReasonOf(Look("police/panel").status()), v1::ERROR_REASON_NOT_PERMITTED);
  EXPECT_EQ(response_.uses_size(), 0);
}

/// Each is shown once, however many lie between that nobody needs to see.
TEST_F(LookAtGlassTest, GoesOnWhereAPageEnded) {
  std::string id(16, 'a');
  constexpr std::size_t kUses = 600;  // 300 of them unreviewed: more than a page
  for (std::size_t i = 0; i < kUses; ++i) {
    id[14] = static_cast<char>(i / 128);
    id[15] = static_cast<char>(i % 128);
    Put(id, /*reviewed=*/i % 2 == 1);
  }
  v1::ListBreakGlassRequest request;
  std::size_t shown = 0;
  for (std::size_t pages = 0; pages < kUses; ++pages) {
    ASSERT_TRUE(Look("desk/governance", request).ok());
    shown += static_cast<std::size_t>(response_.uses_size());
    request.set_after_break_glass_id(response_.after_break_glass_id());
    if (request.after_break_glass_id().empty()) break;
  }
  EXPECT_EQ(shown, kUses / 2);
  request.set_after_break_glass_id("nonsense");
  EXPECT_EQ(ReasonOf(Look("desk/governance", request).status()), v1::ERROR_REASON_FIELD_INVALID);
}

}  // namespace
}  // namespace tearline::rpc
