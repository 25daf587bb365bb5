#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include <nlohmann/json.hpp>

#include "tests/end_to_end/command_line.h"

namespace tearline::end_to_end {
namespace {

using doubles::Ended;
using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

constexpr char kClerk[] = "office/clerk>office/coordinator";
constexpr char kKeeper[] = "office/keeper>office/operator";
constexpr char kOfficer[] = "police/officer>police/accountable";
constexpr char kChair[] = "probation/reader>probation/chair";

class CaseCommands : public CommandLine {
 protected:
  void SetUp() override {
    CommandLine::SetUp();
    case_ = DoneJson(kChair, "case show --nominal " + stage_->nominal_id() + why_)["case_id"];
    Done(kKeeper, "directory admit --file " +
                      Write("board",
                            "post { post: \"probation/board\" roles: POST_ROLE_STRATEGIC_BOARD "
                            "clearance { tier: TIER_OFFICIAL } }"));
  }
  std::string Add(const std::string& owner) const {
    return DoneJson(kChair, "case action add --case " + case_ + " --kind home-visit --owner " +
                                owner + " --due " + InDays(7))["recorded"]["made_id"];
  }

  const std::string why_ = " --purpose risk-review";
  std::string case_;
};

/// Story B, step 5, as people and programs see it.
TEST_F(CaseCommands, ALevelIsLoweredWhenItsOpenActionsAreOverridden) {
  const std::string first = Add("police/accountable");
  const std::string second = Add("probation/guest");
  const std::string lower = "case set-level --case " + case_ + " --category 2 --level 1";
  Refused(kClerk, lower, "NOT_PERMITTED");
  const Ended people = Say(kChair, lower);
  EXPECT_EQ(people.code, 1);
  EXPECT_THAT(people.err, StartsWith("refused  WORK_OPEN\n"));
  EXPECT_THAT(people.err, HasSubstr("2 actions"));
  EXPECT_THAT(people.err, HasSubstr("open  " + first + "  action of police/accountable"));
  const json program = json::parse(Say(kChair, lower + " --json").out)["refused"];
  EXPECT_EQ(program["reason"], "WORK_OPEN");
  ASSERT_EQ(program["open_work"].size(), 2u);
  std::string overridden = lower;
  for (const json& item : program["open_work"]) {
    EXPECT_EQ(item["kind"], "OPEN_WORK_KIND_ACTION");
    overridden += " --override " + item["work_id"].get<std::string>() + "=agency-goes-on";
  }
  EXPECT_THAT(Done(kChair, overridden), StartsWith("level: recorded"));
  const json shown = DoneJson(kChair, "case show --case " + case_ + why_);
  EXPECT_EQ(shown["level"], "MAPPA_LEVEL_1");
  EXPECT_EQ(shown["managed_before"][0]["level"], "MAPPA_LEVEL_2");
  EXPECT_EQ(shown["open_actions"].size(), 2u) << "owed as before";
  EXPECT_THAT(Done(kChair, "case show --case " + case_ + why_), HasSubstr("home-visit"));
}

TEST_F(CaseCommands, AnActionIsAddedShownCarriedOverAndEnded) {
  const std::string action = Add("police/accountable");
  const std::string of_it = " --case " + case_ + " --action " + action;
  EXPECT_THAT(Done(kChair, "case action show" + of_it + why_),
              StartsWith(action + "  home-visit, open\n"));
  Refused(kOfficer, "case action end" + of_it + " --how overtaken", "NOT_PERMITTED");
  Refused(kOfficer, "case action end" + of_it + " --how done", "FIELD_INVALID");
  EXPECT_THAT(Done(kChair, "case action end" + of_it + " --how carried-over --due " + InDays(30)),
              StartsWith("action carried-over: recorded"));
  const std::string owed = DoneJson(kChair, "case action show" + of_it + why_)["obligation_id"];
  Refused(kOfficer, "obligation discharge --obligation " + owed + " --how overtaken",
          "WRONG_STATE");
  const std::string digest(64, 'a');
  Done(kOfficer, "case action end" + of_it + " --how done --evidence-digest " + digest);
  EXPECT_THAT(Done(kChair, "case action list --case " + case_ + why_),
              HasSubstr("no open actions"));
  EXPECT_THAT(Done(kChair, "case action list --ended --case " + case_ + why_),
              HasSubstr("police/accountable"));
  EXPECT_THAT(Done(kChair, "case action show" + of_it + why_), HasSubstr(digest));
}

/// Story B, step 7, as people and programs see it.
TEST_F(CaseCommands, AReportIsCommissionedFromAPostWithoutASeatAndEnded) {
  const std::string commission = "case commission --case " + case_ + " --writer prison/security";
  const std::string until = " --until " + InDays(20) + " --hearing ";
  const std::string show = "case show --case " + case_ + why_;
  Refused(kChair, commission + until + InDays(19) + why_, "TIME_INVALID");
  Refused(kChair, commission + until + InDays(30), "PURPOSE_REQUIRED");
  EXPECT_THAT(Done(kChair, commission + until + InDays(30) + why_),
              StartsWith("commission: recorded"));
  Refused(kClerk, commission + until + InDays(30) + why_, "ALREADY_EXISTS");
  const json named = DoneJson(kChair, show)["named_posts"][0];
  EXPECT_EQ(named["post"], "prison/security");
  EXPECT_EQ(named["function"], "CASE_FUNCTION_REPORT_WRITER");
  EXPECT_LT(named["occurred_from"].get<std::string>(), InDays(-729));
  EXPECT_GT(named["occurred_from"].get<std::string>(), InDays(-733));
  EXPECT_THAT(Done(kChair, show), HasSubstr("report-writer"));
  EXPECT_THAT(Done(kChair, commission + " --end" + why_), StartsWith("commission ended: recorded"));
  EXPECT_THAT(Done(kChair, show), testing::Not(HasSubstr("report-writer")));
  Refused(kChair, commission + " --end" + why_, "WRONG_STATE");
}

TEST_F(CaseCommands, ACaseEndsAndStaysReadableToItsCoordinators) {
  Refused(kClerk, "case exit --case " + case_ + " --reason died", "NOT_PERMITTED");
  EXPECT_THAT(Done(kChair, "case exit --case " + case_ + " --reason category-ended"),
              StartsWith("exit: recorded"));
  Refused(kChair, "case show --case " + case_ + why_, "NOT_FOUND");
  EXPECT_THAT(Done(kClerk, "case show --case " + case_ + why_), HasSubstr("  ended  "));
  Refused(kClerk, "case seat --case " + case_ + " --post probation/guest", "WRONG_STATE");
  stage_->Kill();
  stage_->Start();
  EXPECT_THAT(Done(kClerk, "case show --case " + case_ + why_), HasSubstr("  ended  "));
}

}  // namespace
}  // namespace tearline::end_to_end
