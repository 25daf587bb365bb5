#include "clients/cli/show_action.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include <nlohmann/json.hpp>

namespace tearline::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Printed(const std::function<void()>& print) {
  testing::internal::CaptureStdout();
  print();
  return testing::internal::GetCapturedStdout();
}

v1::GetCaseResponse SomeCase() {
  v1::GetCaseResponse shown;
  shown.mutable_case_()->set_case_id("case_1");
  v1::CaseManagement& before = *shown.add_managed_before();
  before.set_category(v1::MAPPA_CATEGORY_2);
  before.set_level(v1::MAPPA_LEVEL_3);
  before.mutable_until()->set_seconds(1'800'000'000);
  before.set_changed_by("probation/chair");
  before.set_lead_agency("probation-south");
  before.set_area("south");
  v1::Action& action = *shown.add_open_actions();
  action.set_action_id("act_1");
  action.set_kind(v1::ACTION_KIND_MARAC_REFERRAL);
  action.set_owner_post("police/panel");
  action.set_carried_over(2);
  return shown;
}

TEST(ShowAction, SaysWhatACaseWasManagedAtAndWhatIsOpen) {
  v1::GetCaseResponse shown = SomeCase();
  std::string text = Printed([&] { PrintManagement(shown); });
  EXPECT_THAT(text, HasSubstr("probation/chair"));
  EXPECT_THAT(text, HasSubstr("probation-south"));
  EXPECT_THAT(text, HasSubstr("marac-referral"));
  EXPECT_THAT(text, HasSubstr("open"));
  EXPECT_THAT(text, Not(HasSubstr("ended")));
  shown.mutable_ended_at()->set_seconds(1'800'000'000);
  text = Printed([&] { PrintManagement(shown); });
  EXPECT_THAT(text, HasSubstr("ended        2027-01-15T08:00:00Z"));
}

/// Whoever reads the case by its fields finds them where they were.
TEST(ShowAction, AddsToTheCaseAsAnObject) {
  const nlohmann::json object = nlohmann::json::parse(CaseJson(SomeCase()));
  EXPECT_EQ(object["case_id"], "case_1");
  EXPECT_EQ(object["managed_before"][0]["level"], "MAPPA_LEVEL_3");
  EXPECT_EQ(object["open_actions"][0]["action_id"], "act_1");
  EXPECT_FALSE(object.contains("ended_at") && !object["ended_at"].is_null());
}

TEST(ShowAction, ShowsOneWhole) {
  v1::Action action = SomeCase().open_actions(0);
  EXPECT_THAT(Printed([&] { PrintAction(action); }), HasSubstr("act_1  marac-referral, open"));
  action.set_end(v1::ACTION_END_DONE);
  action.set_evidence_digest(std::string(32, '\xab'));
  const std::string text = Printed([&] { PrintAction(action); });
  EXPECT_THAT(text, HasSubstr("done"));
  EXPECT_THAT(text, HasSubstr("abababab"));
  EXPECT_THAT(text, Not(HasSubstr("evidence "))) << "no event is named";
}

}  // namespace
}  // namespace tearline::cli
