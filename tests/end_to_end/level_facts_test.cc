#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <string>

#include "tests/end_to_end/command_line.h"

namespace tearline::end_to_end {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kFeed[] = "probation/reader>probation/register";
constexpr char kOperator[] = "office/keeper>office/operator";
constexpr char kClerk[] = "office/clerk>office/coordinator";

/// A register says how people are managed; so it is here, whatever is open.
class LevelFacts : public CommandLine {
 protected:
  void SetUp() override {
    CommandLine::SetUp();
    Done(kOperator, "directory admit --file " + Write("register.textproto", R"(post {
  post: "probation/register" roles: POST_ROLE_INTAKE services: "reader"
  clearance { tier: TIER_OFFICIAL sensitive: true } })"));
  }
  /// Now, and later than what was now before: the case was opened, and each message is another's.
  static std::string Now() {
    static std::int64_t last = 0;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    last = std::max<std::int64_t>(
        last + 1, std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
    const std::time_t seconds = last / 1000;
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", std::gmtime(&seconds));
    const std::string fraction = std::to_string(1000 + last % 1000).substr(1);
    return std::string(text) + "." + fraction + "Z";
  }
  /// A message about the stage's nominal, unless another is named.
  static std::string Message(const std::string& type, const std::string& further,
                             const std::string& occurred, const std::string& noms = "A1234BC") {
    return R"({"eventType":")" + type + R"(","version":1,"occurredAt":")" + occurred +
           R"(","personReference":{"identifiers":[{"type":"NOMS","value":")" + noms +
           R"("}]},"additionalInformation":)" + further + "}\n";
  }
  static std::string Registered(const std::string& verb, const std::string& level,
                                const std::string& occurred, const std::string& noms = "A1234BC") {
    return Message("probation-case.registration." + verb,
                   R"({"registerTypeCode":"MAPP","registrationCategoryCode":"M2",)"
                   R"("registrationLevelCode":")" + level + R"("})",
                   occurred, noms);
  }
  static std::string PublishAll(const std::string& path) {
    return "event publish --format hmpps --quarantine " +
           (directory_->path() / "quarantine").string() + " --file " + path;
  }
  static std::string Publish(const std::string& name, const std::string& message) {
    return PublishAll(Write(name, message));
  }
  static constexpr char kLevels[] = " --levels --purpose risk-review";
  static nlohmann::json Case() {
    return DoneJson(kClerk,
                    "case show --purpose risk-review --nominal " + stage_->nominal_id());
  }
};

TEST_F(LevelFacts, ArriveAsMessagesAndAreSaidAgainForNothing) {
  const std::string up = Registered("added", "M3", Now());
  EXPECT_THAT(Done(kFeed, Publish("up.json", up)),
              HasSubstr("levels       left as they are: --levels was not given 1"));
  ASSERT_EQ(Case()["level"], "MAPPA_LEVEL_2");

  EXPECT_EQ(Say(kFeed, Publish("up.json", up) + " --levels").code, 2) << "for no purpose";
  EXPECT_THAT(Done(kFeed, Publish("up.json", up) + kLevels), HasSubstr("levels       set 1"));
  EXPECT_EQ(Case()["level"], "MAPPA_LEVEL_3");
  EXPECT_THAT(Done(kFeed, Publish("up.json", up) + kLevels),
              HasSubstr("levels       managed so already 1"));

  // Less, and then both again from the beginning: the first is overtaken.
  const std::filesystem::path batch = directory_->path() / "batch";
  std::filesystem::create_directory(batch);
  Write("batch/1.json", up);
  Write("batch/2.json", Registered("updated", "M1", Now()));
  for (const char* said : {"set 1", "managed so already 1"}) {
    const std::string done = Done(kFeed, PublishAll(batch.string()) + kLevels);
    EXPECT_THAT(done, HasSubstr(said));
    EXPECT_EQ(Case()["level"], "MAPPA_LEVEL_1");
  }
  EXPECT_THAT(Done(kFeed, Publish("up.json", up) + kLevels),
              HasSubstr("levels       overtaken by a newer message 1"));
  EXPECT_EQ(Case()["level"], "MAPPA_LEVEL_1");
}

/// A batch is published whole before it is acted on: the case does not go through its history, and
/// what is from before it was opened is a person's to look at.
TEST_F(LevelFacts, AFirstRunSetsWhatTheNewestSay) {
  const std::filesystem::path batch = directory_->path() / "batch";
  std::filesystem::create_directory(batch);
  Write("batch/1.json", Registered("added", "M1", "2024-02-17T15:20:11Z"));
  Write("batch/2.json", Registered("updated", "M1", Now()));
  Write("batch/3.json", Registered("updated", "M3", Now()));
  const std::string done = Done(kFeed, PublishAll(batch.string()) + kLevels);
  EXPECT_THAT(done, HasSubstr("levels       overtaken by a newer message 2, set 1"));
  EXPECT_EQ(Case()["level"], "MAPPA_LEVEL_3");
  Write("batch/4.json", Registered("deregistered", "M3", Now()));
  EXPECT_THAT(Done(kFeed, PublishAll(batch.string()) + kLevels),
              HasSubstr("levels       left to a person: 1 ENDED 1, managed so already 1, "
                        "overtaken by a newer message 2"));
  EXPECT_EQ(Case()["level"], "MAPPA_LEVEL_3") << "an entry that ended ends no case";
}

/// With work open it is recorded all the same, and somebody must see to it.
TEST_F(LevelFacts, AreRecordedWhateverIsOpen) {
  const std::string case_id = Case()["case_id"];
  Done(kClerk, "case action add --case " + case_id +
                   " --kind home-visit --owner probation/manager --due " + InDays(7));
  Done(kFeed, Publish("less.json", Registered("updated", "M1", Now())) +
                  kLevels);
  EXPECT_EQ(Case()["level"], "MAPPA_LEVEL_1");
  EXPECT_THAT(Done("probation/reader>probation/chair", "obligation list"),
              HasSubstr("see-to-open-work"));
}

/// What says no level is left, each with its number; who has no case is counted; nobody else's post
/// sets anything.
TEST_F(LevelFacts, AreLeftWithAReasonWhereThereIsNone) {
  const std::filesystem::path batch = directory_->path() / "batch";
  std::filesystem::create_directory(batch);
  Write("batch/1.json", Registered("added", "M0", Now()));
  Write("batch/2.json", Registered("deregistered", "M2", Now()));
  Write("batch/3.json",
        Message("person.alert.created", R"({"alertCode":"P55"})", Now()));
  Write("batch/4.json", Registered("added", "M1", Now(), "A7777FK"));
  Write("batch/5.json",
        Message("person.alert.created", R"({"alertCode":"HA"})", Now()));
  const std::string done = Done(kFeed, PublishAll(batch.string()) + kLevels);
  EXPECT_THAT(done, HasSubstr("LEVEL  left to a person: 3 LEVEL_UNKNOWN  request hmpps-"));
  EXPECT_THAT(done,
              HasSubstr("levels       left to a person: 1 ENDED 1, left to a person: 3 LEVEL_UNKNOWN "
                        "1, left to a person: 4 LEVEL_NOT_SETTLED 1, no case here 1"));
  EXPECT_THAT(done, Not(HasSubstr("A7777FK"))) << "no number is said";
  EXPECT_EQ(Case()["level"], "MAPPA_LEVEL_2");

  const doubles::Ended refused =
      Say("police/feeder>police/intelligence",
          Publish("other.json", Registered("added", "M3", Now())) + kLevels);
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.out, HasSubstr("levels       refused 1  (NOT_PERMITTED 1)"));
  EXPECT_EQ(Case()["level"], "MAPPA_LEVEL_2");
}

}  // namespace
}  // namespace tearline::end_to_end
