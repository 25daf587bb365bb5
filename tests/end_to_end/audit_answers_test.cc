#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/end_to_end/asking.h"

// Each command of `tearline audit`: its answer for programs and its answer for people are one, and
// to ask is a consultation.

namespace tearline::end_to_end {
namespace {

using doubles::Ended;
using nlohmann::json;
using testing::HasSubstr;

constexpr char kClerk[] = "office/clerk>office/coordinator";
constexpr char kStranger[] = "prison/feeder>prison/security";
constexpr char kSouthern[] = "inspectorate/auditor>inspectorate/south";

/// A command, and what becomes of it where it is not to be answered.
struct Question {
  std::string words;
  const char* of_a_stranger;  ///< Why a post that is no auditor's is refused.
  const char* elsewhere;      ///< Why an auditor of another area is; nullptr: it is shown nothing.
};

class AuditAnswers : public Asking {
 protected:
  void SetUp() override {
    Asking::SetUp();
    const std::string why = " --purpose public-protection";
    other_ =
        DoneJson(kClerk, "nominal register --identifier crn:X644444" + why)["recorded"]["made_id"];
    Done(kClerk, "nominal merge --nominal " + other_ + " --into " + stage_->nominal_id() + why);
    Done(kClerk, "nominal unmerge --nominal " + other_ + why);
    told_ = Publish(false);
    withheld_ = Publish(true);
    Done(kChair, "feed pull --acknowledge");
    AwaitCheckpoint();
    about_ = " --nominal " + stage_->nominal_id();
    now_ = Now();
    trust_ = " --verifier-key " + Key();
  }
  std::string Path(const std::string& name) const { return (directory_->path() / name).string(); }

  /// Every command that opens what the log holds, all its forms.
  std::vector<Question> Questions() const {
    const std::string of_told = " --event " + told_;
    const std::string owed =
        Lines(kAuditor, std::string("audit withheld") + kWhy).at(0)["obligation_id"];
    const auto out = [this](const char* name) { return " --overwrite --out " + Path(name); };
    return {
        {"who-was-told" + of_told, "NOT_PERMITTED", "NOT_FOUND"},
        {"who-was-not-told --event " + withheld_, "NOT_PERMITTED", "NOT_FOUND"},
        {"explain --post probation/chair" + of_told, "NOT_FOUND", "NOT_FOUND"},
        {"known-at --panel --at " + now_ + about_, "NOT_PERMITTED", "NOT_FOUND"},
        {"known-at --post probation/chair --at " + now_ + about_, "NOT_PERMITTED", "NOT_FOUND"},
        {"known-at --agency probation --at " + now_ + about_, "NOT_PERMITTED", "NOT_FOUND"},
        {"told-meanwhile --nominal " + other_ + " --other " + stage_->nominal_id(), "NOT_PERMITTED",
         "NOT_FOUND"},
        {"who-looked" + about_, "NOT_PERMITTED", "NOT_FOUND"},
        {"withheld", "NOT_PERMITTED", nullptr},
        {"withheld --past-review", "NOT_PERMITTED", nullptr},
        {"obligations --open-at " + now_, "NOT_PERMITTED", nullptr},
        {"themes --from 2020-01 --to 2020-02", "NOT_PERMITTED", nullptr},
        {"replay", "NOT_PERMITTED", "NOT_PERMITTED"},
        {"replay --as-policy-then", "NOT_PERMITTED", "NOT_PERMITTED"},
        {"replay --as-policy-now" + about_, "NOT_PERMITTED", "NOT_FOUND"},
        {"prove" + of_told + out("e.proof") + trust_, "NOT_FOUND", "NOT_FOUND"},
        {"prove --obligation " + owed + out("o.proof") + trust_, "NOT_FOUND", "NOT_FOUND"},
        {"verify" + trust_, "NOT_PERMITTED", "NOT_PERMITTED"},
        {"export --tiles " + Path("tiles") + trust_, "NOT_PERMITTED", "NOT_PERMITTED"},
        {"export --for-review " + stage_->nominal_id() + out("review.html") + trust_,
         "NOT_PERMITTED", "NOT_FOUND"},
    };
  }

  /// The answer of `words` for people holds each of `parts`.
  static void ExpectSays(const std::string& words, const std::vector<std::string>& parts) {
    const std::string text = Done(kAuditor, words);
    for (const std::string& part : parts) EXPECT_THAT(text, HasSubstr(part)) << words;
  }
  static std::vector<std::string> Sentences(const json& array) {
    return array.get<std::vector<std::string>>();
  }

  std::string told_, withheld_, other_, about_, now_, trust_;
};

/// To whom it is not for, nothing is said; without a purpose, nothing either.
TEST_F(AuditAnswers, AreForAuditorsOfTheAreaWhoSayWhy) {
  for (const Question& question : Questions()) {
    const std::string words = "audit " + question.words;
    Refused(kAuditor, words, "PURPOSE_REQUIRED");
    Refused(kStranger, words + kWhy, question.of_a_stranger);
    if (question.elsewhere != nullptr) {
      Refused(kSouthern, words + kWhy, question.elsewhere);
    } else {
      EXPECT_TRUE(Lines(kSouthern, words + kWhy).empty()) << words;
    }
  }
}

/// Each look is in the log before its answer leaves, with who asked and why; and its answer for
/// programs is JSON, line by line.
TEST_F(AuditAnswers, AreEachRecordedAsALook) {
  const std::vector<Question> questions = Questions();
  const auto name = [](std::size_t i) { return "question-" + std::to_string(i); };
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const std::string words = "audit " + questions[i].words;
    for (const json& line : Lines(kAuditor, words + kWhy + " --correlation " + name(i))) {
      EXPECT_TRUE(line.is_object()) << words;
    }
  }
  AwaitCheckpoint();
  std::set<std::string> looked;
  for (const json& leaf : Lines(kAuditor, std::string("audit replay") + kWhy)) {
    std::string correlation;
    bool consulted = false;
    for (const json& fact : leaf["facts"]) {
      if (fact.contains("actor") && fact["actor"].value("purpose", "") == "inquest") {
        correlation = fact["actor"].value("correlation_id", "");
      }
      consulted = consulted || fact.contains("consulted");
    }
    if (consulted) looked.insert(correlation);
  }
  for (std::size_t i = 0; i < questions.size(); ++i) {
    EXPECT_TRUE(looked.contains(name(i))) << questions[i].words;
  }
}

/// None is left out above but the head of the tree, which anybody may ask for.
TEST_F(AuditAnswers, AreOfEveryCommandThereIs) {
  std::set<std::string> asked = {"checkpoint"};
  for (const Question& question : Questions()) {
    asked.insert(question.words.substr(0, question.words.find(' ')));
  }
  const std::string help = doubles::RunTearline("audit --help").out;
  std::istringstream lines(help.substr(help.find("Subcommands:\n")));
  std::string line;
  std::getline(lines, line);
  std::set<std::string> commands;
  while (std::getline(lines, line) && line.starts_with("  ")) {
    if (line[2] != ' ') commands.insert(line.substr(2, line.find(' ', 2) - 2));
  }
  EXPECT_EQ(asked, commands);
}

TEST_F(AuditAnswers, WhoWasToldIsSaidAlikeToPeopleAndPrograms) {
  const std::string words = "audit who-was-told --event " + told_ + kWhy;
  const std::vector<json> rows = Lines(kAuditor, words);
  ASSERT_EQ(rows.size(), 4U) << "the accountable officer and the panel";
  const std::string text = Done(kAuditor, words);
  for (const json& row : rows) {
    EXPECT_EQ(row["level"], row["post"] == "probation/guest" ? "LEVEL_WITHHELD" : "LEVEL_FULL");
    EXPECT_EQ(row.contains("acknowledged_at"), row["post"] == "probation/chair");
    EXPECT_THAT(text, HasSubstr(row["post"].get<std::string>() + "  "));
    EXPECT_THAT(text, HasSubstr(row["decided_at"].get<std::string>().substr(0, 19)));
    EXPECT_THAT(text, HasSubstr("  " + row["leaf_index"].get<std::string>() + "\n"));
  }
}

TEST_F(AuditAnswers, WhoWasNotToldIsSaidAlikeToPeopleAndPrograms) {
  const std::string words = "audit who-was-not-told --event " + withheld_ + kWhy;
  const std::vector<json> rows = Lines(kAuditor, words);
  std::set<std::string> posts;
  for (const json& row : rows) {
    posts.insert(row["post"]);
    const bool waits = row["post"] == "police/accountable";  // it may have all, and has no session
    EXPECT_EQ(row["waits"], waits);
    EXPECT_EQ(row["level"], waits ? "LEVEL_FULL" : "LEVEL_WITHHELD");
    const bool is_owed = row["duty"] != "LEVEL_UNSPECIFIED";
    EXPECT_EQ(is_owed, row["post"] != "probation/guest");
    EXPECT_EQ(is_owed, !row["rules"].empty());
    EXPECT_EQ(is_owed, !row["obligations"].empty()) << "somebody must act";
    EXPECT_FALSE(row.contains("released_at"));
    std::vector<std::string> parts = Sentences(row["sentences"]);
    EXPECT_FALSE(parts.empty());
    parts.push_back(row["post"].get<std::string>() + (row["duty"] == "LEVEL_UNSPECIFIED"
                                                          ? "  neither owed nor wished for  "
                                                          : "  owed  "));
    parts.push_back("  leaf " + row["leaf_index"].get<std::string>() + "\n");
    ExpectSays(words, parts);
  }
  EXPECT_EQ(posts, (std::set<std::string>{"police/accountable", "probation/chair",
                                          "probation/guest", "probation/manager"}));
}

TEST_F(AuditAnswers, WhatWasKnownIsSaidAlikeOfPanelPostAndAgency) {
  const std::string at = " --at " + now_ + about_ + kWhy;
  const auto posts_of = [&](const std::string& who) {
    std::set<std::string> posts;
    const std::vector<json> events = Lines(kAuditor, "audit known-at" + who + at);
    EXPECT_EQ(events.size(), 2U) << who;
    for (const json& event : events) {
      std::vector<std::string> parts = {event["event_id"].get<std::string>() + "  " +
                                        event["sentence"].get<std::string>() + "\n"};
      for (const json& known : event["known_to"]) {
        posts.insert(known["post"]);
        parts.push_back("  " + known["sentence"].get<std::string>() + "\n");
      }
      ExpectSays("audit known-at" + who + at, parts);
    }
    return posts;
  };
  using Posts = std::set<std::string>;
  EXPECT_EQ(posts_of(" --post probation/chair"), Posts{"probation/chair"});
  EXPECT_EQ(posts_of(" --agency probation"),
            (Posts{"probation/chair", "probation/guest", "probation/manager"}));
  EXPECT_EQ(posts_of(" --panel"), (Posts{"police/accountable", "probation/chair", "probation/guest",
                                         "probation/manager"}));
  EXPECT_EQ(Say(kAuditor, "audit known-at" + at).code, 2) << "of whom?";
  EXPECT_EQ(Say(kAuditor, "audit known-at --panel --agency probation" + at).code, 2);
  EXPECT_EQ(
      Done(kAuditor, "audit known-at --agency probation --at 2001-01-01T00:00:00Z" + about_ + kWhy),
      "nothing about the nominal had occurred by then\n");
}

TEST_F(AuditAnswers, WhatIsOwedAndWhoLookedIsSaidAlike) {
  for (const std::string& words :
       {"audit who-looked" + about_ + kWhy, "audit obligations --open-at " + now_ + kWhy}) {
    const std::vector<json> rows = Lines(kAuditor, words);
    ASSERT_FALSE(rows.empty()) << words;
    std::vector<std::string> sentences;
    for (const json& row : rows) sentences.push_back(row["sentence"]);
    ExpectSays(words, sentences);
  }
  for (const json& row : Lines(kAuditor, std::string("audit withheld") + kWhy)) {
    ExpectSays(std::string("audit withheld") + kWhy,
               {row["obligation_id"], row["debtor_post"], row["owed_posts"][0]});
  }
}

TEST_F(AuditAnswers, AProofSaysWhatItsFileSays) {
  const std::string words = "audit prove --event " + told_ + trust_ + kWhy + " --overwrite --out ";
  const std::vector<json> proofs = Lines(kAuditor, words + Path("e"));
  ASSERT_GE(proofs.size(), 3U) << "published, let go, acknowledged";
  const std::string text = Done(kAuditor, words + Path("e"));
  std::set<std::string> commands;
  for (std::size_t i = 0; i < proofs.size(); ++i) {
    json proof = proofs[i];
    EXPECT_EQ(proof["file"], Path(i == 0 ? "e" : "e-" + std::to_string(i + 1)));
    EXPECT_EQ(proof["verified"], true);
    EXPECT_EQ(proof["origin"], "tearline.example/stage");
    EXPECT_LT(proof["index"], proof["tree_size"]);
    EXPECT_EQ(proof["outcome"], "applied");
    EXPECT_EQ(proof["policy_digest"].get<std::string>().size(), 64U);
    EXPECT_FALSE(proof["facts"].empty());
    commands.insert(proof["command"]);
    EXPECT_THAT(text,
                HasSubstr("leaf         " + std::to_string(proof["index"].get<int>()) + " of "));
    EXPECT_THAT(text, HasSubstr("  " + proof["time"].get<std::string>() + "  " +
                                proof["command"].get<std::string>() + "  applied\n"));
    const std::string verify =
        "audit verify --proof " + proof["file"].get<std::string>() + trust_ + " --json";
    proof.erase("file");
    json read = json::parse(doubles::RunTearline(verify).out);
    EXPECT_EQ(read["tree_size"] >= proof["tree_size"], true) << "the file is of the second asking";
    read["tree_size"] = proof["tree_size"];
    EXPECT_EQ(read, proof);
  }
  EXPECT_TRUE(commands.contains("publish"));
  EXPECT_TRUE(commands.contains("acknowledge"));
}

TEST_F(AuditAnswers, TheLogVerifiesAlikeOnlineAndFromAnExportAlone) {
  const std::string verify = "audit verify" + trust_;
  const json online = DoneJson(kAuditor, verify + kWhy);
  EXPECT_EQ(online["verified"], true);
  EXPECT_EQ(online["origin"], "tearline.example/stage");
  EXPECT_EQ(" --verifier-key " + online["verifier_key"].get<std::string>(), trust_);
  EXPECT_EQ(online["root"].get<std::string>().size(), 64U);
  EXPECT_EQ(online["decisions"], 8) << "two events for four posts";
  EXPECT_GE(online["withheld"], 1);
  EXPECT_GE(online["releases"], 1);
  EXPECT_FALSE(online.contains("continues_tree_size")) << "nothing was remembered";
  std::uint64_t leaves = 0;
  for (const auto& [outcome, count] : online["outcomes"].items()) {
    leaves += count.get<std::uint64_t>();
  }
  EXPECT_EQ(leaves, online["tree_size"]);
  ExpectSays(verify + kWhy, {"\ndecisions    8, of them withheld " +
                             std::to_string(online["withheld"].get<int>()) + "\nreleases     " +
                             std::to_string(online["releases"].get<int>()) + ", each after"});

  Done(kAuditor, "audit replay --out " + Path("log.jsonl") + kWhy);
  stage_->Kill();
  const std::string offline = verify + " --offline " + Path("log.jsonl");
  const Ended alone = doubles::RunTearline(offline + " --json");
  ASSERT_EQ(alone.code, 0) << alone.out << alone.err;
  const json said = json::parse(alone.out);
  for (const char* same :
       {"verified", "origin", "verifier_key", "decisions", "withheld", "releases", "first_use"}) {
    EXPECT_EQ(said[same], online[same]) << same;
  }
  EXPECT_GE(said["tree_size"], online["tree_size"]);
  EXPECT_THAT(doubles::RunTearline(offline).out,
              HasSubstr("root         " + said["root"].get<std::string>()));
  EXPECT_EQ(doubles::RunTearline(verify + " --json" + kWhy).code, 2) << "of which broker?";
}

}  // namespace
}  // namespace tearline::end_to_end
