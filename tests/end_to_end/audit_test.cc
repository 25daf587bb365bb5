#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/end_to_end/asking.h"

namespace tearline::end_to_end {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

constexpr char kClerk[] = "office/clerk>office/coordinator";
constexpr char kChecker[] = "police/checker>police/checks";
constexpr char kFuture[] = "2100-01-01T00:00:00Z";

class AuditTest : public Asking {};

TEST_F(AuditTest, WhatWasKnownIsAskedOfPanelPostAndAgency) {
  const std::string event = Publish(false);
  Done(kChair, "feed pull --acknowledge");
  AwaitCheckpoint();
  const std::string about = " --nominal " + stage_->nominal_id() + " --at " + Now() + kWhy;
  const json panel = DoneJson(kAuditor, "audit known-at --panel" + about);
  EXPECT_EQ(panel["event_id"], event);
  bool chair = false;
  for (const json& known : panel["known_to"]) {
    if (known["post"] != "probation/chair") continue;
    chair = true;
    EXPECT_EQ(known["level"], "LEVEL_FULL");
    EXPECT_FALSE(known["acknowledged_at"].is_null());
  }
  EXPECT_TRUE(chair) << panel.dump(2);
  EXPECT_THAT(Done(kAuditor, "audit known-at --post probation/chair" + about), HasSubstr(event));
  EXPECT_THAT(Done(kAuditor, "audit known-at --agency probation" + about), HasSubstr(event));
  Refused(kChair, "audit known-at --panel" + about, "NOT_PERMITTED");
  Refused(kAuditor,
          "audit known-at --panel --nominal " + stage_->nominal_id() + " --at " + kFuture + kWhy,
          "TIME_INVALID");
}

TEST_F(AuditTest, WhoLookedIsKnownAndTheQuestionIsLookingToo) {
  const std::string ask = "audit who-looked --nominal " + stage_->nominal_id() + kWhy;
  const std::size_t before = Lines(kAuditor, ask).size();
  const std::vector<json> after = Lines(kAuditor, ask);
  ASSERT_EQ(after.size(), before + 1) << "the question before";
  EXPECT_EQ(after.back()["post"], "inspectorate/auditor");
  EXPECT_EQ(after.back()["purpose"], "inquest");
  EXPECT_EQ(after.back()["legal_basis"], "CJA2009");
  EXPECT_THAT(Done(kAuditor, ask + " --correlation inquest-7"), HasSubstr("inquest"));
  EXPECT_EQ(Lines(kAuditor, ask).back()["correlation_id"], "inquest-7");
  AwaitCheckpoint();
  EXPECT_THAT(Done(kAuditor, std::string("audit replay") + kWhy),
              HasSubstr("purpose inquest  correlation inquest-7"));
  Refused(kAuditor, ask + " --correlation 'two words'", "FIELD_INVALID");
  Refused(kChair, ask, "NOT_PERMITTED");
  Refused(kAuditor, "audit who-looked --nominal " + stage_->nominal_id(), "PURPOSE_REQUIRED");
}

TEST_F(AuditTest, WhatIsWithheldAndOwedIsListed) {
  EXPECT_EQ(Done(kAuditor, std::string("audit withheld --past-review") + kWhy),
            "nothing that was owed is withheld\n");
  const std::string event = Publish(true);
  const std::vector<json> withheld = Lines(kAuditor, std::string("audit withheld") + kWhy);
  ASSERT_FALSE(withheld.empty());
  EXPECT_EQ(withheld[0]["event_ids"][0], event);
  EXPECT_EQ(withheld[0]["past_review"], false);
  EXPECT_EQ(Done(kAuditor, std::string("audit withheld --past-review") + kWhy),
            "nothing that was owed is withheld\n")
      << "its review is not due yet";
  AwaitCheckpoint();
  const std::string open = "audit obligations --open-at " + Now() + kWhy;
  bool listed = false;
  for (const json& row : Lines(kAuditor, open)) {
    listed = listed || row["obligation_id"] == withheld[0]["obligation_id"];
  }
  EXPECT_TRUE(listed);
  EXPECT_THAT(Done(kAuditor, open), HasSubstr("Opened "));
  EXPECT_THAT(
      Done(kAuditor, std::string("audit obligations --open-at 2001-01-01T00:00:00Z") + kWhy),
      HasSubstr("nothing was owed"));
  Refused(kFeeder, open, "NOT_PERMITTED");
  EXPECT_THAT(Done(kAuditor, "audit who-was-not-told --event " + event + kWhy),
              HasSubstr("probation/chair"));
}

TEST_F(AuditTest, ThemesAreOfMonthsThatAreOver) {
  const std::string past = "audit themes --from 2020-01 --to 2020-02";
  EXPECT_EQ(Done(kAuditor, past + kWhy), "nothing was counted\n");
  EXPECT_TRUE(Lines(kAuditor, past + kWhy).empty());
  Refused(kAuditor, std::string("audit themes --from 2020-01 --to 2100-01") + kWhy,
          "FIELD_INVALID");
  Refused(kChair, past + kWhy, "NOT_PERMITTED");
}

TEST_F(AuditTest, WhatWasToldWhileTwoWereOneIsListed) {
  const std::string why = " --purpose public-protection";
  const std::string other =
      DoneJson(kClerk, "nominal register --identifier crn:X644444" + why)["recorded"]["made_id"];
  const std::string merged = "nominal merge --nominal " + other + " --into ";
  Done(kClerk, merged + stage_->nominal_id() + why);
  const std::string event = Publish(false);
  Done(kChair, "feed pull --acknowledge");
  Done(kClerk, "nominal unmerge --nominal " + other + why);
  const std::string ask =
      "audit told-meanwhile --nominal " + other + " --other " + stage_->nominal_id() + kWhy;
  EXPECT_THAT(Done(kAuditor, ask), HasSubstr(event));
  bool told = false;
  for (const json& row : Lines(kAuditor, ask)) {
    told = told || (row["event_id"] == event && row["post"] == "probation/chair");
  }
  EXPECT_TRUE(told);
}

TEST_F(AuditTest, ReceiptsAreProvedAndVerifiedWithoutTheBroker) {
  const std::string event = Publish(false);
  AwaitCheckpoint();
  const std::string trust = " --verifier-key " + Key();
  const std::string file = (directory_->path() / "e.tlog-proof").string();
  EXPECT_THAT(Done(kFeeder, "audit prove --event " + event + " --out " + file + trust),
              HasSubstr("written      " + file));
  EXPECT_EQ(std::filesystem::status(file).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
      << "it names people and posts";
  EXPECT_THAT(Done(kFeeder, "audit verify --proof " + file + trust), StartsWith("verified"));
  std::string bytes = doubles::FileBytes(file);
  bytes[bytes.find("extra ") + 20] ^= 1;
  EXPECT_EQ(Say(kFeeder, "audit verify --proof " + Write("bent", bytes) + trust).code, 4);
  const std::string to = " --out " + file + trust;
  Refused(kFeeder, "audit prove --overwrite --event ev_00000000000000000000000000000000" + to,
          "NOT_FOUND");
  const doubles::Ended again = Say(kFeeder, "audit prove --event " + event + to);
  EXPECT_EQ(again.code, 2);
  EXPECT_THAT(again.err, HasSubstr("--overwrite replaces it"));
  EXPECT_EQ(Say(kFeeder, "audit prove --overwrite --event " + event + to).code, 0);
}

/// Whoever wishes is told as others are: the honest log verifies, online and as an export, and the
/// recipient has a receipt.
TEST_F(AuditTest, WhatASubscriptionWasToldIsVerifiedAndProved) {
  const std::string subscription =
      DoneJson(kChecker, "subscription create --agency police")["recorded"]["made_id"];
  const std::string event = Publish(false);
  EXPECT_THAT(Done(kChecker, "feed pull --acknowledge --subscription " + subscription),
              HasSubstr("seen at noon"));
  AwaitCheckpoint();
  const std::string key = " --verifier-key " + Key();
  EXPECT_THAT(Done(kAuditor, "audit verify" + key + kWhy), HasSubstr("each after the decision"));
  const std::string file = (directory_->path() / "log.jsonl").string();
  EXPECT_THAT(Done(kAuditor, "audit replay --out " + file + kWhy), StartsWith("exported "));
  EXPECT_EQ(Say(kChair, "audit verify --offline " + file + key).code, 0);
  const std::string receipt = (directory_->path() / "s.tlog-proof").string();
  EXPECT_THAT(Done(kChecker, "audit prove --event " + event + " --out " + receipt + key),
              HasSubstr(subscription));
  const std::string second = (directory_->path() / "s-2.tlog-proof").string();
  EXPECT_THAT(Done(kChecker, "audit verify --proof " + second + key), HasSubstr(subscription));
}

/// What is taken back had been given all the same.
TEST_F(AuditTest, WhoHadWhatWasWithdrawnWasTold) {
  const std::string event = Publish(false);
  const std::string not_told = "audit who-was-not-told --event " + event + kWhy;
  EXPECT_THAT(Done(kAuditor, not_told),
              HasSubstr("It waits in the feed of probation/chair and has not been let go yet."));
  Done(kChair, "feed pull --acknowledge");
  EXPECT_THAT(Done(kAuditor, not_told), testing::Not(HasSubstr("probation/chair")));
  Done(kFeeder, "event withdraw --reason inaccurate --purpose correction --event " + event);
  Done(kChair, "feed pull --acknowledge");
  EXPECT_THAT(Done(kAuditor, not_told), testing::Not(HasSubstr("probation/chair")));
  bool told = false;
  for (const json& row : Lines(kAuditor, "audit who-was-told --event " + event + kWhy)) {
    if (row["post"] != "probation/chair") continue;
    told = true;
    EXPECT_EQ(row["level"], "LEVEL_WITHHELD");
    EXPECT_EQ(row["given"], "LEVEL_FULL");
    EXPECT_FALSE(row["taken_back_at"].is_null());
  }
  EXPECT_TRUE(told);
}

TEST_F(AuditTest, WhoListedWhatOthersOweIsKnown) {
  const std::string looked = "audit who-looked --nominal " + stage_->nominal_id() + kWhy;
  EXPECT_THAT(Done(kAuditor, looked), testing::Not(HasSubstr("looked at what was owed")));
  Say(kAuditor, std::string("obligation list") + kWhy);
  EXPECT_THAT(Done(kAuditor, looked), HasSubstr("looked at what was owed"));
}

TEST_F(AuditTest, DecisionsAreReplayedByThePolicyOfThenAndOfNow) {
  const std::string event = Publish(false);
  const std::string replay =
      "audit replay --nominal " + stage_->nominal_id() + " --type intelligence" + kWhy;
  for (const char* policy : {"", " --as-policy-then", " --as-policy-now"}) {
    const std::vector<json> lines = Lines(kAuditor, replay + policy);
    ASSERT_GE(lines.size(), 3U) << policy;
    const json summary = lines.back()["summary"];
    EXPECT_EQ(std::stoul(summary["decisions"].get<std::string>()), lines.size() - 1) << policy;
    for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
      EXPECT_EQ(lines[i]["event_id"], event);
      if (*policy == '\0') continue;
      EXPECT_EQ(lines[i]["judged"]["same"], true) << policy << lines[i].dump(2);
      EXPECT_EQ(lines[i]["judged"]["level"], lines[i]["level"]);
    }
  }
  EXPECT_THAT(Done(kAuditor, replay + " --as-policy-then"), HasSubstr("the same"));
  EXPECT_THAT(Done(kAuditor, "audit replay --agency nobody" + std::string(kWhy)),
              HasSubstr("decisions  0"));
  Refused(kChair, replay, "NOT_PERMITTED");
  Refused(kAuditor, "audit replay --agency police", "PURPOSE_REQUIRED");
  EXPECT_EQ(Say(kAuditor, replay + " --as-policy-then --as-policy-now").code, 2);
  EXPECT_THAT(Done(kAuditor, "audit who-looked --nominal " + stage_->nominal_id() + kWhy),
              HasSubstr("a replay of decisions"));
}

TEST_F(AuditTest, AnExportOfTheLogGoesOnWhereItWasBrokenOff) {
  Publish(false);
  const std::string file = (directory_->path() / "log.jsonl").string();
  const std::string replay = std::string("audit replay --out ") + file + kWhy;
  Done(kAuditor, replay);
  const std::string whole = doubles::FileBytes(file);
  EXPECT_EQ(Say(kAuditor, replay).code, 2) << "it is there";
  EXPECT_EQ(Say(kAuditor, replay + " --resume").code, 2) << "it is finished";
  Publish(false);  // What came since is of another checkpoint.
  std::filesystem::resize_file(file, whole.size() * 2 / 3);
  Done(kAuditor, replay + " --resume");
  EXPECT_EQ(doubles::FileBytes(file), whole);
  EXPECT_EQ(std::filesystem::status(file).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(AuditTest, AReplayGoesOnWhereItWasBrokenOff) {
  Publish(false);
  const std::string file = (directory_->path() / "replay.jsonl").string();
  const std::string replay = std::string("audit replay --as-policy-then") + kWhy;
  Done(kAuditor, replay + " --out " + file);
  const std::string whole = doubles::FileBytes(file);
  EXPECT_EQ(Say(kAuditor, replay + " --out " + file).code, 2) << "it is there";
  EXPECT_EQ(Say(kAuditor, replay + " --resume --out " + file).code, 2) << "it is finished";
  const std::size_t summary = whole.find("{\"summary\"");
  ASSERT_NE(summary, std::string::npos);
  const std::string broken = Write("broken.jsonl", whole.substr(0, summary) + "{\"leaf_in");
  EXPECT_EQ(Say(kAuditor, replay + " --agency police --resume --out " + broken).code, 2)
      << "another question";
  Done(kAuditor, replay + " --resume --out " + broken);
  const std::string again = doubles::FileBytes(broken);
  EXPECT_EQ(again.substr(0, summary), whole.substr(0, summary)) << "nothing is there twice";
  const auto told = [](const std::string& bytes) {
    const std::size_t at = bytes.find("{\"summary\"");
    return at == std::string::npos ? "none" : bytes.substr(at, bytes.find('\n', at) - at);
  };
  EXPECT_EQ(told(again), told(whole)) << "of the whole, not of the rest";
  std::string otherwise = whole.substr(0, summary);
  const std::string same = "\"same\":true";
  ASSERT_NE(otherwise.find(same), std::string::npos);
  otherwise.replace(otherwise.find(same), same.size(), "\"same\":false");
  EXPECT_EQ(Say(kAuditor, replay + " --resume --out " + Write("otherwise.jsonl", otherwise)).code,
            4)
      << "what came out otherwise before the interruption still does";
}

}  // namespace
}  // namespace tearline::end_to_end
