#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/end_to_end/command_line.h"
#include "tests/strangers/has_python.h"

namespace tearline::end_to_end {
namespace {

using doubles::Ended;
using doubles::RunTearline;
using nlohmann::json;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr char kFeeder[] = "police/feeder>police/intelligence";
constexpr char kOfficer[] = "police/officer>police/accountable";
constexpr char kChair[] = "probation/reader>probation/chair";
constexpr char kAuditor[] = "inspectorate/auditor>inspectorate/auditor";

std::string BytesOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

int ByAStranger(const std::string& words) {
  return std::system(("python3 -B '" TEARLINE_SOURCE_DIR "/tests/strangers/verify.py' review '" +
                      words + " > /dev/null 2>&1")
                         .c_str());
}

/// Of the obligations listed, the review: "ob_…"; "" if there is none.
std::string ReviewOwed(const std::string& list) {
  const std::size_t at = list.rfind("\"ob_", list.find("SANITISE_OR_REVIEW"));
  return at == std::string::npos ? "" : list.substr(at + 1, 35);
}

/// A new private key in a file of its owner's own.
bool MakeKey(const std::string& pem) {
  const std::string make_key =
      "openssl genpkey -algorithm ed25519 -out " + pem + " 2>/dev/null && chmod 600 " + pem;
  return std::system(make_key.c_str()) == 0;
}

/// What an inspector takes away about a person, and what a stranger can verify of it.
TEST_F(CommandLine, AReviewIsExportedAndVerifiedWithoutTheBroker) {
  const std::string shared =
      DoneJson(kFeeder, "event publish --file " + EventFile("shared.textproto", false))["event_id"];
  const std::string withheld = DoneJson(
      kFeeder, "event publish --file " + EventFile("withheld.textproto", true))["event_id"];
  Done(kChair, "feed pull --acknowledge");

  const std::string out = (directory_->path() / "review.html").string();
  const std::string trust = " --trust " + (directory_->path() / "log.trust").string();
  const std::string about = "audit export --for-review " + stage_->nominal_id() + " --out " + out;
  const std::string why = " --purpose inquiry";
  EXPECT_EQ(Say(kAuditor, about + why).code, 2) << "whom to trust must be said";
  Refused(kChair, about + trust + why, "NOT_PERMITTED");
  Refused(kAuditor, about + trust, "PURPOSE_REQUIRED");
  const Ended made = Say(kAuditor, about + trust + why);
  ASSERT_EQ(made.code, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("events       2\n"));
  EXPECT_THAT(made.err, HasSubstr("NOT SIGNED: "));
  EXPECT_EQ(Say(kAuditor, about + trust + why).code, 2) << "it is there already";

  std::string page = BytesOf(out);
  EXPECT_THAT(page, HasSubstr("Events put in: 2."));
  EXPECT_THAT(page, HasSubstr(shared));
  EXPECT_THAT(page, HasSubstr(withheld));
  EXPECT_THAT(page, HasSubstr("<td>probation/chair</td>"));
  EXPECT_THAT(page, HasSubstr("acknowledged: "));
  EXPECT_THAT(page, Not(ContainsRegex("after [^<]*<br>.answered."))) << "records show it";
  EXPECT_THAT(page, HasSubstr("still open")) << "what was withheld is to be reviewed";
  EXPECT_THAT(page, Not(HasSubstr("seen at noon"))) << "what events say is not in it";

  // The review is done, and the page says when; whoever exports it signs.
  const std::string owed = ReviewOwed(Done(kOfficer, "obligation list --json"));
  ASSERT_NE(owed, "");
  Done(kOfficer, "obligation discharge --how told-otherwise --obligation " + owed);
  const std::string pem = (directory_->path() / "exporter.pem").string();
  ASSERT_TRUE(MakeKey(pem));
  const Ended signed_one =
      Say(kAuditor, about + trust + why + " --overwrite --json --signing-key " + pem);
  ASSERT_EQ(signed_one.code, 0) << signed_one.err;
  EXPECT_THAT(signed_one.err, Not(HasSubstr("NOT SIGNED")));
  const json signed_review = json::parse(signed_one.out);
  const std::string exporter = signed_review["signed_by"];
  EXPECT_THAT(exporter, StartsWith("inspectorate/auditor+"));
  page = BytesOf(out);
  EXPECT_THAT(page, HasSubstr("\"ended_at\""));
  EXPECT_THAT(page, HasSubstr("<br>by police/accountable</td>")) << "a record says who ended it";

  const json looked = DoneJson(kAuditor, "audit checkpoint");
  const std::string key = looked["verifier_key"];
  stage_->Kill();
  const std::string verify =
      "audit verify --verifier-key " + key + " --review " + out + " --exporter-key " + exporter;
  const Ended verified = RunTearline(verify);
  EXPECT_EQ(verified.code, 0) << verified.err;
  EXPECT_THAT(verified.out, HasSubstr("verified     the data, its proofs, and the page"));
  EXPECT_THAT(verified.out, HasSubstr("signed by    " + exporter));
  std::string bent = page;
  const std::size_t at = bent.find("\"level\":\"LEVEL_FULL\"");
  ASSERT_NE(at, std::string::npos);
  bent.replace(at, 20, "\"level\":\"LEVEL_NONE\"");
  Write("review.html", bent);
  EXPECT_EQ(RunTearline(verify).code, 4);

  // A stranger's program, from docs/verifying.md and the public .proto files alone.
  if (!strangers::HasPython()) GTEST_SKIP() << "no python3 of at least 3.9: NOT TESTED";
  const std::string judged_by = "' '" + key + "' '" + exporter + "'";
  EXPECT_EQ(ByAStranger(Write("stranger.html", page) + judged_by), 0);
  EXPECT_NE(ByAStranger(Write("stranger.html", bent) + judged_by), 0);
}

/// One file that needs nothing else: no address in it, its data as lines of JSON, its picture; and
/// wherever a byte of it is another, it does not verify.
TEST_F(CommandLine, AReviewIsWholeAndNoByteOfItMayChange) {
  Done(kFeeder, "event publish --file " + EventFile("shared.textproto", false));
  Done(kFeeder, "event publish --file " + EventFile("withheld.textproto", true));
  Done(kChair, "feed pull --acknowledge");
  const std::string pem = (directory_->path() / "exporter.pem").string();
  ASSERT_TRUE(MakeKey(pem));
  const std::string key = DoneJson(kAuditor, "audit checkpoint")["verifier_key"];
  const std::string out = (directory_->path() / "review.html").string();
  const json made =
      DoneJson(kAuditor, "audit export --for-review " + stage_->nominal_id() + " --out " + out +
                             " --verifier-key " + key + " --purpose inquiry --signing-key " + pem);
  const std::string page = BytesOf(out);
  const std::string open = "id=\"tearline-data\">\n";
  const std::size_t begin = page.find(open) + open.size();
  EXPECT_THAT(page, Not(HasSubstr("://"))) << "no address, in page or data";
  for (const char* elsewhere : {"src=", "href=", "url(", "@import"}) {
    EXPECT_THAT(page.substr(0, begin), Not(HasSubstr(elsewhere)));
  }
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  for (const char* agency : {"police", "probation"}) {
    EXPECT_THAT(page, ContainsRegex(std::string("<text [^>]*>") + agency + "</text><path"))
        << agency;
  }
  std::istringstream data(page.substr(begin, page.find("</script>", begin) - begin));
  std::vector<json> lines;
  for (std::string line; std::getline(data, line);) {
    ASSERT_TRUE(json::accept(line)) << line;
    lines.push_back(json::parse(line));
  }
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines[0]["leaves"], made["records"]);
  EXPECT_EQ(lines[0]["events"], made["events"]);
  EXPECT_EQ(lines[0]["obligations"], made["obligations"]);
  EXPECT_EQ(lines.size(), 1 + made["records"].get<std::size_t>() +
                              made["events"].get<std::size_t>() +
                              made["obligations"].get<std::size_t>());

  stage_->Kill();
  const std::string verify = "audit verify --review " + out + " --verifier-key " + key +
                             " --exporter-key " + made["signed_by"].get<std::string>();
  EXPECT_EQ(RunTearline(verify).code, 0);
  constexpr std::size_t kPlaces = 60;
  for (std::size_t i = 0; i < kPlaces; ++i) {
    const std::size_t at = (page.size() - 1) * i / (kPlaces - 1);
    std::string bent = page;
    bent[at] ^= 1;
    Write("review.html", bent);
    EXPECT_EQ(RunTearline(verify).code, 4) << "byte " << at << " of " << page.size();
  }
  Write("review.html", page);
  EXPECT_EQ(RunTearline(verify).code, 0);
}

}  // namespace
}  // namespace tearline::end_to_end
