#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>

#include <nlohmann/json.hpp>

#include "tests/clients/run_tearline.h"
#include "tests/doubles/temporary_directory.h"
#include "tests/end_to_end/stage.h"

namespace tearline::end_to_end {
namespace {

using doubles::Ended;
using doubles::RunTearline;
using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

/// The shipped command line against a real broker: exit code, sentence, --json, and each verb with
/// a refusal beside it.
class CommandLine : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    directory_ = std::make_unique<doubles::TemporaryDirectory>();
    const std::string binaries = TEARLINE_BINARY_DIR "/bin/";
    stage_ = std::make_unique<Stage>(
        StagePlace{.broker = binaries + "tearlined",
                   .certificates = TEARLINE_SOURCE_DIR "/deploy/certs/make-development-certs",
                   .policy = TEARLINE_SOURCE_DIR "/config/policies/public_protection.textproto",
                   .directory = directory_->path()});
  }
  static void TearDownTestSuite() {
    stage_.reset();
    directory_.reset();
  }

  /// Runs `words` as the member acting for the post, both as "MEMBER>POST".
  static Ended Say(const std::string& who, const std::string& words) {
    const std::size_t arrow = who.find('>');
    const auto profile = stage_->ProfileOf(who.substr(0, arrow), who.substr(arrow + 1));
    return RunTearline(words + " --profile " + profile.string());
  }
  /// The same, in words for people: what it says on stdout.
  static std::string Done(const std::string& who, const std::string& words) {
    const Ended ended = Say(who, words);
    EXPECT_EQ(ended.code, 0) << words << '\n' << ended.err;
    EXPECT_EQ(ended.err, "") << words;
    return ended.out;
  }
  /// The same for programs: the one object.
  static json DoneJson(const std::string& who, const std::string& words) {
    const Ended ended = Say(who, words + " --json");
    EXPECT_EQ(ended.code, 0) << words << '\n' << ended.out << ended.err;
    EXPECT_TRUE(json::accept(ended.out)) << words << '\n' << ended.out;
    return json::parse(ended.out, nullptr, /*allow_exceptions=*/false);
  }
  /// Refused with this reason, to people and to programs alike, and a sentence with it.
  static void Refused(const std::string& who, const std::string& words, const char* reason) {
    const Ended people = Say(who, words);
    EXPECT_EQ(people.code, 1) << words << '\n' << people.out;
    EXPECT_EQ(people.out, "") << words;
    EXPECT_THAT(people.err, StartsWith(std::string("refused  ") + reason + "\n  ")) << words;
    const Ended program = Say(who, words + " --json");
    EXPECT_EQ(program.code, 1) << words;
    EXPECT_EQ(program.err, "") << words;
    ASSERT_TRUE(json::accept(program.out)) << words << '\n' << program.out;
    const json said = json::parse(program.out)["refused"];
    EXPECT_EQ(said["reason"], reason) << words;
    EXPECT_THAT(people.err, HasSubstr(said["sentence"].get<std::string>())) << words;
    EXPECT_GT(said["sentence"].get<std::string>().size(), 10u) << words;
  }
  static std::string Write(const std::string& name, const std::string& bytes) {
    const auto path = directory_->path() / name;
    std::ofstream(path) << bytes;
    return path.string();
  }
  /// An event about the stage's nominal; one that nobody but the accountable officer may be told.
  static std::string EventFile(const std::string& name, bool withheld) {
    return Write(name, R"(event {
  event_type: "intelligence.report.submitted"
  occurred_at { seconds: 1700000000 }
  urgency: URGENCY_URGENT
  label { marking { tier: TIER_OFFICIAL sensitive: true } )" +
                           std::string(withheld ? "originator_controlled: true" : "") + R"( }
  nominals { nominal_id: ")" +
                           stage_->nominal_id() +
                           R"(" }
  segments { nominal_indexes: 0 media_type: "text/plain; charset=utf-8" content: "seen at noon" }
})");
  }

  static std::unique_ptr<doubles::TemporaryDirectory> directory_;
  static std::unique_ptr<Stage> stage_;
};

std::unique_ptr<doubles::TemporaryDirectory> CommandLine::directory_;
std::unique_ptr<Stage> CommandLine::stage_;

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

  EXPECT_THAT(Done(kClerk, "nominal resolve --identifier crn:X222222" + why), StartsWith(nominal));
  EXPECT_EQ(
      DoneJson(kClerk, "nominal resolve --identifier crn:X222222" + why)["recorded"]["made_id"],
      nominal);
  EXPECT_THAT(Done(kClerk, "nominal resolve --identifier crn:X999999" + why),
              StartsWith("nobody here has that number"));
  for (const char* verb : {"nominal resolve", "nominal register"}) {
    Refused(kClerk, std::string(verb) + " --identifier crn:X222222", "PURPOSE_REQUIRED");
  }

  const std::string link = "nominal link --nominal " + nominal + " --identifier ";
  EXPECT_THAT(Done(kClerk, link + "nhs:9434765919" + why), StartsWith("link: recorded"));
  EXPECT_EQ(DoneJson(kClerk, link + "noms:A4567EF" + why)["recorded"]["awaits_second_hand"], false);
  Refused(kClerk, link + "noms:A2345CD" + why, "IDENTIFIER_TAKEN");
  Refused(kClerk,
          std::string("nominal link --nominal nom_00000000000000000000000000000000") +
              " --identifier noms:A5678FG" + why,
          "NOT_FOUND");
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
  EXPECT_EQ(DoneJson(kGovernor, word + digest)["recorded"]["awaits_second_hand"], false);
  Refused(kGovernor, word + digest, "WRONG_STATE");
  EXPECT_THAT(Done(kGovernor, "policy show"), HasSubstr("# read and changed"));
  EXPECT_THAT(Done(kGovernor, "policy show"), StartsWith("# digest " + digest + ", in force\n"));
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
  const std::string publish = "event publish --format cloudevents --file " + batch +
                              " --quarantine " + (directory_->path() / "set-aside").string();
  const Ended first = Say(kFeeder, publish);
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_THAT(first.out, HasSubstr("SPEC_VERSION_UNKNOWN 1"));
  EXPECT_THAT(first.out, HasSubstr("3 = 2 + 0 + 0 + 1"));
  EXPECT_THAT(Say(kFeeder, publish).out, HasSubstr("3 = 0 + 2 + 0 + 1")) << "the same again";
  const std::string changed = Write("changed.json", event + "\"1\",\"subject\":\"other\"}");
  EXPECT_THAT(Say(kFeeder, "event publish --format cloudevents --file " + changed).out,
              HasSubstr("REQUEST_ID_REUSED"));
}

}  // namespace
}  // namespace tearline::end_to_end
