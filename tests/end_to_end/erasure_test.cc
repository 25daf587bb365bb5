#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
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
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr char kWords[] = "seen at noon near the weir";
constexpr char kSpilled[] = "what the source said under a name";

/// P7, with the shipped programs: two hands, and a kill between the record and the vault.
class Erasure : public testing::Test {
 protected:
  std::string Say(const std::string& member, const std::string& post, const std::string& words) {
    const Ended ended =
        RunTearline(words + " --profile " + stage_.ProfileOf(member, post).string());
    EXPECT_EQ(ended.code, 0) << words << '\n' << ended.err;
    return ended.out;
  }
  json SayJson(const std::string& member, const std::string& post, const std::string& words) {
    const std::string said = Say(member, post, words + " --json");
    EXPECT_TRUE(json::accept(said)) << words << '\n' << said;
    return json::parse(said, nullptr, /*allow_exceptions=*/false);
  }
  /// Publishes; the event's id.
  std::string Publish(const std::string& content = kWords) {
    const auto path = directory_.path() / "event.textproto";
    std::ofstream(path) << R"(event {
  event_type: "intelligence.report.submitted"
  occurred_at { seconds: 1700000000 }
  urgency: URGENCY_URGENT
  label { marking { tier: TIER_OFFICIAL sensitive: true } }
  nominals { nominal_id: ")"
                        << stage_.nominal_id() << R"(" }
  segments { nominal_indexes: 0 media_type: "text/plain; charset=utf-8" content: ")"
                        << content << R"(" }
})";
    return SayJson("police/feeder", "police/intelligence",
                   "event publish --file " + path.string())["event_id"];
  }

  const doubles::TemporaryDirectory directory_;
  Stage stage_{
      StagePlace{.broker = TEARLINE_BINARY_DIR "/bin/tearlined",
                 .certificates = TEARLINE_SOURCE_DIR "/deploy/certs/make-development-certs",
                 .policy = TEARLINE_SOURCE_DIR "/config/policies/public_protection.textproto",
                 .directory = directory_.path()}};
};

TEST_F(Erasure, IsConfirmedByTwoSurvivesAKillAndLeavesTheLogAsItWas) {
  const std::string why = " --purpose data-protection";
  Publish();
  ASSERT_THAT(Say("probation/reader", "probation/chair", "feed pull"), HasSubstr(kWords));

  const json asked = SayJson("office/keeper", "office/operator",
                             "nominal erase --nominal " + stage_.nominal_id() + why);
  const std::string pending = asked["recorded"]["made_id"];
  ASSERT_TRUE(asked["recorded"]["awaits_second_hand"]);
  ASSERT_THAT(Say("probation/reader", "probation/chair", "feed pull"), HasSubstr(kWords))
      << "nothing is gone before the second hand";

  const json waits = SayJson("office/warden", "office/second-operator", "directory pending" + why);
  EXPECT_EQ(waits["pending_id"], pending);
  EXPECT_EQ(waits["command"], "erase-nominal");
  EXPECT_EQ(waits["erase_nominal_id"], stage_.nominal_id());
  EXPECT_TRUE(waits["yours_to_confirm"]);
  EXPECT_THAT(Say("office/warden", "office/second-operator", "directory pending" + why),
              HasSubstr("yours to confirm"));
  EXPECT_THAT(Say("probation/reader", "probation/chair", "directory pending" + why),
              Not(HasSubstr(pending)))
      << "who may not confirm it does not learn that it waits";

  Say("office/warden", "office/second-operator",
      "directory second-hand --pending " + pending + why);
  stage_.Kill();  // the vault may or may not have destroyed the keys
  stage_.Start();

  const std::string shown = Say("probation/reader", "probation/chair", "feed pull");
  EXPECT_THAT(shown, Not(HasSubstr(kWords)));
  EXPECT_THAT(shown, HasSubstr("its content was erased"));
  EXPECT_THAT(Say("police/feeder", "police/intelligence", "feed pull"),
              HasSubstr("erased  what was held about " + stage_.nominal_id()))
      << "whoever told something hears of it";
  EXPECT_THAT(Say("office/keeper", "office/operator", "feed pull"),
              HasSubstr("erase-nominal confirmed  " + pending))
      << "and so does the first hand";
  stage_.Stop();
  EXPECT_NO_THROW(stage_.Run({"--verify"})) << "the same digest and root, told again";
}

/// A spillage, and a kill between the record and the vault: one event is gone, and nothing else.
TEST_F(Erasure, OfOneEventSurvivesAKillAndLeavesTheOthersReadable) {
  const std::string why = " --purpose correction";
  Publish();
  const std::string spilled = Publish(kSpilled);
  ASSERT_THAT(Say("probation/reader", "probation/chair", "feed pull"),
              AllOf(HasSubstr(kWords), HasSubstr(kSpilled)));

  const json withdrawn = SayJson("police/feeder", "police/intelligence",
                                 "event withdraw --event " + spilled + " --reason spillage" + why);
  stage_.Kill();  // the vault may or may not have destroyed the keys
  stage_.Start();
  ASSERT_EQ(withdrawn["receivers"].size(), 1u);
  EXPECT_EQ(withdrawn["receivers"][0]["post"], "probation/chair");

  const std::string shown = Say("probation/reader", "probation/chair", "feed pull");
  EXPECT_THAT(shown, AllOf(HasSubstr(kWords), Not(HasSubstr(kSpilled))));
  EXPECT_THAT(shown, HasSubstr("access withdrawn  " + spilled + "  by its originator: spillage"));
  EXPECT_THAT(shown, HasSubstr("confirm-deletion"));
  const json listed =
      SayJson("police/feeder", "police/intelligence", "event receivers --event " + spilled + why);
  EXPECT_EQ(listed["withdrawn"], "WITHDRAWAL_REASON_SPILLAGE");
  stage_.Stop();
  EXPECT_NO_THROW(stage_.Run({"--verify"})) << "the same digest and root, told again";
}

}  // namespace
}  // namespace tearline::end_to_end
