#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include <nlohmann/json.hpp>

#include "tests/end_to_end/command_line.h"

namespace tearline::end_to_end {
namespace {

using testing::HasSubstr;

constexpr char kFeeder[] = "police/feeder>police/intelligence";
constexpr char kGovernance[] = "police/officer>police/governance";
constexpr char kOfficer[] = "police/officer>police/accountable";
constexpr char kChair[] = "probation/reader>probation/chair";
constexpr char kKeeper[] = "office/keeper>office/operator";
constexpr char kWarden[] = "office/warden>office/second-operator";

class Signing : public CommandLine {
 protected:
  static std::string PendingOf(const std::string& who, const std::string& words) {
    const nlohmann::json recorded = DoneJson(who, words)["recorded"];
    EXPECT_TRUE(recorded["awaits_second_hand"].get<bool>()) << words;
    return recorded["made_id"];
  }
  static void Confirm(const std::string& who, const std::string& pending) {
    Done(who, "directory second-hand --pending " + pending);
  }
  static std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }
  /// Somebody answers for what the police say, and has a key made and enrolled.
  static std::string EnrolKey(const std::string& name) {
    const std::string key = (directory_->path() / name).string();
    const std::string make = "umask 077 && openssl genpkey -algorithm ed25519 -out '" + key + "'";
    EXPECT_EQ(std::system(make.c_str()), 0);
    Confirm(kKeeper, PendingOf(kGovernance, "directory enrol-key --key " + key));
    return key;
  }
  /// How `feed follow` ends when it is interrupted after two seconds.
  static int Followed(const std::string& who, const std::string& words) {
    const std::size_t arrow = who.find('>');
    const auto profile = stage_->ProfileOf(who.substr(0, arrow), who.substr(arrow + 1));
    const std::string follow = "timeout --preserve-status -s INT 2 '" TEARLINE_BINARY_DIR
                               "/bin/tearline' feed follow --profile '" +
                               profile.string() + "'" + words + " > /dev/null 2>&1";
    return WEXITSTATUS(std::system(follow.c_str()));
  }
  /// Once a checkpoint covers it.
  static void ProveSoon(const std::string& event, const std::string& out) {
    doubles::Ended proved;
    for (int i = 0; i < 200; ++i) {
      proved = Say(kFeeder, "audit prove --event " + event + " --out " + out);
      if (proved.code == 0) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    ASSERT_EQ(proved.code, 0) << proved.err;
  }
  /// What was kept, with other content beside the same envelopes.
  static std::string Altered(const std::string& kept) {
    nlohmann::json item = nlohmann::json::parse(FirstLine(doubles::FileBytes(kept)));
    item["event"]["segments"][0]["content"] = "Zm9yZ2Vk";
    return Write("altered.jsonl", item.dump() + "\n");
  }
  /// What was kept, with another post released to.
  static std::string ReleasedElsewhere(const std::string& kept) {
    std::string forged = doubles::FileBytes(kept);
    forged.replace(forged.find("police/accountable"), 18, "police/intelligence");
    return Write("forged.jsonl", forged);
  }
  static void NameGovernance() {
    const std::string post = Write("post.textproto", R"(post { post: "police/governance"
  roles: POST_ROLE_INFORMATION_GOVERNANCE services: "officer" clearance { tier: TIER_OFFICIAL } })");
    Confirm(kWarden, PendingOf(kKeeper, "directory admit --file " + post));
  }
  static void RequireSignatures() {
    const std::string agency = Write("agency.textproto", R"(agency { agency: "police"
  kind: AGENCY_KIND_POLICE signatures_required: true })");
    const std::string authority = (stage_->directory() / "certs/police/ca.pem").string();
    Confirm(kWarden,
            PendingOf(kKeeper, "directory admit --file " + agency + " --authority " + authority));
  }
};

/// From an agency's key to the eyes of whoever is told, and to a receipt that neither side can
/// deny.
TEST_F(Signing, WhatAnAgencySaidCanBeCheckedByWhoeverHearsIt) {
  NameGovernance();
  const std::string key = EnrolKey("signing.key");
  RequireSignatures();

  const std::string file = EventFile("event.textproto", /*withheld=*/false);
  const std::string publish = "event publish --request-id one --file " + file;
  const doubles::Ended unsigned_event = Say(kFeeder, publish);
  EXPECT_EQ(unsigned_event.code, 1);
  EXPECT_THAT(unsigned_event.out, HasSubstr("SIGNATURE_REQUIRED"));
  const std::string kept = (directory_->path() / "signed.jsonl").string();
  const std::string sign = publish + " --sign-with " + key + " --keep " + kept;
  const std::string event = DoneJson(kFeeder, sign)["event_id"];
  EXPECT_EQ(DoneJson(kFeeder, sign)["repeated_request"], true) << "signed the same, to the byte";
  const std::string lines = doubles::FileBytes(kept);
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 2) << "what was kept before stays";
  const std::filesystem::perms of_others =
      std::filesystem::perms::group_all | std::filesystem::perms::others_all;
  EXPECT_EQ(std::filesystem::status(kept).permissions() & of_others, std::filesystem::perms::none);

  // The broker's word for whose key it is; then the agency's own.
  EXPECT_THAT(Done(kOfficer, "feed pull"), HasSubstr("signed by  police, verified"));
  const std::string keys =
      Write("keys.jsonl", DoneJson(kOfficer, "directory keys --agency police").dump());
  const doubles::Ended pinned = Say(kOfficer, "feed pull --json --signing-keys " + keys);
  ASSERT_EQ(pinned.code, 0) << pinned.err;
  const nlohmann::json check = nlohmann::json::parse(FirstLine(pinned.out))["originator_check"];
  EXPECT_EQ(check["standing"], "verified");
  EXPECT_EQ(check["key_pinned"], true);

  // Somebody who believes another key is not told that all is well, and nothing counts as received.
  nlohmann::json others = nlohmann::json::parse(doubles::FileBytes(keys));
  others["keys"][0]["public_key"] = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
  const std::string wrong = Write("wrong.jsonl", others.dump());
  const doubles::Ended unverified =
      Say(kOfficer, "feed pull --acknowledge --signing-keys " + wrong);
  EXPECT_EQ(unverified.code, 4) << unverified.out;
  EXPECT_THAT(unverified.out, HasSubstr("NOT VERIFIED"));
  EXPECT_THAT(Done(kOfficer, "feed pull"), HasSubstr("signed by  police, verified"))
      << "it is still there";

  // The receipt binds event, place and what was signed; without the broker.
  const std::string receipt = (directory_->path() / "e.tlog-proof").string();
  const nlohmann::json checkpoint = DoneJson(kFeeder, "audit checkpoint");
  const std::string trust = " --verifier-key " + checkpoint["verifier_key"].get<std::string>();
  ProveSoon(event, receipt + trust);
  const std::string verify = "audit verify --proof " + receipt + trust;
  const std::string against = verify + " --signing-keys " + keys + " --signed ";
  const doubles::Ended offline = doubles::RunTearline(against + kept);
  EXPECT_EQ(offline.code, 0) << offline.err;
  EXPECT_THAT(offline.out, HasSubstr("accepted " + event + " from police"));
  EXPECT_THAT(offline.out, HasSubstr("binds        what you signed as request one"));

  // What was signed under another request is not what was accepted.
  const std::string other = (directory_->path() / "other.jsonl").string();
  Done(kFeeder, "event publish --request-id two --file " + file + " --sign-with " + key +
                    " --keep " + other);
  EXPECT_EQ(doubles::RunTearline(against + other).code, 4);
  // Nor is what was altered since beside its envelopes.
  const doubles::Ended forged = doubles::RunTearline(against + Altered(kept));
  EXPECT_EQ(forged.code, 4);
  EXPECT_THAT(forged.err, HasSubstr("is not what the log accepted"));
  EXPECT_EQ(doubles::RunTearline(verify + " --signed " + kept).code, 2) << "by whose keys?";
}

/// What an agency takes back, or releases otherwise, is as much its word as what it said.
TEST_F(Signing, WhatAnAgencyTakesBackCanBeCheckedByWhoeverHearsIt) {
  NameGovernance();
  const std::string key = EnrolKey("signing.key");
  RequireSignatures();
  const std::string file = EventFile("event.textproto", /*withheld=*/false);
  const std::string event =
      DoneJson(kFeeder, "event publish --file " + file + " --sign-with " + key)["event_id"];
  const std::string keys =
      Write("keys.jsonl", DoneJson(kOfficer, "directory keys --agency police").dump());
  Done(kOfficer, "feed pull --acknowledge");

  const std::string kept = (directory_->path() / "changes.jsonl").string();
  const std::string sign = " --sign-with " + key + " --keep " + kept;
  const std::string terms = Write("terms.textproto", R"(terms { originator_controlled: true
  released_to_posts: "police/accountable" })");
  const std::string amend =
      "event amend --purpose correction --event " + event + " --file " + terms;
  Refused(kFeeder, amend, "SIGNATURE_REQUIRED");
  Done(kFeeder, amend + sign);
  const std::string withdraw =
      "event withdraw --purpose correction --reason inaccurate --event " + event;
  Refused(kFeeder, withdraw, "SIGNATURE_REQUIRED");
  Done(kFeeder, withdraw + sign);

  const doubles::Ended heard = Say(kOfficer, "feed pull --json --signing-keys " + keys);
  ASSERT_EQ(heard.code, 0) << heard.err;
  const std::size_t at = heard.out.find("\"access_withdrawn\"");
  ASSERT_NE(at, std::string::npos) << heard.out;
  const std::size_t begin = heard.out.rfind('\n', at) + 1;
  const nlohmann::json notice =
      nlohmann::json::parse(heard.out.substr(begin, heard.out.find('\n', at) - begin));
  EXPECT_EQ(notice["originator_check"]["standing"], "verified") << notice;
  EXPECT_EQ(notice["originator_check"]["agency"], "police");
  EXPECT_THAT(Done(kOfficer, "feed pull"), HasSubstr("signed by  police, verified"));

  // Somebody who believes another key is not told that all is well, however they listen.
  nlohmann::json others = nlohmann::json::parse(doubles::FileBytes(keys));
  others["keys"][0]["public_key"] = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
  const std::string wrong = " --signing-keys " + Write("wrong.jsonl", others.dump());
  EXPECT_EQ(Say(kOfficer, "feed pull" + wrong).code, 4);
  EXPECT_EQ(Followed(kOfficer, wrong), 4);
  EXPECT_EQ(Followed(kOfficer, " --signing-keys " + keys), 0);

  // Receipts hold what was signed; without the broker.
  const std::string receipt = (directory_->path() / "e.tlog-proof").string();
  const std::string last = (directory_->path() / "e-3.tlog-proof").string();
  const nlohmann::json checkpoint = DoneJson(kFeeder, "audit checkpoint");
  const std::string trust = " --verifier-key " + checkpoint["verifier_key"].get<std::string>();
  for (int i = 0; i < 200 && !std::filesystem::exists(last); ++i) {
    Say(kFeeder, "audit prove --overwrite --event " + event + " --out " + receipt + trust);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  const std::string against = " --signing-keys " + keys + trust + " --signed ";
  for (const auto& [name, what] :
       {std::pair("e-2.tlog-proof", "amendment"), std::pair("e-3.tlog-proof", "withdrawal")}) {
    const std::string proof = (directory_->path() / name).string();
    const doubles::Ended bound =
        doubles::RunTearline("audit verify --proof " + proof + against + kept);
    EXPECT_EQ(bound.code, 0) << bound.err;
    EXPECT_THAT(bound.out,
                HasSubstr("binds        what you signed as " + std::string(what) + " of " + event));
  }
  const std::string second = (directory_->path() / "e-2.tlog-proof").string();
  const doubles::Ended refused =
      doubles::RunTearline("audit verify --proof " + second + against + ReleasedElsewhere(kept));
  EXPECT_EQ(refused.code, 4);
  EXPECT_THAT(refused.err, HasSubstr("is not what the log accepted"));
}

TEST_F(Signing, AKeyIsListedRotatedAndRevoked) {
  NameGovernance();
  const std::string file = EventFile("event.textproto", /*withheld=*/false);
  const std::string first = EnrolKey("first.key");
  const std::string second = EnrolKey("second.key");
  const std::string publish = "event publish --file " + file + " --sign-with ";
  Done(kFeeder, publish + first + " --request-id one");
  Done(kFeeder, publish + second + " --request-id two");
  const std::string open = Write("open.jsonl", "");
  std::filesystem::permissions(open, std::filesystem::perms(0644));
  const doubles::Ended others = Say(kFeeder, publish + second + " --keep " + open);
  EXPECT_EQ(others.code, 2) << "content and salts are nobody else's to read";
  EXPECT_THAT(others.err, HasSubstr("--keep"));

  const nlohmann::json keys = DoneJson(kChair, "directory keys --agency police")["keys"];
  ASSERT_EQ(keys.size(), 2u);
  const std::string id = keys[0]["key_id"];
  Refused(kFeeder, "directory revoke-key --because superseded --key-id " + id, "NOT_PERMITTED");
  Done(kGovernance, "directory revoke-key --because superseded --key-id " + id);
  EXPECT_THAT(Done(kChair, "directory keys --agency police"), HasSubstr("superseded"));
  const int refused = (Say(kFeeder, publish + first + " --request-id three").code == 1 ? 1 : 0) +
                      (Say(kFeeder, publish + second + " --request-id four").code == 1 ? 1 : 0);
  EXPECT_EQ(refused, 1) << "one of the two has ended";
  Refused(kGovernance,
          "directory enrol-key --key " + (directory_->path() / "first.key").string() + " --days 1",
          "ALREADY_EXISTS");
}

}  // namespace
}  // namespace tearline::end_to_end
