#include "tests/end_to_end/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>

#include <nlohmann/json.hpp>

namespace tearline::end_to_end {
namespace {

using doubles::Ended;
using doubles::RunTearline;
using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

constexpr char kClerk[] = "office/clerk>office/coordinator";
constexpr char kKeeper[] = "office/keeper>office/operator";
constexpr char kWarden[] = "office/warden>office/second-operator";
constexpr char kDrafter[] = "office/drafter>office/author";
constexpr char kGovernor[] = "office/governor>office/governance";
constexpr char kFeeder[] = "police/feeder>police/intelligence";
constexpr char kOfficer[] = "police/officer>police/accountable";
constexpr char kChair[] = "probation/reader>probation/chair";
constexpr char kAuditor[] = "inspectorate/auditor>inspectorate/auditor";

TEST_F(CommandLine, NominalsAreRegisteredResolvedAndLinked) {
  const std::string why = " --purpose public-protection";
  EXPECT_THAT(Done(kClerk, "nominal register --identifier noms:A2345CD" + why),
              StartsWith("nominal: recorded  nom_"));
  const std::string nominal =
      DoneJson(kClerk, "nominal register --identifier crn:X222222" + why)["recorded"]["made_id"];
  EXPECT_THAT(nominal, StartsWith("nom_"));
  Refused(kClerk, "nominal register --identifier noms:A2345CD" + why, "IDENTIFIER_TAKEN");
  Refused(kAuditor, "nominal register --identifier noms:A3456DE" + why, "NOT_PERMITTED");

  EXPECT_THAT(Done(kClerk, "nominal resolve --identifier crn:X222222" + why),
              StartsWith(nominal + "\n  match: "));
  EXPECT_THAT(Done(kClerk, "nominal resolve --identifier crn:X222222 --identifier noms:A2345CD" +
                               why),
              StartsWith("the numbers lead to different people\n  possible: "));
  EXPECT_EQ(
      DoneJson(kClerk, "nominal resolve --identifier crn:X222222" + why)["recorded"]["made_id"],
      nominal);
  EXPECT_THAT(Done(kClerk, "nominal resolve --identifier crn:X999999" + why),
              StartsWith("nobody here has that number"));
  for (const char* verb : {"nominal resolve", "nominal register"}) {
    Refused(kClerk, std::string(verb) + " --identifier crn:X222222", "PURPOSE_REQUIRED");
  }

  const std::string link = "nominal link --nominal " + nominal + " --identifier ";
  EXPECT_THAT(Done(kClerk, link + "nhs:9434765919 --valid-from 2020-01-01T00:00:00Z" + why),
              StartsWith("link: recorded"));
  EXPECT_EQ(DoneJson(kClerk, link + "noms:A4567EF" + why)["recorded"]["awaits_second_hand"], false);
  Refused(kClerk, link + "noms:A2345CD" + why, "IDENTIFIER_TAKEN");
  Refused(kClerk,
          std::string("nominal link --nominal nom_00000000000000000000000000000000") +
              " --identifier noms:A5678FG" + why,
          "NOT_FOUND");
}

TEST_F(CommandLine, NominalsAreMergedAndPartedForGood) {
  const std::string why = " --purpose public-protection";
  const auto registered = [&](const std::string& crn) -> std::string {
    return DoneJson(kClerk,
                    "nominal register --identifier crn:" + crn + why)["recorded"]["made_id"];
  };
  const std::string one = registered("X611111");
  const std::string two = registered("X622222");
  const std::string merge = "nominal merge --nominal " + two + " --into " + one + why;
  EXPECT_THAT(Done(kClerk, merge), StartsWith("merge: recorded"));
  Refused(kClerk, merge, "WRONG_STATE");
  EXPECT_THAT(Done(kClerk, "nominal resolve --identifier crn:X622222" + why), StartsWith(one));
  const std::string unmerge = "nominal unmerge --nominal " + two + why;
  EXPECT_THAT(Done(kClerk, unmerge), StartsWith("unmerge: recorded"));
  Refused(kClerk, merge, "NOT_ONE_PERSON");
  EXPECT_THAT(Done(kClerk, "nominal resolve --identifier crn:X622222" + why), StartsWith(two));

  const std::string meanwhile =
      "audit told-meanwhile --nominal " + two + " --other " + one + " --purpose audit";
  EXPECT_THAT(Done(kAuditor, meanwhile), HasSubstr("nothing was told meanwhile"));
  Refused(kFeeder, meanwhile, "NOT_PERMITTED");
}

/// P10. Who has to do with one of the two does not say alone that they are one.
TEST_F(CommandLine, AMergeThatShowsOneMoreWaits) {
  const std::string why = " --purpose public-protection";
  const std::string other =
      DoneJson(kClerk, "nominal register --identifier crn:X633333" + why)["recorded"]["made_id"];
  const json waits = DoneJson(
      kChair, "nominal merge --nominal " + other + " --into " + stage_->nominal_id() + why);
  EXPECT_EQ(waits["recorded"]["awaits_second_hand"], true);
  EXPECT_THAT(Done(kClerk, "directory pending" + why), HasSubstr(other + " into nom_"));
}

TEST_F(CommandLine, WhoIsKeptOutIsSetAndDeclared) {
  const std::string why = " --purpose public-protection";
  const std::string nominal =
      DoneJson(kClerk, "nominal register --identifier crn:X555555" + why)["recorded"]["made_id"];
  const std::string limit = "nominal limit --nominal " + nominal;
  EXPECT_THAT(Done(kClerk, limit + " --exclude police --exclude office" + why),
              StartsWith("access limits: recorded"));
  Refused(kClerk, limit + " --only ghosts" + why, "NOT_FOUND");
  Refused(kFeeder, limit + why, "NOT_PERMITTED");
  EXPECT_EQ(DoneJson(kClerk, limit + why)["recorded"]["awaits_second_hand"], true)
      << "lifting one's own exclusion";

  const std::string conflict = "nominal conflict --nominal " + nominal;
  EXPECT_THAT(Done(kFeeder, conflict + why), StartsWith("conflict: recorded"));
  Refused(kFeeder, conflict + why, "WRONG_STATE");
  Refused(kFeeder, conflict + " --post probation/chair" + why, "NOT_PERMITTED");
  EXPECT_EQ(DoneJson(kFeeder, conflict + " --withdraw" + why)["recorded"]["awaits_second_hand"],
            true);
}

TEST_F(CommandLine, AThirdPartyIsToldByTwoHandsAndWhoWasToldShowsIt) {
  const json published = DoneJson(
      kFeeder, "event publish --file " + EventFile("disclosed.textproto", /*withheld=*/false));
  const std::string event = published["event_id"];
  const std::string case_id = DoneJson(kChair, "case show --nominal " + stage_->nominal_id() +
                                                   " --purpose public-protection")["case_id"];
  const std::string why = " --purpose public-protection --legal-basis CJA2003-327A";
  const std::string disclose = "case disclose --case " + case_id + " --to school --event " + event;
  Refused(kChair, disclose + " --matter risk --purpose public-protection", "FIELD_INVALID");
  Refused(kFeeder, disclose + " --matter risk" + why, "NOT_PERMITTED");
  Done(kChair, "feed pull --acknowledge");  // who decides knows what that rests on
  EXPECT_EQ(
      DoneJson(kChair, disclose + " --decision decline" + why)["recorded"]["awaits_second_hand"],
      false);
  const json waits = DoneJson(kChair, disclose + " --matter risk --matter identity" + why);
  EXPECT_EQ(waits["recorded"]["awaits_second_hand"], true);
  Done(kClerk, "directory second-hand --purpose public-protection --pending " +
                   waits["recorded"]["made_id"].get<std::string>());

  const std::string told = Done(kAuditor, "audit who-was-told --purpose audit --event " + event);
  EXPECT_THAT(told, HasSubstr("school       decline"));
  EXPECT_THAT(told, HasSubstr("risk identity"));
  EXPECT_THAT(told, HasSubstr("probation/chair  office/coordinator"));
}

TEST_F(CommandLine, PolicyIsProposedApprovedAndShown) {
  EXPECT_THAT(Done(kGovernor, "policy show"), HasSubstr(", in force\n"));
  const json first = DoneJson(kGovernor, "policy show");
  EXPECT_EQ(first["in_force"], true);
  Refused(kGovernor, "policy show --digest " + std::string(64, '0'), "NOT_FOUND");

  std::ifstream source(TEARLINE_SOURCE_DIR "/config/policies/public_protection.textproto");
  const std::string text((std::istreambuf_iterator<char>(source)), {});
  const std::string changed = Write("policy.textproto", text + "\n# read and changed\n");
  const std::string other = Write("other.textproto", text + "\n# and again\n");
  Refused(kChair, "policy propose --file " + changed, "NOT_PERMITTED");
  Refused(kDrafter, "policy propose --file " + Write("bad.textproto", "id: "), "POLICY_INVALID");
  const std::string said = Done(kDrafter, "policy propose --file " + changed);
  EXPECT_THAT(said, StartsWith("policy proposed: recorded"));
  const std::string word = "policy approve --digest ";
  ASSERT_THAT(said, HasSubstr(word));
  const std::string digest = said.substr(said.find(word) + word.size(), 64);
  Refused(kDrafter, "policy propose --file " + changed, "ALREADY_EXISTS");
  EXPECT_EQ(DoneJson(kDrafter, "policy propose --file " + other)["recorded"]["awaits_second_hand"],
            false);

  Refused(kDrafter, word + digest, "NOT_PERMITTED");
  Refused(kGovernor, word + std::string(64, '0'), "NOT_FOUND");
  Refused(kGovernor, word + digest, "SIMULATION_REQUIRED");
  const std::string simulate = "policy simulate --candidate " + changed;
  Refused(kDrafter, simulate, "PURPOSE_REQUIRED");
  const Ended simulated = Say(kDrafter, simulate + " --purpose policy-review");
  EXPECT_THAT(simulated.out, HasSubstr("raises  "));
  EXPECT_THAT(simulated.err, HasSubstr("replayed ")) << "long work says how far it is";
  EXPECT_EQ(DoneJson(kGovernor, word + digest)["recorded"]["awaits_second_hand"], false);
  Refused(kGovernor, word + digest, "WRONG_STATE");
  EXPECT_THAT(Done(kGovernor, "policy show"), HasSubstr("# read and changed"));
  EXPECT_THAT(Done(kGovernor, "policy show"), StartsWith("# digest " + digest + ", in force\n"));
}

/// What an author does all day: check, test, explain and compare, and nothing of it is recorded.
TEST_F(CommandLine, PolicyIsCheckedTestedExplainedAndCompared) {
  const std::string path = TEARLINE_SOURCE_DIR "/config/policies/public_protection.textproto";
  EXPECT_THAT(Done(kDrafter, "policy check --file " + path), StartsWith("right: "));
  EXPECT_THAT(Done(kGovernor, "policy test --file " + path), StartsWith("right: "));
  Refused(kChair, "policy check --file " + path, "NOT_PERMITTED");
  EXPECT_THAT(Done(kDrafter, "policy explain --event silent --post probation/chair"),
              HasSubstr("Rule D3 owes it at least the tear-line"));
  Refused(kDrafter, "policy explain --event ghost --post probation/chair", "NOT_FOUND");

  std::ifstream source(path);
  std::string text((std::istreambuf_iterator<char>(source)), {});
  const std::string rule = "level: LEVEL_TEAR_LINE reason: RULE_REASON_CLEARANCE";
  ASSERT_NE(text.find(rule), std::string::npos);
  text.replace(text.find(rule), rule.size(), "level: LEVEL_POINTER reason: RULE_REASON_CLEARANCE");
  const std::string changed = Write("changed.textproto", text);
  EXPECT_THAT(
      Done(kDrafter, "policy diff " + changed),
      HasSubstr("allows never more than the tear-line; is: allows never more than a pointer"));
  EXPECT_THAT(Done(kDrafter, "policy diff " + changed + " " + changed), HasSubstr("judge alike"));
  Refused(kDrafter, "policy propose --file " + changed, "POLICY_TEST_FAILED");
  EXPECT_THAT(Done(kGovernor, "policy unmet"), HasSubstr("no duty is unmet"));
}

TEST_F(CommandLine, AgenciesMembersAndPostsAreAdmittedByTwoHandsWhereTwoAreNeeded) {
  const std::string member =
      Write("member.textproto", "member { agency: \"police\" member: \"newcomer\" kind: 1 }");
  EXPECT_THAT(Done(kKeeper, "directory admit --file " + member), StartsWith("directory: recorded"));
  Refused(kClerk, "directory admit --file " + member, "NOT_PERMITTED");
  Refused(kKeeper,
          "directory admit --file " +
              Write("ghost.textproto", "member { agency: \"ghosts\" member: \"x\" kind: 1 }"),
          "NOT_FOUND");

  const std::string agency =
      Write("agency.textproto", "agency { agency: \"housing\" kind: AGENCY_KIND_HOUSING }");
  const std::string authority =
      " --authority " + (directory_->path() / "stage/certs/police/ca.pem").string();
  const json waits = DoneJson(kKeeper, "directory admit --file " + agency + authority);
  EXPECT_EQ(waits["recorded"]["awaits_second_hand"], true);
  const std::string pending = waits["recorded"]["made_id"];
  EXPECT_THAT(Done(kKeeper, "directory admit --file " + agency + authority),
              HasSubstr("tearline directory second-hand --pending pend_"));
  const std::string confirm = "directory second-hand --pending " + pending;
  Refused(kKeeper, confirm, "SECOND_HAND_REQUIRED");
  Refused(kClerk, confirm, "NOT_PERMITTED");
  EXPECT_THAT(Done(kWarden, confirm), StartsWith("second hand: recorded"));
  Refused(kWarden, confirm, "NOT_FOUND");
  EXPECT_THAT(Done(kKeeper, "directory list"), HasSubstr("housing"));

  const Ended wrong = Say(
      kKeeper, "directory admit --file " + Write("wrong.textproto", "colleague { member: \"x\" }"));
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("agency { … }, member { … }, post { … }"));
}

TEST_F(CommandLine, AMemberIsSuspendedAndTheSuspensionLifted) {
  const std::string who = " --agency probation --member reader";
  Refused(kClerk, "directory suspend" + who, "NOT_PERMITTED");
  Refused(kKeeper, "directory suspend --agency probation --member nobody", "NOT_FOUND");
  EXPECT_THAT(Done(kKeeper, "directory suspend" + who), StartsWith("suspended: recorded"));
  Refused(kChair, "obligation list", "SUSPENDED");
  EXPECT_EQ(DoneJson(kKeeper, "directory lift" + who)["recorded"]["awaits_second_hand"], false);
  EXPECT_EQ(Say(kChair, "obligation list").code, 0);
  Refused(kClerk, "directory lift" + who, "NOT_PERMITTED");
  // One's own agency: what was taken away comes back by two hands.
  EXPECT_EQ(DoneJson(kKeeper, "directory lift --agency office")["recorded"]["awaits_second_hand"],
            true);
}

TEST_F(CommandLine, AnObligationIsListedAndShownWithEverybodyItIsOwedTo) {
  Done(kFeeder, "event publish --file " + EventFile("withheld.textproto", /*withheld=*/true));
  const std::string list = Done(kOfficer, "obligation list");
  EXPECT_THAT(list, HasSubstr("probation/chair,probation/manager"));

  const Ended lines = Say(kOfficer, "obligation list --json");
  ASSERT_EQ(lines.code, 0) << lines.err;
  std::istringstream read(lines.out);
  json owed;
  for (std::string line; std::getline(read, line);) {
    const json each = json::parse(line);
    if (each["type"] == "OBLIGATION_TYPE_SANITISE_OR_REVIEW") owed = each;
  }
  ASSERT_TRUE(owed.is_object()) << lines.out;
  EXPECT_EQ(owed["owed_posts"], (json{"probation/chair", "probation/manager"}));
  EXPECT_EQ(owed["owed_post"], "probation/chair");
  EXPECT_EQ(owed["owed_more"], "0");

  const std::string id = owed["obligation_id"];
  const std::string shown = Done(kOfficer, "obligation show --obligation " + id);
  EXPECT_THAT(shown, StartsWith(id + "  sanitise-or-review, open\n"));
  EXPECT_THAT(shown, HasSubstr("  owed to      probation/chair\n"));
  EXPECT_THAT(shown, HasSubstr("  owed to      probation/manager\n"));
  EXPECT_EQ(DoneJson(kOfficer, "obligation show --obligation " + id)["obligation_id"], id);
  Refused(kChair, "obligation show --obligation " + id, "NOT_FOUND");

  Refused(kAuditor, "obligation list", "PURPOSE_REQUIRED");
  EXPECT_THAT(Done(kAuditor, "obligation list --purpose inspection"), HasSubstr(id));
  EXPECT_THAT(Done(kAuditor, "audit withheld --purpose inspection"),
              HasSubstr("probation/chair,probation/manager"));
  EXPECT_EQ(Done(kChair, "obligation list"), "nothing is owed\n");
  Refused(kChair, "obligation escalate --obligation " + id, "NOT_FOUND");
}

/// Follows a feed until something was printed, then ends it as a service manager would.
Ended Follow(const std::string& profile, const std::string& words, const std::string& file) {
  const std::string errors = file + ".err";
  Ended ended = RunTearline("feed follow " + words + " --profile " + profile + " > '" + file +
                            "' 2> '" + errors + "' & child=$!; for i in $(seq 600); do [ -s '" +
                            file + "' ] && break; sleep 0.1; done; kill -TERM $child; wait $child");
  ended.out = doubles::FileBytes(file);
  ended.err = doubles::FileBytes(errors);
  return ended;
}

TEST_F(CommandLine, AFeedIsFollowedAndAcknowledged) {
  Done(kChair, "feed pull --acknowledge");  // What others left.
  Done(kFeeder, "event publish --file " + EventFile("told.textproto", /*withheld=*/false));
  const std::string chair = stage_->ProfileOf("probation/reader", "probation/chair").string();
  const std::string file = (directory_->path() / "followed").string();
  const Ended followed = Follow(chair, "", file);
  EXPECT_EQ(followed.code, 0) << followed.err;
  EXPECT_THAT(followed.out, HasSubstr("seen at noon"));
  std::ofstream(file, std::ios::trunc);
  const Ended program = Follow(chair, "--json", file);
  EXPECT_EQ(program.code, 0) << program.err;
  const json delivery = json::parse(program.out.substr(0, program.out.find('\n')));
  EXPECT_EQ(delivery["lane"], "URGENCY_URGENT");
  const std::string sequence = delivery["sequence"];
  Refused("police/feeder>probation/chair", "feed follow", "NOT_YOUR_POST");

  const std::string words = "feed acknowledge --lane urgent --sequence ";
  Refused(kChair, words + "999", "SEQUENCE_AHEAD");
  Refused("police/feeder>probation/chair", words + sequence, "NOT_YOUR_POST");
  EXPECT_EQ(Done(kChair, words + sequence), "acknowledged 1 of lane urgent\n");
  EXPECT_EQ(DoneJson(kChair, words + sequence)["acknowledged"]["lane"], "URGENCY_URGENT")
      << "said twice, it is still acknowledged";
  EXPECT_EQ(Done(kChair, "feed pull"), "nothing waits\n");
}

TEST_F(CommandLine, AFeedIsPulledSettledAndExplained) {
  Done(kChair, "feed pull --acknowledge");  // What others left.
  Done(kFeeder, "event publish --file " + EventFile("pulled.textproto", /*withheld=*/false));
  const std::string pulled = Done(kChair, "feed pull --json");
  ASSERT_GT(pulled.size(), 1u);
  const std::size_t last = pulled.rfind('\n', pulled.size() - 2);
  const json delivery = json::parse(pulled.substr(last == std::string::npos ? 0 : last + 1));
  const std::string event = delivery["event"]["event_id"];
  const std::string in = " --session " + delivery["session_id"].get<std::string>() +
                         " --lane urgent --sequence " + delivery["sequence"].get<std::string>();
  EXPECT_EQ(Done(kChair, "feed retry --delay 0" + in), "retried 1 of lane urgent\n");
  EXPECT_EQ(DoneJson(kChair, "feed park" + in)["parked"]["lane"], "URGENCY_URGENT");
  Done(kChair, "feed pull");  // takes the feed over
  Refused(kChair, "feed acknowledge" + in, "SESSION_SUPERSEDED");

  const std::string why = " --purpose public-protection";
  EXPECT_THAT(Done(kChair, "feed explain --event " + event + why),
              HasSubstr("probation/chair gets "));
  Refused(kChair, "feed explain --event ev_00000000000000000000000000000000" + why, "NOT_FOUND");
  Refused(kChair, "feed explain --event " + event, "PURPOSE_REQUIRED");
  const std::string explain = "audit explain --post probation/chair --event " + event + why;
  EXPECT_THAT(Done(kAuditor, explain), HasSubstr("It was let go "));
  EXPECT_EQ(DoneJson(kFeeder, explain)["decisions"][0]["again"], false) << "it answers for it";
  Refused(kClerk, explain, "NOT_FOUND");
}

TEST_F(CommandLine, CloudEventsArePublishedOrSetAside) {
  const std::string event =
      R"({"specversion":"1.0","source":"/desk","type":"uk.example.assessment.completed",)"
      R"("time":"2023-11-14T22:13:20Z","tearlinenominals":")" +
      stage_->nominal_id() + R"(","data":{"score":1.10},"id":)";
  const std::string batch = Write(
      "batch.json", "[" + event + "\"1\"}," + event + "\"2\"}," + R"({"specversion":"2.0"}])");
  const std::string read = "event publish --format cloudevents --quarantine " +
                           (directory_->path() / "set-aside").string() + " --file ";
  const std::string publish = read + batch;
  const Ended first = Say(kFeeder, publish);
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_THAT(first.out, HasSubstr("SPEC_VERSION_UNKNOWN 1"));
  EXPECT_THAT(first.out, HasSubstr("3 = 2 + 0 + 0 + 1"));
  EXPECT_THAT(Say(kFeeder, publish).out, HasSubstr("3 = 0 + 2 + 0 + 1")) << "the same again";
  const std::string changed = Write("changed.json", event + "\"1\",\"subject\":\"other\"}");
  EXPECT_THAT(Say(kFeeder, read + changed).out, HasSubstr("REQUEST_ID_REUSED"));
}

TEST_F(CommandLine, SubscriptionsAreMadeListedMovedFollowedAndDeleted) {
  const json made =
      DoneJson(kClerk, "subscription create --type custody --agency police --from beginning");
  const std::string id = made["recorded"]["made_id"];
  EXPECT_THAT(id, StartsWith("sub_"));
  EXPECT_THAT(Done(kClerk, "subscription list"), HasSubstr(id));
  EXPECT_EQ(DoneJson(kClerk, "subscription list")["selector"]["agencies"][0], "police");
  EXPECT_EQ(Done(kFeeder, "subscription list"), "no subscriptions\n");
  EXPECT_EQ(Done(kClerk, "feed pull --subscription " + id), "nothing waits\n");
  Done(kClerk, "subscription seek --from now --subscription " + id);
  Refused(kFeeder, "subscription delete --subscription " + id, "NOT_FOUND");
  Done(kClerk, "subscription delete --subscription " + id);
  Refused(kClerk, "feed pull --subscription " + id, "NOT_FOUND");
  Refused(kClerk, "subscription create --agency nobody", "NOT_FOUND");
}

}  // namespace
}  // namespace tearline::end_to_end
