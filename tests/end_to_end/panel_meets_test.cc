#include <gmock/gmock.h>
#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include <nlohmann/json.hpp>

#include "tests/end_to_end/command_line.h"

namespace tearline::end_to_end {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr char kFeeder[] = "police/feeder>police/intelligence";
constexpr char kClerk[] = "office/clerk>office/coordinator";
constexpr char kChair[] = "probation/reader>probation/chair";
constexpr char kAuditor[] = "inspectorate/auditor>inspectorate/auditor";
constexpr char kWhy[] = " --purpose panel-meeting";

/// The time, so many minutes from now.
std::string InMinutes(int minutes) {
  google::protobuf::Timestamp time;
  time.set_seconds(
      std::chrono::duration_cast<std::chrono::seconds>(
          (std::chrono::system_clock::now() + std::chrono::minutes(minutes)).time_since_epoch())
          .count());
  return google::protobuf::util::TimeUtil::ToString(time);
}

TEST_F(CommandLine, APanelMeetsAndItsMinutesAreOwed) {
  const std::string case_id =
      DoneJson(kChair, "case show --nominal " + stage_->nominal_id() + kWhy)["case_id"];
  const std::string meeting = "case meeting ";
  const std::string plan = meeting + "plan --kind review --case " + case_id + " --at ";
  Refused(kClerk, plan + InMinutes(-60), "TIME_INVALID");
  Refused(kFeeder, plan + InMinutes(60), "NOT_PERMITTED");
  const std::string id = DoneJson(kClerk, plan + InMinutes(60))["recorded"]["made_id"];
  EXPECT_THAT(id, StartsWith("meet_"));
  EXPECT_THAT(Done(kChair, "case pack --case " + case_id + kWhy),
              HasSubstr("  review  the next  " + id));

  const std::string held = meeting + "held --case " + case_id + " --meeting " + id +
                           " --present probation/chair --apologies police/accountable";
  Refused(kClerk, held, "TIME_INVALID");  // it is still to come
  Done(kClerk, held + " --at " + InMinutes(-1));
  for (const char* who : {kChair, kAuditor}) {
    const std::string shown = Done(who, meeting + "list --case " + case_id + kWhy);
    EXPECT_THAT(shown, HasSubstr(id + "  review, held"));
    EXPECT_THAT(shown, HasSubstr("probation/chair     present"));
    EXPECT_THAT(shown, HasSubstr("police/accountable  apologies"));
    EXPECT_THAT(shown, HasSubstr("minutes none, due "));
  }
  Refused(kFeeder, meeting + "list --case " + case_id + kWhy, "NOT_FOUND");
  EXPECT_THAT(Done(kChair, "case pack --case " + case_id + kWhy),
              HasSubstr("  review  without minutes, due "));
  const std::string owed = DoneJson(kChair, "obligation list")["obligation_id"];
  EXPECT_THAT(Done(kChair, "obligation show --obligation " + owed), HasSubstr(id));
  Refused(kChair, "obligation discharge --how overtaken --obligation " + owed, "WRONG_STATE");

  const std::string action = DoneJson(
      kChair, "case action add --kind home-visit --owner probation/chair --case " + case_id +
                  " --due " + InMinutes(600) + " --meeting " + id)["recorded"]["made_id"];
  const std::string minutes = meeting + "minutes --edition mappa-2022 --case " + case_id +
                              " --meeting " + id + " --digest ";
  Done(kClerk, minutes + std::string(64, 'a'));
  Refused(kClerk, minutes + std::string(64, 'a'), "WRONG_STATE");
  Done(kClerk, minutes + std::string(64, 'b') + " --kept-by probation/chair");
  const auto shown = DoneJson(kChair, meeting + "list --case " + case_id + kWhy);
  EXPECT_EQ(shown["documents"].size(), 2u);
  EXPECT_EQ(shown["documents"][1]["version"], 2);
  EXPECT_EQ(shown["documents"][1]["kept_by"], "probation/chair");
  EXPECT_EQ(shown["actions_set"][0], action);
}

}  // namespace
}  // namespace tearline::end_to_end
