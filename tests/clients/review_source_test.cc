#include "clients/cli/review_source.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace tearline::cli {
namespace {

/// Asks with a clock that is so far ahead of the broker's; what ends it, and after how long.
struct Asked {
  explicit Asked(std::chrono::seconds ahead, const std::string& reason = "TIME_INVALID") {
    try {
      AskInTime(
          [&] {
            ++times;
            if (waited < ahead) {
              throw Stop{.code = ExitCode::kRefused, .reason = reason, .sentence = "refused"};
            }
          },
          [this](std::chrono::seconds length) { waited += length; });
    } catch (const Stop& stop) {
      stopped = stop;
    }
  }

  std::chrono::seconds waited{0};
  int times = 0;
  Stop stopped{.code = ExitCode::kDone, .reason = "", .sentence = ""};
};

TEST(AskInTime, WaitsUntilTheBrokersClockIsThere) {
  EXPECT_EQ(Asked(std::chrono::seconds(0)).times, 1);
  const Asked ahead(std::chrono::seconds(60));
  EXPECT_EQ(ahead.stopped.code, ExitCode::kDone);
  EXPECT_EQ(ahead.waited, std::chrono::seconds(60));
}

TEST(AskInTime, SaysThatTheClockIsAheadIfItStaysSo) {
  const Asked ahead(std::chrono::seconds(61));
  EXPECT_EQ(ahead.stopped.code, ExitCode::kRefused);
  EXPECT_EQ(ahead.stopped.reason, "TIME_INVALID");
  EXPECT_NE(ahead.stopped.sentence.find("clock is ahead of the broker's"), std::string::npos);
  EXPECT_EQ(ahead.waited, std::chrono::seconds(60));
}

TEST(AskInTime, OtherRefusalsAreNotWaitedOut) {
  const Asked refused(std::chrono::seconds(5), "NOT_FOUND");
  EXPECT_EQ(refused.stopped.reason, "NOT_FOUND");
  EXPECT_EQ(refused.times, 1);
}

}  // namespace
}  // namespace tearline::cli
