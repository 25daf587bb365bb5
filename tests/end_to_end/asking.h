#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/end_to_end/command_line.h"

namespace tearline::end_to_end {

/// What an inquiry asks, by the shipped command line of the shipped broker.
class Asking : public CommandLine {
 protected:
  static constexpr char kFeeder[] = "police/feeder>police/intelligence";
  static constexpr char kChair[] = "probation/reader>probation/chair";
  static constexpr char kAuditor[] = "inspectorate/auditor>inspectorate/auditor";
  static constexpr char kWhy[] = " --purpose inquest --legal-basis CJA2009";

  static std::string Publish(bool withheld) {
    return DoneJson(kFeeder, "event publish --file " +
                                 EventFile(withheld ? "withheld.textproto" : "told.textproto",
                                           withheld))["event_id"];
  }
  /// The answer for programs: an object a line.
  static std::vector<nlohmann::json> Lines(const std::string& who, const std::string& words) {
    const doubles::Ended ended = Say(who, words + " --json");
    EXPECT_EQ(ended.code, 0) << words << '\n' << ended.out << ended.err;
    std::vector<nlohmann::json> lines;
    std::istringstream read(ended.out);
    for (std::string line; std::getline(read, line);) {
      lines.push_back(nlohmann::json::parse(line, nullptr, false));
    }
    return lines;
  }
  /// The time of the newest record, as the log has it.
  static std::string Now() {
    return Lines(kAuditor, std::string("audit replay") + kWhy).back()["time"];
  }
  static std::string Key() { return DoneJson(kFeeder, "audit checkpoint")["verifier_key"]; }
  /// The second line of a note.
  static std::uint64_t SizeOf(const std::string& note) {
    return std::stoull(note.substr(note.find('\n') + 1));
  }
  /// Waits until a checkpoint covers what was recorded.
  static void AwaitCheckpoint() {
    const nlohmann::json counted =
        Lines(kAuditor, std::string("audit replay --type none") + kWhy).back();
    const auto leaves = std::stoul(counted["summary"]["end_index"].get<std::string>());
    for (int i = 0; i < 200; ++i) {
      const doubles::Ended ended = Say(kFeeder, "audit checkpoint --json");
      if (ended.code == 0 && SizeOf(nlohmann::json::parse(ended.out)["checkpoint"]) >= leaves)
        return;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    FAIL() << "no checkpoint covers " << leaves << " leaves";
  }
};

}  // namespace tearline::end_to_end
