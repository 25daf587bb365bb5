#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>
#include <string>

#include <nlohmann/json.hpp>

#include "tests/end_to_end/command_line.h"

namespace tearline::end_to_end {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kFeeder[] = "police/feeder>police/intelligence";
constexpr char kChair[] = "probation/reader>probation/chair";

/// The chair's feed and pack as shipped: what came, and what did not; a file for its owner alone.
TEST_F(CommandLine, TheChairReadsTheCasesFeedAndItsPack) {
  const std::string why = " --purpose public-protection";
  const std::string case_id =
      DoneJson(kChair, "case show --nominal " + stage_->nominal_id() + why)["case_id"];
  Done(kChair, "feed pull --acknowledge");  // What others left.
  const std::string published =
      DoneJson(kFeeder, "event publish --file " + EventFile("told.textproto", /*withheld=*/false))
          .dump();
  Done(kChair, "feed pull --acknowledge");

  const std::string feed = "case feed " + case_id;
  const std::string shown = Done(kChair, feed + why);
  EXPECT_THAT(shown, HasSubstr("  intelligence.report.submitted  from police/intelligence  "));
  EXPECT_THAT(shown, HasSubstr("official-sensitive"));
  EXPECT_THAT(shown, HasSubstr("  received "));
  EXPECT_THAT(shown, Not(HasSubstr("\x1b"))) << "no colours where nobody looks";
  EXPECT_THAT(shown, Not(HasSubstr("seen at noon"))) << "no content";
  const nlohmann::json entry = DoneJson(kChair, feed + why);
  EXPECT_THAT(published, HasSubstr(entry["event"]["event_id"].get<std::string>()));

  Done(kFeeder, "event publish --file " + EventFile("withheld.textproto", /*withheld=*/true));
  EXPECT_EQ(DoneJson(kChair, feed + why), entry) << "what is withheld did not happen";
  EXPECT_EQ(Done(kChair, feed + why + " --since 2999-01-01T00:00:00Z"), "");
  Refused(kFeeder, feed + why, "NOT_FOUND");
  Refused(kChair, feed, "PURPOSE_REQUIRED");

  const std::string pack = "case pack " + case_id + why;
  const nlohmann::json first = DoneJson(kChair, pack);
  EXPECT_EQ(first["since_what"], "four weeks ago");
  EXPECT_EQ(first["events"].size(), 1u);
  EXPECT_EQ(first["sections"]["monitoring_and_control"]["rows"].size(), 1u);
  EXPECT_EQ(DoneJson(kChair, pack)["since_what"], "the last pack of this post");
  EXPECT_THAT(Done(kChair, pack), HasSubstr("\nMonitoring and control\n"));

  const std::string file = (directory_->path() / "pack.html").string();
  EXPECT_EQ(Done(kChair, pack + " --html " + file), "");
  struct stat state {};
  ASSERT_EQ(::stat(file.c_str(), &state), 0);
  EXPECT_EQ(state.st_mode & 0777, 0600u);
  std::stringstream html;
  html << std::ifstream(file).rdbuf();
  EXPECT_THAT(html.str(), HasSubstr("<td>intelligence.report.submitted</td>"));
}

}  // namespace
}  // namespace tearline::end_to_end
