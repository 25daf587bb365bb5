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
using testing::Not;
using testing::StartsWith;

constexpr char kFeeder[] = "police/feeder>police/intelligence";
constexpr char kOfficer[] = "police/officer>police/accountable";
constexpr char kChecker[] = "police/checker>police/checks";
constexpr char kChair[] = "probation/reader>probation/chair";
constexpr char kAuditor[] = "inspectorate/auditor>inspectorate/auditor";
constexpr char kWhy[] = " --purpose public-protection";
constexpr char kLaw[] = " --legal-basis CJA2003-325-4";

/// The time, so many hours from now.
std::string InHours(int hours) {
  google::protobuf::Timestamp time;
  time.set_seconds(
      std::chrono::duration_cast<std::chrono::seconds>(
          (std::chrono::system_clock::now() + std::chrono::hours(hours)).time_since_epoch())
          .count());
  return google::protobuf::util::TimeUtil::ToString(time);
}

class AskedForInformation : public CommandLine {
 protected:
  void SetUp() override {
    CommandLine::SetUp();
    case_id_ = DoneJson(kChair, "case show --nominal " + stage_->nominal_id() + kWhy)["case_id"];
  }
  std::string Check() const {
    return "request make --kind domestic-abuse-check --case " + case_id_ + " --answer-by " +
           InHours(24);
  }
  std::string case_id_;
};

TEST_F(AskedForInformation, ADomesticAbuseCheckIsAskedAnsweredAndShown) {
  Refused(kChair, Check() + kWhy, "LEGAL_BASIS_REQUIRED");
  Refused(kChair, Check() + kLaw, "PURPOSE_REQUIRED");
  Refused(kFeeder, Check() + kWhy + kLaw, "NOT_FOUND");
  Refused(kChair, Check() + " --capability housing" + kWhy + kLaw, "NOBODY_TO_ASK");
  const std::string request = DoneJson(kChair, Check() + kWhy + kLaw)["recorded"]["made_id"];
  EXPECT_THAT(request, StartsWith("rfi_"));

  const std::string asked = Done(kChecker, std::string("request list") + kWhy);
  EXPECT_THAT(asked, HasSubstr("domestic-abuse-check about " + stage_->nominal_id()));
  EXPECT_THAT(asked, HasSubstr("for public-protection, CJA2003-325-4"));
  EXPECT_THAT(asked, HasSubstr("police/checks  not yet"));
  const std::string of_case = "request list --case " + case_id_ + kWhy;
  for (const char* who : {kChair, kAuditor}) {
    EXPECT_THAT(Done(who, of_case), HasSubstr("police/checks  not yet"));
  }
  Refused(kChecker, of_case, "NOT_FOUND");
  const std::string pack = Done(kChair, "case pack --case " + case_id_ + kWhy);
  EXPECT_THAT(pack, HasSubstr("domestic-abuse-check  probation/chair  police/checks  " + request));
  EXPECT_EQ(DoneJson(kChair, "case pack --case " + case_id_ + kWhy)["requests"].size(), 1u);

  const std::string event =
      DoneJson(kChecker, "event publish --file " + EventFile("answer", false))["event_id"];
  const std::string answer = "request answer --request " + request + kWhy;
  Refused(kChair, answer + " --outcome nothing-known", "NOT_FOUND");
  Refused(kChecker, answer + " --outcome answered", "FIELD_INVALID");
  Done(kChecker, answer + " --outcome answered --event " + event);
  Refused(kChecker, answer + " --outcome nothing-known", "WRONG_STATE");
  EXPECT_THAT(Done(kChair, "feed pull --json"), HasSubstr(event));
  const std::string closed = Done(kChair, std::string("request list --closed") + kWhy);
  EXPECT_THAT(closed, HasSubstr("police/checks  answered"));
  EXPECT_THAT(closed, HasSubstr(event));
}

/// Policy alone says whether an answer reaches whoever asked.
TEST_F(AskedForInformation, WhatPolicyWithholdsDoesNotAnswer) {
  const std::string request = DoneJson(kChair, Check() + kWhy + kLaw)["recorded"]["made_id"];
  const std::string event =
      DoneJson(kChecker, "event publish --file " + EventFile("withheld", true))["event_id"];
  Refused(kChecker,
          "request answer --outcome answered --request " + request + " --event " + event + kWhy,
          "ANSWER_NOT_TOLD");
}

/// That a post declines is told to who asked; why, to the post above.
TEST_F(AskedForInformation, ARefusalIsOnRecordAndLookedAt) {
  const std::string request = DoneJson(kChair, Check() + kWhy + kLaw)["recorded"]["made_id"];
  const std::string owed = DoneJson(kChecker, "obligation list")["obligation_id"];
  EXPECT_THAT(Done(kChecker, "obligation show --obligation " + owed), HasSubstr(request));
  Refused(kChecker, "obligation discharge --how overtaken --obligation " + owed, "WRONG_STATE");
  Done(kChecker,
       "request answer --outcome refused --because proceedings --request " + request + kWhy);
  const std::string closed = std::string("request list --closed") + kWhy;
  EXPECT_THAT(Done(kChecker, closed), HasSubstr("refused: proceedings"));
  EXPECT_THAT(Done(kChair, closed), HasSubstr("police/checks  refused"));
  EXPECT_THAT(Done(kChair, closed), Not(HasSubstr("proceedings")));
  EXPECT_THAT(Done(kOfficer, std::string("request list") + kWhy),
              HasSubstr("refused: proceedings"));
  const std::string review = DoneJson(kOfficer, "obligation list")["obligation_id"];
  Done(kOfficer, "obligation discharge --how reviewed --obligation " + review);
  EXPECT_EQ(Done(kOfficer, std::string("request list") + kWhy), "no requests are open\n");
}

}  // namespace
}  // namespace tearline::end_to_end
