#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/clients/invented_log.h"
#include "tests/clients/run_tearline.h"

namespace tearline::cli {
namespace {

using doubles::Ended;
using doubles::InventedLog;
using doubles::RunTearline;
using doubles::Workplace;
using nlohmann::json;
using testing::HasSubstr;

/// Every place that may be asked for help.
constexpr const char* kLevels[] = {"",
                                   "event",
                                   "event publish",
                                   "event withdraw",
                                   "event amend",
                                   "event receivers",
                                   "feed",
                                   "feed follow",
                                   "feed pull",
                                   "feed acknowledge",
                                   "feed retry",
                                   "feed park",
                                   "feed explain",
                                   "feed read",
                                   "subscription",
                                   "subscription create",
                                   "subscription list",
                                   "subscription seek",
                                   "subscription delete",
                                   "nominal",
                                   "nominal register",
                                   "nominal resolve",
                                   "nominal show",
                                   "nominal identifier",
                                   "nominal link",
                                   "nominal merge",
                                   "nominal unmerge",
                                   "nominal move-booking",
                                   "nominal limit",
                                   "nominal conflict",
                                   "nominal erase",
                                   "glass",
                                   "glass break",
                                   "glass review",
                                   "glass list",
                                   "request",
                                   "request make",
                                   "request answer",
                                   "request list",
                                   "post",
                                   "post away",
                                   "post back",
                                   "post supervise",
                                   "post hand-over",
                                   "post take-over",
                                   "case",
                                   "case open",
                                   "case seat",
                                   "case function",
                                   "case change",
                                   "case disclose",
                                   "case accountable",
                                   "case commission",
                                   "case show",
                                   "case set-level",
                                   "case exit",
                                   "case action",
                                   "case action add",
                                   "case action end",
                                   "case action list",
                                   "case action show",
                                   "case meeting",
                                   "case meeting plan",
                                   "case meeting held",
                                   "case meeting cancelled",
                                   "case meeting minutes",
                                   "case meeting list",
                                   "case propose",
                                   "case answer",
                                   "case proposals",
                                   "case feed",
                                   "case pack",
                                   "policy",
                                   "policy check",
                                   "policy test",
                                   "policy explain",
                                   "policy diff",
                                   "policy simulate",
                                   "policy unmet",
                                   "policy propose",
                                   "policy approve",
                                   "policy show",
                                   "directory",
                                   "directory admit",
                                   "directory suspend",
                                   "directory lift",
                                   "directory second-hand",
                                   "directory pending",
                                   "directory enrol-key",
                                   "directory revoke-key",
                                   "directory keys",
                                   "directory list",
                                   "directory report",
                                   "obligation",
                                   "obligation list",
                                   "obligation show",
                                   "obligation discharge",
                                   "obligation escalate",
                                   "audit",
                                   "audit checkpoint",
                                   "audit verify",
                                   "audit export",
                                   "audit prove",
                                   "audit replay",
                                   "audit who-was-told",
                                   "audit who-was-not-told",
                                   "audit known-at",
                                   "audit told-meanwhile",
                                   "audit who-looked",
                                   "audit obligations",
                                   "audit themes",
                                   "audit explain",
                                   "audit withheld",
                                   "metrics",
                                   "witness",
                                   "witness serve",
                                   "witness key"};

TEST(CommandLine, EveryLevelTeachesWithAnExample) {
  for (const char* command : kLevels) {
    const Ended ended = RunTearline(std::string(command) + " --help");
    EXPECT_EQ(ended.code, 0) << command;
    EXPECT_THAT(ended.out, HasSubstr(std::string("  tearline ") + command)) << command;
    const bool is_noun = ended.out.find("\nSubcommands:\n") != std::string::npos;
    EXPECT_EQ(
        ended.out.find("\nExit codes: 0 done, 1 refused with a reason, 2 usage, 3 unreachable, "
                       "4 verification failed.") != std::string::npos,
        !is_noun || *command == '\0')
        << command;
  }
}

/// The names under "Subcommands:" of a help text.
std::vector<std::string> SubcommandsOf(const std::string& help) {
  std::vector<std::string> names;
  std::istringstream lines(help.substr(std::min(help.find("Subcommands:\n"), help.size())));
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line) && line.starts_with("  ")) {
    if (line[2] != ' ') names.push_back(line.substr(2, line.find(' ', 2) - 2));
  }
  return names;
}

/// No verb is left out above: each is named in the help of its noun.
TEST(CommandLine, EveryVerbThereIsIsAmongThem) {
  const std::set<std::string> known(std::begin(kLevels), std::end(kLevels));
  std::size_t found = 0;
  for (const std::string& level : known) {
    for (const std::string& name : SubcommandsOf(RunTearline(level + " --help").out)) {
      const std::string below = level.empty() ? name : level + " " + name;
      EXPECT_TRUE(known.contains(below)) << below << ": add it to kLevels";
      ++found;
    }
  }
  EXPECT_EQ(found + 1, known.size()) << "kLevels names something that is no verb";
}

// Read each row as: "tearline <arguments> is a wrong command line, and the answer says <sentence>".
struct WrongLine {
  std::string arguments;
  const char* sentence;
};

void ExpectWrong(const WrongLine& row) {
  const Ended ended = RunTearline(row.arguments);
  const bool verifies = row.arguments.find("--offline") != std::string::npos;
  EXPECT_EQ(ended.code, verifies ? 4 : 2) << row.arguments;
  EXPECT_THAT(ended.err, HasSubstr(verifies ? "" : row.sentence)) << row.arguments;
  EXPECT_EQ(ended.err.find("nonsense"), std::string::npos) << "quotes the caller's words";
}

TEST(CommandLine, WhatIsWrongWithItEndsWithTwoAndTheWayOut) {
  const Workplace workplace;
  const std::string bad_item = workplace.Write("bad", "event_type: \"a.b\"\n  nonsense: 1\n");
  const std::string bad_entry =
      workplace.Write("entry", "member { agency: \"police\"\n  nonsense: 1 }\n");
  const std::string bad_profile = workplace.Write("profile", "server=x\ncolour=red\n");
  const WrongLine kRows[] = {
      {"", "Try: tearline --help"},
      {"feed", "Try: tearline feed --help"},
      {"feed dance", "Try: tearline feed --help"},
      {"feed pull --count 0", "--count"},
      {"feed pull --count 1001", "--count"},
      {"feed pull --server x:1 --ca a --cert b --key c", "--as AGENCY/POST"},
      {"feed pull --as a/b", "--server HOST:PORT"},
      {"feed pull --as a/b --server x:1", "--cert FILE --key FILE --ca FILE"},
      {"feed pull --as a/b --server x:1 --ca no --cert no --key no", "--ca file cannot be read"},
      {"feed retry --lane urgent --sequence 1 --delay 601 --as a/b", "--delay"},
      {"feed park --lane slow --sequence 1 --as a/b", "one of: immediate urgent routine"},
      {"feed read --lane slow --sequence 1", "one of: immediate urgent routine"},
      {"audit told-meanwhile --nominal nom_1", "--other"},
      {"subscription create --from yesterday --as a/b", "now, beginning or a time"},
      {"subscription seek --from now", "--subscription"},
      {"glass break --nominal n --reason boredom --because x --as a/b", "threat-to-life"},
      {"policy approve --digest 12", "64 hexadecimal digits"},
      {"event publish", "--file"},
      {"event publish --file x --format csv", "--format"},
      {"event publish --file /nonexistent/x", "--file cannot be read"},
      {"event publish --file " + bad_item, "line 2, column 11"},
      {"directory admit --file " + bad_entry, "line 2, column 11"},
      {"directory admit --file " + workplace.Write("empty", "\n"), "agency { … }, member"},
      {"directory admit --file /nonexistent/x", "--file cannot be read"},
      {"obligation show", "--obligation"},
      {"obligation discharge --obligation ob_1 --how dance", "one of: upheld told-otherwise"},
      {"audit explain --event ev_1 --as a/b", "--post"},
      {"feed explain --as a/b", "--event"},
      {"audit verify", "--verifier-key"},
      {"audit known-at --nominal n --panel --at 7", "--at must be a time such as 2026-"},
      {"audit known-at --nominal n --at 2026-03-04T10:00:00Z", "--panel, --post or --agency"},
      {"audit obligations --open-at today", "--open-at must be a time such as 2026-"},
      {"audit replay --to 2026-03-04", "--to must be a time such as 2026-03-04T10:00:00Z"},
      {"audit replay --type custody --resume", "--resume needs --out FILE"},
      {"audit export", "--tiles DIR, or --for-review nom_"},
      {"audit themes --from 2026-01", "--to"},
      {"audit prove --event ev_1 --verifier-key k --out " + bad_item, "--overwrite replaces it"},
      {"audit prove --event ev_1 --verifier-key k --out o --after 18446744073709551615",
       "--after must be less than"},
      {"event publish --format hmpps --levels --file x --as a/b", "it needs --purpose"},
      {"audit verify --verifier-key nonsense --offline " + bad_item, "--verifier-key"},
      {"directory list --profile " + bad_profile, "line 2 of the profile"},
      {"directory list --profile /nonexistent/profile", "profile cannot be read"},
  };
  for (const WrongLine& row : kRows) ExpectWrong(row);
}

TEST(CommandLine, WhatIsWrongWithPeopleAndCasesEndsWithTwoAndTheWayOut) {
  const WrongLine kRows[] = {
      {"nominal register --identifier A1111AA", "TYPE:VALUE"},
      {"nominal register --identifier dog:rex", "one of: pnc cro noms"},
      {"nominal merge --nominal nom_1", "--into"},
      {"nominal unmerge", "--nominal"},
      {"case seat --case c --post a/b --history-from once", "--history-from must be a time"},
      {"case show", "--case or --nominal"},
      {"case commission --case c --writer a/b --until 2026-05-01T00:00:00Z",
       "--until and --hearing"},
      {"case commission --case c --writer a/b --until soon --hearing 2026-05-01T00:00:00Z",
       "--until must be a time"},
      {"case commission --case c --writer a/b --months 0 --until x --hearing y", "--months"},
      {"case set-level --case c --category 2 --level 9 --as a/b", "--level"},
      {"case set-level --case c --category 2 --level 1 --override act_1 --as a/b", "ID=REASON"},
      {"case set-level --case c --category 2 --level 1 --override act_1=tired --as a/b",
       "one of: agency-goes-on other-area"},
      {"case exit --case c --as a/b", "--reason"},
      {"case exit --case c --reason tired --as a/b", "one of: category-ended adds-nothing"},
      {"case action", "Try: tearline case action --help"},
      {"case action add --case c --kind dance --owner a/b --due x --as a/b",
       "one of: home-visit marac-referral"},
      {"case action add --case c --kind other --owner a/b --due soon --as a/b",
       "--due must be a time"},
      {"case action end --case c --action a --how done --evidence-digest 12 --as a/b",
       "64 hexadecimal digits"},
      {"case action end --case c --action a --how done --evidence-digest 12 --evidence-event e "
       "--as a/b",
       "not both"},
  };
  for (const WrongLine& row : kRows) ExpectWrong(row);
}

TEST(CommandLine, NoBrokerEndsWithThree) {
  const Workplace workplace;
  const std::string make =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
      "-days 1 -subj /CN=nobody -keyout '" +
      workplace.Path("key") + "' -out '" + workplace.Path("cert") + "' 2>/dev/null";
  ASSERT_EQ(std::system(make.c_str()), 0);
  workplace.Write("profile",
                  "# relative to this file\nserver=127.0.0.1:1\nca=cert\ncert=cert\nkey=key\n"
                  "as=probation/chair\n");
  const std::string settings = " --timeout 2 --json --profile " + workplace.Path("profile");
  for (const char* command : {"feed pull", "directory list", "audit checkpoint",
                              "feed acknowledge --lane urgent --sequence 1"}) {
    const Ended ended = RunTearline(command + settings);
    EXPECT_EQ(ended.code, 3) << command << ended.out << ended.err;
    EXPECT_TRUE(json::parse(ended.out).contains("unreachable")) << command;
  }
  const std::string item = workplace.Write("item", "event_type: \"a.b\"");
  EXPECT_EQ(RunTearline("event publish --file " + item + settings).code, 3);
}

TEST(AuditVerify, AcceptsAnHonestExportWithoutAServer) {
  const Workplace workplace;
  const InventedLog log;
  const std::string file = workplace.Write("log.jsonl", log.Export(log.Note()));
  const Ended ended = RunTearline("audit verify --json --offline " + file + " --verifier-key " +
                                  log.VerifierKeyText());
  ASSERT_EQ(ended.code, 0) << ended.out << ended.err;
  const json said = json::parse(ended.out);
  EXPECT_EQ(said["verified"], true);
  EXPECT_EQ(said["tree_size"], 4);
  EXPECT_EQ(said["outcomes"]["refused"], 1);
  EXPECT_EQ(said["first_use"], false);
  EXPECT_EQ(RunTearline("audit verify --offline " + file + " --verifier-key " +
                        workplace.Write("key", log.VerifierKeyText() + "\n"))
                .code,
            0);
}

// Read each row as: "a log with <what> ends with 4 and says <sentence>".
TEST(AuditVerify, EachThingThatIsBentEndsWithFour) {
  struct Row {
    const char* what;
    void (*bend)(InventedLog& log, std::string& note);
    const char* sentence;
  };
  const Row kRows[] = {
      {"a bent leaf", [](InventedLog& log, std::string&) { log.Entries()[2].leaf[50] ^= 1; },
       "root that the checkpoint signs"},
      {"a bent detail",
       [](InventedLog& log, std::string&) { log.Entries()[0].details[0][20] ^= 1; }, "leaf 0"},
      {"a missing leaf", [](InventedLog& log, std::string&) { log.Entries().pop_back(); },
       "the checkpoint counts 4"},
      {"a bent signature",
       [](InventedLog&, std::string& note) {
         char& c = note[note.size() - 20];
         c = c == 'A' ? 'B' : 'A';
       },
       "signature"},
      {"a bent size", [](InventedLog&, std::string& note) { note[note.find('\n') + 1] = '3'; },
       "signature"},
  };
  for (const Row& row : kRows) {
    const Workplace workplace;
    InventedLog log;
    std::string note = log.Note();
    row.bend(log, note);
    const std::string file = workplace.Write("log.jsonl", log.Export(note));
    const Ended ended = RunTearline("audit verify --json --offline " + file + " --verifier-key " +
                                    log.VerifierKeyText());
    EXPECT_EQ(ended.code, 4) << row.what;
    ASSERT_TRUE(json::accept(ended.out)) << row.what;
    const json said = json::parse(ended.out)["verification_failed"];
    EXPECT_THAT(said["sentence"].get<std::string>(), HasSubstr(row.sentence)) << row.what;
  }
}

TEST(AuditVerify, RemembersAndDemandsThatTheNextLogContinues) {
  const Workplace workplace;
  InventedLog log;
  const std::string trust = " --trust " + workplace.Path("trust") + " --offline ";
  const Ended first =
      RunTearline("audit verify" + trust + workplace.Write("1", log.Export(log.Note())));
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_THAT(first.err, HasSubstr("first use"));

  log.Add({}, 2500);
  const Ended grown =
      RunTearline("audit verify" + trust + workplace.Write("2", log.Export(log.Note())));
  EXPECT_EQ(grown.code, 0) << grown.err;
  EXPECT_THAT(grown.out, HasSubstr("continues"));

  InventedLog other;
  other.Entries()[0].leaf[40] ^= 1;
  other.Add({}, 2500);
  const Ended rewritten =
      RunTearline("audit verify" + trust + workplace.Write("3", other.Export(other.Note())));
  EXPECT_EQ(rewritten.code, 4);
  EXPECT_THAT(rewritten.err, HasSubstr("history was rewritten"));

  const InventedLog shorter;
  const Ended cut =
      RunTearline("audit verify" + trust + workplace.Write("4", shorter.Export(shorter.Note())));
  EXPECT_EQ(cut.code, 4);
  EXPECT_THAT(cut.err, HasSubstr("the file is older than what was seen of the log"));
  EXPECT_THAT(cut.err, HasSubstr("it ends at 4 leaves, and a checkpoint of 5 was remembered"));
  EXPECT_EQ(RunTearline("audit verify --offline " + workplace.Path("4") + " --verifier-key " +
                        shorter.VerifierKeyText())
                .code,
            0)
      << "by its key alone it verifies";
}

}  // namespace
}  // namespace tearline::cli
