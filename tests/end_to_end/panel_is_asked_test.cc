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
constexpr char kOfficer[] = "police/officer>police/accountable";
constexpr char kChair[] = "probation/reader>probation/chair";
constexpr char kAuditor[] = "inspectorate/auditor>inspectorate/auditor";

/// The time, a day from now.
std::string Tomorrow() {
  google::protobuf::Timestamp time;
  time.set_seconds(
      std::chrono::duration_cast<std::chrono::seconds>(
          (std::chrono::system_clock::now() + std::chrono::hours(24)).time_since_epoch())
          .count());
  return google::protobuf::util::TimeUtil::ToString(time);
}

TEST_F(CommandLine, APanelIsAskedAndWhoHasNotAnsweredIsShown) {
  const std::string why = " --purpose public-protection";
  const std::string case_id =
      DoneJson(kChair, "case show --nominal " + stage_->nominal_id() + why)["case_id"];
  const std::string propose = "case propose --kind attend-event --case " + case_id;
  const std::string by = " --answer-by 2999-01-01T10:00:00Z";
  Refused(kChair, propose + by + why, "TIME_INVALID");
  const std::string tomorrow = " --answer-by " + Tomorrow();
  Refused(kChair, propose + tomorrow, "PURPOSE_REQUIRED");
  Refused(kFeeder, propose + tomorrow + why, "NOT_FOUND");
  const std::string proposal = DoneJson(kChair, propose + tomorrow + why)["recorded"]["made_id"];
  EXPECT_THAT(proposal, StartsWith("prop_"));

  const std::string list = "case proposals --case " + case_id;
  for (const char* who : {kChair, kAuditor}) {
    const std::string shown = Done(who, list + why);
    EXPECT_THAT(shown, HasSubstr("attend-event, proposed by probation/chair"));
    EXPECT_THAT(shown, HasSubstr("3 of 3 have not answered"));
    EXPECT_THAT(shown, HasSubstr("police/accountable  not yet"));
  }
  EXPECT_EQ(DoneJson(kChair, list + why)["unanswered"], 3);
  Refused(kFeeder, list + why, "NOT_FOUND");

  const std::string pack = Done(kChair, "case pack --case " + case_id + why);
  EXPECT_THAT(pack, HasSubstr("attend-event, proposed by probation/chair: 3 of 3 have not"));
  EXPECT_THAT(pack, HasSubstr("  probation/chair proposed attend-event\n"));
  EXPECT_EQ(DoneJson(kChair, "case pack --case " + case_id + why)["proposals"].size(), 1u);
  Refused(kFeeder, "case pack --case " + case_id + why, "NOT_FOUND");

  const std::string owed = DoneJson(kOfficer, "obligation list")["obligation_id"];
  EXPECT_THAT(Done(kOfficer, "obligation show --obligation " + owed), HasSubstr(proposal));
  Refused(kOfficer, "obligation discharge --how overtaken --obligation " + owed, "WRONG_STATE");
  const std::string answer =
      " --answer objection --case " + case_id + " --proposal " + proposal + why;
  Refused(kOfficer, "case answer" + answer, "PERSON_REQUIRED");
  Refused(kChair, "case answer" + answer, "NOT_FOUND");
}

}  // namespace
}  // namespace tearline::end_to_end
