// What a policy would have changed, and what it leaves unmet, as people and programs are told it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/end_to_end/command_line.h"

namespace tearline::end_to_end {
namespace {

using doubles::Ended;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr char kDrafter[] = "office/drafter>office/author";
constexpr char kGovernor[] = "office/governor>office/governance";
constexpr char kFeeder[] = "police/feeder>police/intelligence";
constexpr char kOfficer[] = "police/officer>police/accountable";
constexpr char kChair[] = "probation/reader>probation/chair";
constexpr char kAuditor[] = "inspectorate/auditor>inspectorate/auditor";
constexpr char kPolicyFile[] = TEARLINE_SOURCE_DIR "/config/policies/public_protection.textproto";

/// As long as the broker needs to fire what is due; never nearly.
constexpr std::chrono::seconds kSoon{20};

/// Chairs and guests see all but what its originator controls, of which they get the words for
/// them; and nobody who is accountable may see anything.
constexpr char kCandidate[] = R"(id: "candidate" version: 1
rules { id: "G1" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { seat: [ SEAT_KIND_CHAIR, SEAT_KIND_GUEST ] } } }
rules { id: "Q1" kind: RULE_KIND_CAP_QUALIFIED level: LEVEL_TEAR_LINE
  reason: RULE_REASON_ORIGINATOR_CONTROL when { event { originator_controlled: true } } }
rules { id: "A1" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD
  reason: RULE_REASON_NEED_TO_KNOW when { recipient { accountable_officer: true } } }
rules { id: "D1" kind: RULE_KIND_DUTY level: LEVEL_FULL
  reason: RULE_REASON_ACCOUNTABLE_OFFICER_MUST_KNOW
  when { recipient { accountable_officer: true } }
  oblige_if_unmet { type: OBLIGATION_TYPE_SANITISE_OR_REVIEW within: "4h" } }
)";

std::vector<json> JsonLines(const std::string& text) {
  std::vector<json> lines;
  std::istringstream read(text);
  for (std::string line; std::getline(read, line);) lines.push_back(json::parse(line));
  return lines;
}

class PolicyWords : public CommandLine {
 protected:
  static std::string Publish(const std::string& file) {
    return DoneJson(kFeeder, "event publish --file " + file)["event_id"];
  }
  /// Controlled, with words for those who chair; that it exists may be told.
  static std::string WordedFile() {
    return Write("worded.textproto", R"(event {
  event_type: "intelligence.report.submitted"
  occurred_at { seconds: 1700000000 }
  urgency: URGENCY_URGENT
  label { marking { tier: TIER_OFFICIAL sensitive: true } originator_controlled: true
          existence_may_be_told: true pointer_post: "police/intelligence" }
  nominals { nominal_id: ")" + stage_->nominal_id() + R"(" }
  segments { nominal_indexes: 0 media_type: "text/plain; charset=utf-8" content: "seen at noon" }
  tear_lines { text: "Ask before the next visit." marking { tier: TIER_OFFICIAL }
               audience { post_roles: POST_ROLE_CHAIR } }
})");
  }
  /// Somebody must be above whoever owes: here a board, for no post has a line.
  static void AdmitBoard() {
    Done("office/keeper>office/operator",
         "directory admit --file " +
             Write("board.textproto",
                   "post { post: \"probation/board\" roles: POST_ROLE_STRATEGIC_BOARD "
                   "services: \"reader\" clearance { tier: TIER_OFFICIAL } }"));
  }
  /// A policy that shows a guest who is cleared what the panel sees.
  static std::string LettingGuestsSee() {
    std::string text = doubles::FileBytes(kPolicyFile);
    const std::string members = "seat: [ SEAT_KIND_CHAIR, SEAT_KIND_MEMBER ] cleared: true";
    EXPECT_NE(text.find(members), std::string::npos);
    return text.replace(text.find(members), members.size(),
                        "seat: [ SEAT_KIND_CHAIR, SEAT_KIND_MEMBER, SEAT_KIND_GUEST ] "
                        "cleared: true");
  }
};

/// An author is told of every fault at once, and the command fails: of rules that can never hold,
/// that never decide, that nobody can obey, and of what no test shows.
TEST_F(PolicyWords, CheckTellsEveryFaultAndFails) {
  const std::string file = Write("faulty.textproto", R"(id: "faulty" version: 1
rules { id: "G1" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { seat: SEAT_KIND_CHAIR } } }
rules { id: "G2" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { seat: SEAT_KIND_CHAIR on_panel: false } } }
rules { id: "G3" kind: RULE_KIND_GRANT level: LEVEL_TEAR_LINE reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { seat: SEAT_KIND_CHAIR cleared: true } } }
rules { id: "A1" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_TEAR_LINE reason: RULE_REASON_CLEARANCE
  when { recipient { cleared: false } } }
rules { id: "D1" kind: RULE_KIND_DUTY level: LEVEL_FULL reason: RULE_REASON_PANEL_MUST_KNOW
  when { recipient { cleared: false } } }
)");
  const Ended people = Say(kDrafter, "policy check --file " + file);
  EXPECT_EQ(people.code, 1);
  EXPECT_THAT(people.out, HasSubstr("unreachable  G2: its condition can never hold"));
  EXPECT_THAT(people.out, HasSubstr("never-decides  G3: it never decides"));
  EXPECT_THAT(people.out, HasSubstr("duty-defeated  D1: absolute caps are below it"));
  EXPECT_THAT(people.out, HasSubstr("not-covered  G1: "));
  EXPECT_THAT(people.out, HasSubstr("wrong: 5 rules, 0 tests, 0 cells of the matrix\n"));
  EXPECT_THAT(people.err, HasSubstr("nobody can propose the policy"));
  EXPECT_THAT(Say(kDrafter, "policy test --file " + file).out,
              AllOf(HasSubstr("not-covered  G1"), Not(HasSubstr("unreachable"))));

  const Ended program = Say(kDrafter, "policy check --json --file " + file);
  EXPECT_EQ(program.code, 1);
  std::map<std::string, std::string> found;
  const json checked = JsonLines(program.out).at(0);
  for (const json& each : checked["findings"]) {
    found.emplace(each["kind"], each["about"]);
  }
  EXPECT_EQ(found["POLICY_FINDING_KIND_UNREACHABLE"], "G2");
  EXPECT_EQ(found["POLICY_FINDING_KIND_NEVER_DECIDES"], "G3");
  EXPECT_EQ(found["POLICY_FINDING_KIND_DUTY_DEFEATED"], "D1");
}

/// Three events, four posts each. Rows are the level then, columns the level under the candidate;
/// each raise and each duty newly unmet is told by event and post.
TEST_F(PolicyWords, SimulateShowsTheMatrixEveryRaiseAndEveryDutyNewlyUnmet) {
  const std::string open = Publish(EventFile("open.textproto", /*withheld=*/false));
  Publish(EventFile("silent.textproto", /*withheld=*/true));
  const std::string worded = Publish(WordedFile());
  const std::string simulate = "policy simulate --purpose policy-review --candidate " +
                               Write("candidate.textproto", kCandidate);

  const Ended people = Say(kDrafter, simulate);
  ASSERT_EQ(people.code, 0) << people.err;
  EXPECT_THAT(people.out, HasSubstr("12 decisions judged again\n"
                                    "  THEN \\ NOW  withheld  pointer  tear-line  full\n"
                                    "  withheld    3         1        0          1\n"
                                    "  pointer     1         0        0          0\n"
                                    "  tear-line   0         0        1          0\n"
                                    "  full        4         0        0          1\n"
                                    "  raises               2\n"
                                    "  newly unmet          3\n"
                                    "  fewer segments       0\n"
                                    "  other obligations    5\n"
                                    "  not replayed         0\n"));
  EXPECT_THAT(people.out, HasSubstr("raise  " + open + "  probation/guest  "));
  EXPECT_THAT(people.out, HasSubstr("  withheld -> full G1\n"));
  EXPECT_THAT(people.out, HasSubstr("raise  " + worded + "  probation/guest  "));
  EXPECT_THAT(people.out, HasSubstr("  withheld -> pointer Q1\n"));
  EXPECT_THAT(people.out, HasSubstr("newly-unmet  " + open + "  police/accountable  "));
  EXPECT_THAT(people.out, HasSubstr("  full -> withheld A1 D1\n"));

  const Ended program = Say(kDrafter, simulate + " --json");
  ASSERT_EQ(program.code, 0) << program.err;
  const std::vector<json> lines = JsonLines(program.out);
  ASSERT_EQ(lines.size(), 11U) << "2 raises, 3 duties, 5 that oblige otherwise, and the end";
  std::multiset<std::string> told;
  for (const json& line : lines) {
    if (!line.contains("change")) continue;
    told.insert(line["change"]["kind"].get<std::string>());
    if (line["change"]["kind"] != "SIMULATED_CHANGE_KIND_RAISE") continue;
    EXPECT_EQ(line["change"]["post"], "probation/guest");
    EXPECT_EQ(line["change"]["before"], "LEVEL_WITHHELD");
  }
  EXPECT_EQ(told.count("SIMULATED_CHANGE_KIND_RAISE"), 2U);
  EXPECT_EQ(told.count("SIMULATED_CHANGE_KIND_NEWLY_UNMET"), 3U);
  EXPECT_EQ(told.count("SIMULATED_CHANGE_KIND_OBLIGATIONS"), 5U);
  const json summary = lines.back()["summary"];
  EXPECT_EQ(summary["levels"], (json{"3", "1", "0", "1", "1", "0", "0", "0", "0", "0", "1", "0",
                                     "4", "0", "0", "1"}));
  EXPECT_EQ(summary["decisions"], "12");
  EXPECT_EQ(summary["raises"], "2");
  EXPECT_EQ(summary["newly_unmet"], "3");
  EXPECT_EQ(summary["obligations"], "5");
  EXPECT_EQ(summary["not_replayed"], "0");
}

/// A policy that tells more comes into force only for who says that they have read how much.
TEST_F(PolicyWords, RaisesAreSignedOffByTheReportThatShowsThem) {
  std::string event = doubles::FileBytes(EventFile("official.textproto", /*withheld=*/false));
  event.replace(event.find(" sensitive: true"), std::string(" sensitive: true").size(), "");
  Publish(Write("official.textproto", event));
  const std::string candidate = Write("candidate.textproto", LettingGuestsSee());
  EXPECT_THAT(Done(kDrafter, "policy propose --file " + candidate),
              StartsWith("policy proposed: recorded"));
  const Ended shown =
      Say(kGovernor, "policy simulate --purpose policy-review --candidate " + candidate);
  ASSERT_EQ(shown.code, 0) << shown.err;
  EXPECT_THAT(shown.out, AllOf(HasSubstr("  raises               1\n"),
                               HasSubstr("probation/guest"), HasSubstr("withheld -> full G2\n")));
  const std::string next = "tearline ";
  ASSERT_THAT(shown.out, HasSubstr(next + "policy approve --digest "));
  const std::string approve = shown.out.substr(shown.out.rfind(next) + next.size());
  const std::string without = approve.substr(0, approve.find(" --sign-off"));
  Refused(kGovernor, without, "RAISES_NOT_SIGNED_OFF");
  Refused(kGovernor, without + " --sign-off " + std::string(64, '0'), "RAISES_NOT_SIGNED_OFF");
  EXPECT_THAT(Done(kGovernor, approve.substr(0, approve.find('\n'))),
              StartsWith("policy approved: recorded"));
}

/// What is owed and not told: to whom, of whom, how much, who must see to it, and by when.
TEST_F(PolicyWords, UnmetListsWhatIsOwedAndWhoIsChased) {
  AdmitBoard();
  EXPECT_EQ(Done(kOfficer, "policy unmet"), "no duty is unmet\n");
  Publish(EventFile("open.textproto", /*withheld=*/false));
  EXPECT_EQ(Done(kOfficer, "policy unmet"), "no duty is unmet\n") << "to read is not to be told";
  Publish(EventFile("one.textproto", /*withheld=*/true));
  std::string other = doubles::FileBytes(EventFile("two.textproto", /*withheld=*/true));
  Publish(Write("two.textproto", other.replace(other.find("noon"), 4, "dusk")));

  const json row = DoneJson(kOfficer, "policy unmet");
  EXPECT_EQ(row["type"], "OBLIGATION_TYPE_SANITISE_OR_REVIEW");
  EXPECT_EQ(row["reason"], "RULE_REASON_EXISTENCE_NOT_TOLD");
  EXPECT_EQ(row["nominal_id"], stage_->nominal_id());
  EXPECT_EQ(row["events"], "2");
  EXPECT_EQ(row["owed_posts"], (json{"probation/chair", "probation/manager"}));
  EXPECT_EQ(row["debtor_post"], "police/accountable");
  EXPECT_EQ(row["accountable_post"], "police/accountable");

  const std::string table = Done(kOfficer, "policy unmet");
  EXPECT_THAT(table, StartsWith("OBLIGATION"));
  for (const char* column : {"WHY", "NOMINAL", "EVENTS", "DEBTOR", "OWED TO", "ACCOUNTABLE", "DUE",
                             "STAGE", "TOLD"}) {
    EXPECT_THAT(table, HasSubstr(column));
  }
  const std::string due = row["due_at"];
  EXPECT_THAT(table, HasSubstr(row["obligation_id"].get<std::string>() + "  existence-not-told  " +
                               stage_->nominal_id() +
                               "  2       police/accountable  probation/chair,probation/manager  "
                               "police/accountable  " +
                               due.substr(0, 19) + "Z  0      police/accountable"));

  EXPECT_EQ(Done(kChair, "policy unmet"), "no duty is unmet\n") << "the asking would tell";
  Refused(kAuditor, "policy unmet", "PURPOSE_REQUIRED");
  EXPECT_EQ(DoneJson(kAuditor, "policy unmet --purpose inspection")["obligation_id"],
            row["obligation_id"]);

  // A step up before its time; then it is reviewed, and due again; then told by word of mouth.
  const std::string it = " --obligation " + row["obligation_id"].get<std::string>();
  EXPECT_THAT(Done(kOfficer, "obligation escalate" + it), StartsWith("escalation: recorded"));
  EXPECT_EQ(DoneJson(kOfficer, "policy unmet")["told_post"], "probation/board");
  Done(kOfficer, "obligation discharge --how upheld --review-at " + InDays(7) + it);
  const json upheld = DoneJson(kOfficer, "policy unmet");
  EXPECT_EQ(upheld["stage"], 0);
  EXPECT_GT(upheld["due_at"].get<std::string>(), due);
  Done(kOfficer, "obligation discharge --how told-otherwise" + it);
  EXPECT_EQ(Done(kOfficer, "policy unmet"), "no duty is unmet\n");
}

/// The shipped policy with a second in the place of four hours.
class PolicyInAHurry : public PolicyWords {
 protected:
  void SetUp() override {
    directory_ = std::make_unique<doubles::TemporaryDirectory>();
    std::string text = doubles::FileBytes(kPolicyFile);
    const std::string hours = "within: \"4h\"";
    for (std::size_t at = 0; (at = text.find(hours, at)) != std::string::npos;) {
      text.replace(at, hours.size(), "within: \"1s\"");
    }
    stage_ = std::make_unique<Stage>(
        StagePlace{.broker = TEARLINE_BINARY_DIR "/bin/tearlined",
                   .certificates = TEARLINE_SOURCE_DIR "/deploy/certs/make-development-certs",
                   .policy = Write("hurry.textproto", text),
                   .directory = directory_->path()});
  }
};

/// Which withheld items are past their review? One question, and an answer that says who knew.
TEST_F(PolicyInAHurry, WhatIsPastItsReviewIsListedAndClimbs) {
  AdmitBoard();
  Publish(EventFile("withheld.textproto", /*withheld=*/true));
  const std::string ask = "audit withheld --past-review --purpose inspection";
  const auto until = std::chrono::steady_clock::now() + kSoon;
  std::string past;
  do {
    past = Done(kAuditor, ask);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  } while (past.find("yes") == std::string::npos && std::chrono::steady_clock::now() < until);
  EXPECT_THAT(past, AllOf(HasSubstr("existence-not-told"), HasSubstr("police/accountable"),
                          HasSubstr("probation/chair,probation/manager"), HasSubstr("yes")));
  json owed;
  do {
    owed = DoneJson(kOfficer, "policy unmet");
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  } while (owed["told_post"] != "probation/board" && std::chrono::steady_clock::now() < until);
  EXPECT_EQ(owed["told_post"], "probation/board") << "nothing was done by its time";
}

}  // namespace
}  // namespace tearline::end_to_end
