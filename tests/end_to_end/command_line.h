#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/clients/run_tearline.h"
#include "tests/doubles/temporary_directory.h"
#include "tests/end_to_end/stage.h"

namespace tearline::end_to_end {

/// The shipped command line against a real broker: exit code, sentence, --json, and each verb with
/// a refusal beside it.
class CommandLine : public testing::Test {
 protected:
  /// A broker for each test: what one of them changes is not there for the next.
  void SetUp() override {
    directory_ = std::make_unique<doubles::TemporaryDirectory>();
    const std::string binaries = TEARLINE_BINARY_DIR "/bin/";
    stage_ = std::make_unique<Stage>(
        StagePlace{.broker = binaries + "tearlined",
                   .certificates = TEARLINE_SOURCE_DIR "/deploy/certs/make-development-certs",
                   .policy = TEARLINE_SOURCE_DIR "/config/policies/public_protection.textproto",
                   .directory = directory_->path()},
        Environment());
  }
  /// Of the broker's processes, "NAME=VALUE".
  virtual std::vector<std::string> Environment() const { return {}; }
  void TearDown() override {
    stage_.reset();
    directory_.reset();
  }

  /// Runs `words` as the member acting for the post, both as "MEMBER>POST".
  static doubles::Ended Say(const std::string& who, const std::string& words) {
    const std::size_t arrow = who.find('>');
    const auto profile = stage_->ProfileOf(who.substr(0, arrow), who.substr(arrow + 1));
    return doubles::RunTearline(words + " --profile " + profile.string());
  }
  /// The same, in words for people: what it says on stdout.
  static std::string Done(const std::string& who, const std::string& words) {
    const doubles::Ended ended = Say(who, words);
    EXPECT_EQ(ended.code, 0) << words << '\n' << ended.err;
    EXPECT_EQ(ended.err, "") << words;
    return ended.out;
  }
  /// The same for programs: the one object.
  static nlohmann::json DoneJson(const std::string& who, const std::string& words) {
    const doubles::Ended ended = Say(who, words + " --json");
    EXPECT_EQ(ended.code, 0) << words << '\n' << ended.out << ended.err;
    EXPECT_TRUE(nlohmann::json::accept(ended.out)) << words << '\n' << ended.out;
    return nlohmann::json::parse(ended.out, nullptr, /*allow_exceptions=*/false);
  }
  /// Refused with this reason, to people and to programs alike, and a sentence with it.
  static void Refused(const std::string& who, const std::string& words, const char* reason) {
    const doubles::Ended people = Say(who, words);
    EXPECT_EQ(people.code, 1) << words << '\n' << people.out;
    EXPECT_EQ(people.out, "") << words;
    EXPECT_THAT(people.err, testing::StartsWith(std::string("refused  ") + reason + "\n  "))
        << words;
    const doubles::Ended program = Say(who, words + " --json");
    EXPECT_EQ(program.code, 1) << words;
    EXPECT_EQ(program.err, "") << words;
    ASSERT_TRUE(nlohmann::json::accept(program.out)) << words << '\n' << program.out;
    const nlohmann::json said = nlohmann::json::parse(program.out)["refused"];
    EXPECT_EQ(said["reason"], reason) << words;
    EXPECT_THAT(people.err, testing::HasSubstr(said["sentence"].get<std::string>())) << words;
    EXPECT_GT(said["sentence"].get<std::string>().size(), 10u) << words;
  }
  /// A time so many days from now, as it is typed.
  static std::string InDays(int days) {
    const std::time_t then = std::time(nullptr) + static_cast<std::time_t>(days) * 24 * 3600;
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&then));
    return text;
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

  static inline std::unique_ptr<doubles::TemporaryDirectory> directory_;
  static inline std::unique_ptr<Stage> stage_;
};

}  // namespace tearline::end_to_end
